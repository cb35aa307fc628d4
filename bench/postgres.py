# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL as a peer of bench/warm.py: a server of our own, started and stopped by the bench.

The tables are those that DuckDB made of the same feeds (bench/peers/duckdb_warm.py), with an index on
the key each, vacuumed. Per run it takes the batch, already reduced to case number and key, and answers
bench/peers/postgresql_query.sql into one CSV, by its own client. Needs the Debian package postgresql;
nothing of the system's own clusters is touched."""
import glob
import os
import pwd
import shutil
import subprocess
import tempfile
import time

TABLES = {
    'tax': 'k bigint, period int, gross numeric(18,2)',
    'real_estate': 'k bigint, area numeric(18,2), "share" int',
    'vehicle': 'k bigint, price numeric(18,2), status text',
    'bank': 'k bigint, balance numeric(18,2)',
}
SETTINGS = ('shared_buffers=4GB', 'work_mem=512MB', 'maintenance_work_mem=1GB', 'max_parallel_workers_per_gather=1',
            'listen_addresses=', 'fsync=off', 'max_wal_size=8GB')
EXPORT = '''
import sys, duckdb
database, out, batch, peers = sys.argv[1:5]
c = duckdb.connect(database, config={'threads': 2})
for table in sys.argv[5:]:
    c.execute("COPY (SELECT * FROM %s) TO '%s/%s.csv' (HEADER)" % (table, out, table))
text = open(peers + '/duckdb_views.sql', encoding='utf-8').read()
for key, value in (('DIR', '/nowhere'), ('APP', batch), ('OUT', ''), ('EXT', '')):
    text = text.replace('${%s}' % key, value)
kept = [l for l in text.split('\\n') if not any(w in l for w in
        ('VIEW tax', 'VIEW real', 'VIEW veh', 'VIEW bank'))]
c.execute('\\n'.join(kept).replace('CREATE OR REPLACE', 'CREATE OR REPLACE TEMP'))
c.execute("COPY (SELECT h, k FROM app) TO '%s/app.csv' (HEADER)" % out)
'''


def tools():
    """The folder of the newest server's programs, or None."""
    found = sorted(glob.glob('/usr/lib/postgresql/*/bin/initdb'), key=lambda p: int(p.split('/')[4]))
    return os.path.dirname(found[-1]) if found else None


class Server:
    """Runs from start() to stop(), which leaves nothing behind. A server refuses to be root: then it is `postgres`."""

    def __init__(self):
        self.tools = tools()
        self.folder = tempfile.mkdtemp(prefix='hedui-bench-pg.')
        self.user = []
        if os.getuid() == 0:
            os.chown(self.folder, pwd.getpwnam('postgres').pw_uid, -1)
            self.user = ['runuser', '-u', 'postgres', '--']

    def run(self, program, *arguments):
        return subprocess.run(self.user + [os.path.join(self.tools, program)] + list(arguments), check=True,
                              capture_output=True, text=True, cwd=self.folder).stdout

    def sql(self, text):
        return self.run('psql', '-qXtA', '-h', self.folder, '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-c', text)

    def start(self):
        self.run('initdb', '-D', self.folder + '/data', '-A', 'trust', '-E', 'UTF8', '--locale=C')
        options = ' '.join("-c '%s'" % s for s in SETTINGS) + ' -k ' + self.folder
        self.run('pg_ctl', '-D', self.folder + '/data', '-w', '-s', '-l', self.folder + '/log', '-o', options, 'start')
        return self.sql('show server_version').split()[0]

    def stop(self):
        if os.path.exists(self.folder + '/data/postmaster.pid'):
            self.run('pg_ctl', '-D', self.folder + '/data', '-m', 'immediate', '-s', 'stop')
        shutil.rmtree(self.folder, ignore_errors=True)

    def load(self, python, database, batch, peers):
        """Tables and the batch, through CSV that DuckDB writes."""
        names = list(TABLES)
        subprocess.run([python, '-c', EXPORT, database, self.folder, os.path.abspath(batch), peers] + names, check=True)
        for name, columns in TABLES.items():
            self.sql("create table %s (%s)" % (name, columns))
            self.sql("copy %s from '%s/%s.csv' (format csv, header)" % (name, self.folder, name))
            self.sql('create index on %s (k)' % name)
            self.sql('vacuum analyze %s' % name)
            os.remove('%s/%s.csv' % (self.folder, name))
        self.sql('create table app (h text, k bigint)')

    def take(self, python, database, batch, peers):
        """Another batch for the runs that follow."""
        subprocess.run([python, '-c', EXPORT, database, self.folder, os.path.abspath(batch), peers], check=True)

    def query(self, out, text):
        """Seconds of: the batch in, the answer out as one CSV."""
        script = os.path.join(self.folder, 'query.sql')
        with open(script, 'w', encoding='utf-8') as file:
            file.write("truncate app;\ncopy app from '%s/app.csv' (format csv, header);\nanalyze app;\n" % self.folder)
            file.write(text.replace('\\timing on', '').strip() + ';\n')
        os.chmod(script, 0o644)
        begin = time.monotonic()
        with open(out, 'w', encoding='utf-8') as to:
            subprocess.run(self.user + [os.path.join(self.tools, 'psql'), '-qX', '-h', self.folder, '-d', 'postgres', '-v',
                                        'ON_ERROR_STOP=1', '-f', script], check=True, stdout=to, cwd=self.folder)
        return time.monotonic() - begin
