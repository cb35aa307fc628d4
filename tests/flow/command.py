#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several feeds by one command: the files of one are read while the one before is published. What comes of it is what
several commands make; a feed that fails takes none along that came before it, and lets none in behind it."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, HEDUI  # noqa: E402
import county as state  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FP = os.environ.get('HEDUI_FP_BIN', 'build/fp/hedui')


def ok(good, belief, why=''):
    state.ok(good, belief if good else '%s: %s' % (belief, why))


def feeds(work, names=FEEDS):
    return [a for n in names for a in ('adapters/%s/mapping.yaml' % n, '%s/c/%s.csv' % (work, n))]


def ingest(work, data, operands, *more, program=HEDUI, env=None):
    return subprocess.run([program, 'ingest'] + operands + ['--as-of', '2026-06-30', '--data', work + '/' + data, '--refused',
                                                            work + '/refused', '--refuse-max', '999999'] + list(more),
                          capture_output=True, text=True, env=dict(os.environ, **(env or {})))


def snapshots(work, data):
    run = subprocess.run([HEDUI, 'snapshot', 'list', '--json', '--data', work + '/' + data], capture_output=True, text=True)
    return json.loads(run.stdout or '[]')


def verdicts(work, data):
    out = work + '/out'
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run([HEDUI, 'verify', work + '/c/applicants.csv', '--rules', 'rules/jiangsu-dibao', '--data', work + '/' + data,
                    '--out', out], capture_output=True)
    return open(out + '/verdicts.jsonl', 'rb').read()


def strays(work, data):
    return [n for folder, _, names in os.walk(work + '/' + data) for n in names if n.startswith('.tmp')]


def main():
    os.chdir(ROOT)
    os.makedirs('build', exist_ok=True)
    work = tempfile.mkdtemp(prefix='command.', dir='build')
    try:
        subprocess.run([HEDUI, 'gen', '--scale', '0.005', '--seed', '9', '--checked-on', '2026-07-01', '--out', work + '/c'],
                       check=True, capture_output=True)
        for feed in FEEDS:
            ingest(work, 'apart', feeds(work, (feed,)), '--threads', '1')
        apart = verdicts(work, 'apart')
        for threads in ('1', '2', '4'):
            data = 'once' + threads
            run = ingest(work, data, feeds(work), '--threads', threads, '--json')
            told = [json.loads(line) for line in run.stdout.splitlines()]
            ok(run.returncode == 0 and [t['source'] for t in told] == list(FEEDS) and
               [t['snapshot'] for t in told] == [1, 2, 3, 4], 'four feeds, told in their order, %s threads' % threads,
               (run.returncode, run.stderr))
            ok(verdicts(work, data) == apart and len(apart) > 1000, 'as four commands, byte for byte, %s threads' % threads)
        run = ingest(work, 'tight', feeds(work), '--threads', '2', '--memory', '16M', '--json')
        ok(run.returncode == 0 and verdicts(work, 'tight') == apart, 'in little memory, byte for byte', run.stderr[:300])

        text = open(work + '/c/vehicle.csv', encoding='utf-8').read()
        open(work + '/c/broken.csv', 'w', encoding='utf-8').write(text.replace('plate', 'plato', 1))
        broken = feeds(work, FEEDS[:2]) + ['adapters/vehicle/mapping.yaml', work + '/c/broken.csv'] + feeds(work, FEEDS[3:])
        run = ingest(work, 'broken', broken, '--threads', '2', '--json')
        told = [json.loads(line)['source'] for line in run.stdout.splitlines()]
        ok(run.returncode == 2 and told == list(FEEDS[:2]) and len(snapshots(work, 'broken')) == 2 and
           'broken.csv' in run.stderr, 'a third that cannot be read: the two before it stand, the fourth is not begun',
           (run.returncode, told, run.stderr[:300]))
        faulty = work + '/faulty.yaml'
        mapping = open('adapters/vehicle/mapping.yaml', encoding='utf-8').read()
        open(faulty, 'w', encoding='utf-8').write(re.sub(r'(?m)^kind:.*$', 'kind: vehicel', mapping))
        run = ingest(work, 'faulty', feeds(work, FEEDS[:1]) + [faulty, work + '/c/vehicle.csv'], '--threads', '2')
        ok(run.returncode == 2 and 'faulty.yaml:' in run.stderr and 'vehicel' in run.stderr and
           len(snapshots(work, 'faulty')) == 1, 'a mapping with a fault is quoted', run.stderr[:300])

        if not os.access(FP, os.X_OK):
            print('skip - faults while the next is read: %s is not built' % FP)
            return state.failures > 0
        for point, count in (('index.delivery.fsync:eio', 0), ('index.delivery.fsync:eio@2', 1),
                             ('index.delivery.write:enospc@3', None), ('index.delivery.fsync:kill@3', 2)):
            data = re.sub(r'\W', '_', point)
            run = ingest(work, data, feeds(work), '--threads', '2', '--json', program=FP, env={'HEDUI_FP': point})
            have = len(snapshots(work, data))
            told = [json.loads(line)['source'] for line in run.stdout.splitlines()]
            killed = point.split(':')[1].startswith('kill')
            ok(run.returncode == (-9 if killed else 2) and (count is None or have == count) and
               (killed or (told == list(FEEDS[:have]) and not strays(work, data))),
               '%s: what was told is there, and no more' % point, (run.returncode, have, told, run.stderr[-300:]))
            run = ingest(work, data, feeds(work), '--threads', '2')
            ok(run.returncode == 0 and verdicts(work, data) == apart, '%s: repeated, byte for byte' % point, run.stderr[-300:])
        return state.failures > 0
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
