# SPDX-License-Identifier: Apache-2.0
"""county.py: what the flows share: a county, runs of the engine, verdicts. Not a flow itself."""
import json
import os
import shutil
import subprocess
import tempfile

HEDUI = os.environ.get('HEDUI', 'build/hedui')
FEEDS = ('tax', 'real_estate', 'vehicle', 'bank')
failures = 0


def ok(fact, text):
    global failures
    failures += not fact
    print('%s - %s' % ('ok' if fact else 'not ok', text), flush=True)


class County:
    """A generated county in a folder of its own; ingest and verify with chosen files and options."""

    def __init__(self, scale='0.01', seed=11, checked_on='2026-07-01', as_of='2026-06-30', dirt='1', kinds='all'):
        self.work = tempfile.mkdtemp(prefix='flow.', dir='build')
        self.dir = os.path.join(self.work, 'county')
        self.as_of, self.runs = as_of, 0
        self.call('gen', '--scale', scale, '--seed', str(seed), '--checked-on', checked_on, '--dirt', dirt,
                  '--dirt-kinds', kinds, '--out', self.dir)

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def call(self, *arguments, codes=(0, 1)):
        done = subprocess.run([HEDUI, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode not in codes:
            raise SystemExit('%s: exit %d\n%s' % (' '.join(arguments), done.returncode, done.stderr.decode()))
        return done.stdout.decode()

    def path(self, name):
        return os.path.join(self.dir, name)

    def new_data(self):
        self.runs += 1
        return os.path.join(self.work, 'data%d' % self.runs)

    def ingest(self, data, feed, *files, options=(), source=None):
        files = files or (self.path(feed + '.csv'),)
        extra = ('--source', source) if source else ()
        return json.loads(self.call('ingest', 'adapters/%s/mapping.yaml' % feed, *files, '--as-of', self.as_of, '--data',
                                    data, '--refused', self.work, '--json', '--allow-empty', *extra, *options))

    def verify(self, data, batch=None, pack='rules/jiangsu-dibao', options=()):
        """The bytes of verdicts.jsonl."""
        self.runs += 1
        out = os.path.join(self.work, 'out%d' % self.runs)
        self.call('verify', batch or self.path('applicants.csv'), '--rules', pack, '--data', data, '--out', out, *options)
        self.out = out
        with open(os.path.join(out, 'verdicts.jsonl'), 'rb') as f:
            return f.read()

    def whole(self, feeds=FEEDS, options=(), **replaced):
        """Ingests everything into a new data directory (replaced: feed = files) and verifies."""
        data = self.new_data()
        for feed in feeds:
            self.ingest(data, feed, *replaced.get(feed, ()), options=options)
        return self.verify(data, options=options)


def outcomes(verdicts):
    return {v['case_no']: v for v in map(json.loads, verdicts.decode().splitlines())}
