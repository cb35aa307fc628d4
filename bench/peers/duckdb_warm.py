# SPDX-License-Identifier: Apache-2.0
"""duckdb_warm.py load|query FOLDER BATCH OUT DATABASE PEERS [RUNS]

load   reads the four feeds as duckdb_views.sql does, sorted by key, with an index each
query  opens that database and answers BATCH into OUT, RUNS times; prints milliseconds, one a line"""
import sys
import time

import duckdb

TABLES = (('tax', 'k, period, gross'), ('real_estate', 'k, area, "share"'), ('vehicle', 'k, price, status'),
          ('bank', 'k, balance'))


def sql(name, folder, batch, out, peers):
    text = open(peers + '/' + name, encoding='utf-8').read()
    for key, value in (('DIR', folder), ('APP', batch), ('OUT', out), ('EXT', '')):
        text = text.replace('${%s}' % key, value)
    return text


def load(connection, views):
    name = connection.execute('SELECT current_database()').fetchone()[0]
    connection.execute("ATTACH ':memory:' AS s; USE s;" + views)
    for table, columns in TABLES:
        connection.execute('CREATE TABLE "%s".%s AS SELECT %s FROM s.%s WHERE k IS NOT NULL ORDER BY k'
                           % (name, table, columns, table))
    connection.execute('USE "%s"' % name)
    for table, _ in TABLES:
        connection.execute('CREATE INDEX i_%s ON %s(k)' % (table, table))
    connection.execute('CHECKPOINT')


def query(connection, views, text, runs):
    kept = [l for l in views.split('\n') if not any('VIEW %s AS' % t in l for t, _ in TABLES)]
    connection.execute('\n'.join(kept).replace('CREATE OR REPLACE', 'CREATE OR REPLACE TEMP'))
    for _ in range(runs):
        begin = time.monotonic()
        connection.execute(text)
        print('%.1f' % ((time.monotonic() - begin) * 1000), flush=True)


def main():
    verb, folder, batch, out, database, peers = sys.argv[1:7]
    connection = duckdb.connect(database, config={'threads': 2})
    views = sql('duckdb_views.sql', folder, batch, out, peers)
    if verb == 'load':
        load(connection, views)
    else:
        query(connection, views, sql('duckdb_query.sql', folder, batch, out, peers),
              int(sys.argv[7]) if len(sys.argv) > 7 else 1)


if __name__ == '__main__':
    main()
