#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""F19: memory runs out at allocation 1, 2, 3 … of a small ingest, verify, explain, replay and snapshot drop, until one runs
to its end. HEDUI_ALLOC_OF="ingest verify" tries these only.

Needs a build with failpoints (HEDUI_FP_BIN); a sanitized one finds leaks as well. HEDUI_ALLOC_STEP=K tries every Kth
allocation (default 5; `make torture` gives 1). With HEDUI_SHIM=1 the shipped program (HEDUI) is tried too, its libraries included: a library laid over
malloc (tests/flow/shim.c) fails its Nth call; HEDUI_SHIM_STEP=K, default 97."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

FP = os.environ.get('HEDUI_FP_BIN', 'build/fp/hedui')
SHIPPED = os.environ.get('HEDUI', 'build/hedui')
PACK = 'rules/jiangsu-dibao'
failures = 0


def say(good, text):
    global failures
    failures += not good
    print(('ok - ' if good else 'not ok - ') + text, flush=True)


class Road:
    """A data directory with three feeds; what the fourth adds, and what verify says before and after."""

    def __init__(self, binary, work):
        self.binary, self.work = binary, work
        self.run('gen', '--scale', '0.0005', '--seed', '5', '--dirt', '3', '--checked-on', '2026-07-01', '--out',
                 self.at('county'))
        for feed in ('tax', 'real_estate', 'bank'):
            assert self.ingest(self.at('before'), feed).returncode <= 1, feed
        shutil.copytree(self.at('before'), self.at('after'))
        assert self.ingest(self.at('after'), 'vehicle').returncode <= 1
        self.want = {}
        for state in ('before', 'after'):
            assert self.verify(self.at(state), self.at('out.' + state)).returncode <= 1, state
            self.want[state] = results(self.at('out.' + state))
        assert self.want['before'] != self.want['after']
        self.case_no = json.loads(open(self.at('out.after/verdicts.jsonl'), encoding='utf-8').readline())['case_no']
        self.explained = self.run('explain', self.at('out.after'), '--case', self.case_no).stdout
        assert self.explained
        # the fourth snapshot alone needs the first vehicles
        shutil.copytree(self.at('after'), self.at('two'))
        assert self.ingest(self.at('two'), 'vehicle', '2026-07-31').returncode <= 1
        shutil.copytree(self.at('two'), self.at('dropped'))
        assert self.drop(self.at('dropped')).returncode == 0
        self.dropped = standing(self.at('dropped'))
        assert len(self.dropped[1]) < len(os.listdir(self.at('two/deliveries')))

    def at(self, name):
        return os.path.join(self.work, name)

    def run(self, *args, **env):
        return subprocess.run([self.binary, *args], capture_output=True, env=dict(os.environ, **env), check=False)

    def ingest(self, data, feed, day='2026-06-30', **env):
        return self.run('ingest', 'adapters/%s/mapping.yaml' % feed, self.at('county/%s.csv' % feed), '--as-of', day,
                        '--data', data, '--refused', self.at('refused'), '--threads', '1', **env)

    def verify(self, data, out, **env):
        return self.run('verify', self.at('county/applicants.csv'), '--rules', PACK, '--data', data, '--out', out, '--overwrite',
                        '--reports', '--threads', '1', **env)


    def drop(self, data, **env):
        return self.run('snapshot', 'drop', '4', '--reason', '保管期满', '--data', data, **env)


def results(folder):
    found = {}
    for path in tree(folder):
        if os.path.basename(path) != 'run.json':  # it names the folders
            with open(path, 'rb') as f:
                found[os.path.relpath(path, folder)] = hashlib.sha256(f.read()).hexdigest()
    return found


def crash_of(done):
    text = done.stderr.decode('utf-8', 'replace')
    if done.returncode not in (0, 1, 2):
        return 'ended with %d: %s' % (done.returncode, text[-400:])
    if 'Sanitizer' in text or 'runtime error' in text:
        return text[-600:]
    if done.returncode == 2 and not (any(ord(c) > 0x2000 for c in text) and any(c.isascii() and c.isalpha() for c in text)):
        return 'exit 2 without a sentence in both languages: ' + text
    return None


def ingest_at(road, n, env):
    data = road.at('data')
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(road.at('before'), data)
    done = road.ingest(data, 'vehicle', **env)
    why = crash_of(done)
    if why is None and road.run('snapshot', 'verify', '--data', data).returncode != 0:
        why = 'snapshot verify fails'
    with open(os.path.join(data, 'current'), 'rb') as f:
        current = f.read()
    with open(road.at('before/current'), 'rb') as f:
        is_old = current == f.read()
    if why is None and not is_old:  # then all of it must be there
        road.verify(data, road.at('out.now'))
        if results(road.at('out.now'))['verdicts.jsonl'] != road.want['after']['verdicts.jsonl']:
            why = 'the new snapshot does not answer as it should'
    if why is None and done.returncode <= 1 and is_old:
        why = 'said done, but is not'
    if why is None and [f for f in tree(data) if '.tmp' in f]:
        why = 'left half a file'
    return why


def tree(folder):
    return [os.path.join(at, f) for at, _, files in os.walk(folder) for f in files]


def verify_at(road, n, env):
    out = road.at('out.now')
    shutil.rmtree(out, ignore_errors=True)
    done = road.verify(road.at('after'), out, **env)
    why = crash_of(done)
    if why is not None:
        return why
    if done.returncode <= 1:
        if results(out) != road.want['after']:
            return 'exit %d, but other results' % done.returncode
    elif os.path.exists(os.path.join(out, 'run.json')) and results(out) != road.want['after']:
        return 'failed, and run.json vouches for other results'  # it may fail later, when it prints
    return None


def explain_at(road, n, env):
    done = road.run('explain', road.at('out.after'), '--case', road.case_no, **env)
    why = crash_of(done)
    if why is None and done.returncode <= 1 and done.stdout != road.explained:
        why = 'exit %d, but another text' % done.returncode
    return why


def replay_at(road, n, env):
    """With a folder of its own for what is computed on the side: a run that ends by itself leaves nothing there."""
    aside = road.at('aside')
    os.makedirs(aside, exist_ok=True)
    done = road.run('replay', road.at('out.after'), '--threads', '1', TMPDIR=aside, **env)
    why = crash_of(done)
    if why is None and done.returncode == 1:
        why = 'finds a difference where there is none'
    if why is None and os.listdir(aside):
        shutil.rmtree(os.path.join(aside, os.listdir(aside)[0]))
        if done.returncode <= 1:
            why = 'says done, and leaves its folder'
    return why


def drop_at(road, n, env):
    """The snapshot is there or gone, what stands is whole; given again it is gone, announced and confirmed once."""
    data = road.at('data')
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(road.at('two'), data)
    done = road.drop(data, **env)
    why = crash_of(done)
    if why is None and road.run('snapshot', 'verify', '--data', data).returncode != 0:
        why = 'snapshot verify fails'
    if why is None and done.returncode == 2:
        road.drop(data)  # exit 2 too, where it had gone and only the answer was lost
    if why is None and standing(data) != road.dropped:
        why = 'exit %d, and left are %s' % (done.returncode, standing(data))
    return why


def standing(data):
    """Snapshots and deliveries, and the stages of the protocol."""
    with open(os.path.join(data, 'protocol.jsonl'), encoding='utf-8') as f:
        stages = [json.loads(line)['stage'] for line in f]
    return sorted(os.listdir(data + '/snapshots')), sorted(os.listdir(data + '/deliveries')), stages


def exhaust(road, what, step, hit, env_of, binary_name, most=200000):
    n, bad, done = 1, [], 0
    while n < most:
        if os.path.exists(hit):
            os.unlink(hit)
        why = what(road, n, env_of(n))
        if not os.path.exists(hit) or not any(line.startswith('alloc') for line in open(hit, encoding='utf-8')):
            break  # fewer allocations than that
        done += 1
        if why is not None:
            bad.append((n, why))
        n += step
    for at, why in bad[:5]:
        print('# allocation %d: %s' % (at, why))
    say(not bad and done > 0, '%s, %s: memory runs out at %d places (of %d, every %d.): %d crashes, leaks or halves' % (
        binary_name, what.__name__[:-3], done, n - 1, step, len(bad)))


def main():
    os.makedirs('build', exist_ok=True)
    if not os.access(FP, os.X_OK):
        print('skip - memory: %s is not built (make build/fp/hedui)' % FP)
        return 0
    work = tempfile.mkdtemp(prefix='memory.', dir='build')
    try:
        road = Road(FP, work)
        hit = road.at('hit')
        step = int(os.environ.get('HEDUI_ALLOC_STEP', '5'))
        verbs = os.environ.get('HEDUI_ALLOC_OF', 'ingest verify explain replay drop').split()
        verbs = [globals()[verb + '_at'] for verb in verbs]
        for what in verbs:
            exhaust(road, what, step, hit, lambda n: {'HEDUI_FAIL_ALLOC': str(n), 'HEDUI_FP_LIST': hit}, 'base')
            exhaust(road, what, 7 * step, hit, lambda n: {'HEDUI_FAIL_ALLOC': '%d+' % n, 'HEDUI_FP_LIST': hit},
                    'base, from then on')
        if os.environ.get('HEDUI_SHIM'):
            shim = os.path.abspath(road.at('shim.so'))
            subprocess.run([os.environ.get('CC', 'cc'), '-shared', '-fPIC', '-O2', '-o', shim, 'tests/flow/shim.c', '-ldl'],
                           check=True)
            road.binary = SHIPPED
            step = int(os.environ.get('HEDUI_SHIM_STEP', '97'))
            for what in verbs:
                exhaust(road, what, step, hit,
                        lambda n: {'LD_PRELOAD': shim, 'SHIM_FAIL': str(n), 'SHIM_HIT': os.path.abspath(hit)}, 'shipped')
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
