#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`key rotate`, `key rotate --retire`, `key list` and `open` while memory, disk or the process itself fail: no key is ever lost, no
original ever closed for good, no letter shown that is not on record. Every allocation in turn (HEDUI_ALLOC_STEP=K: every Kth,
default 3; `make torture`: each), and every durable call killed, full, failing or cut short, at its first three passings.

Needs a build with failpoints: HEDUI_FP_BIN; a sanitized one finds leaks as well."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

FP = os.environ.get('HEDUI_FP_BIN', 'build/fp/hedui')
FEEDS = ('tax', 'bank', 'vehicle')
failures = 0


def say(good, text):
    global failures
    failures += not good
    print(('ok - ' if good else 'not ok - ') + text, flush=True)


class Office:
    def __init__(self, work):
        self.work = work
        self.run('gen', '--scale', '0.002', '--seed', '21', '--dirt', '4', '--checked-on', '2026-07-01', '--out', self.at('c'))
        for feed in FEEDS:
            done = self.run('ingest', 'adapters/%s/mapping.yaml' % feed, self.at('c/%s.csv' % feed), '--as-of', '2026-06-30',
                            '--data', self.at('base'), '--refused', self.at('refused'))
            assert done.returncode <= 1, done.stderr
        # a second key in the ring, and one data key of it only: rotation has something to do, retiring something to take
        os.rename(self.at('base/deliveries'), self.at('aside'))
        os.mkdir(self.at('base/deliveries'))
        shutil.copy(self.at('base/key.ring'), self.at('first.ring'))
        assert self.run('key', 'rotate', '--data', self.at('base')).returncode == 0
        os.rmdir(self.at('base/deliveries'))
        os.rename(self.at('aside'), self.at('base/deliveries'))
        done = self.run('verify', self.at('c/applicants.csv'), '--rules', 'rules/jiangsu-dibao', '--data', self.at('base'), '--out', self.at('out'))
        assert done.returncode <= 1, done.stderr
        with open(self.at('out/provenance.jsonl'), encoding='utf-8') as f:
            lines = [json.loads(line) for line in f]
        # cases that open rows of every sealed delivery with a conflict
        self.cases, seen = [], set()
        for line in lines:
            these = {r['delivery'] for r in line['rows'] if r['match'] == 'name_conflict'}
            if these - seen:
                self.cases.append(line['case_no'])
                seen |= these
        assert self.cases and len(seen) >= 2, seen
        self.want = self.opened(self.at('base'))
        assert all(self.want.values())
        if os.path.exists(self.at('base/openings.jsonl')):
            os.unlink(self.at('base/openings.jsonl'))

    def at(self, name):
        return os.path.join(self.work, name)

    def run(self, *args, **env):
        return subprocess.run([FP, *args], capture_output=True, env=dict(os.environ, **env), check=False)

    def open(self, data, case, **env):
        return self.run('open', self.at('out'), '--data', data, '--case', case, '--reason', '核对姓名', '--json', **env)

    def opened(self, data):
        return {case: self.open(data, case).stdout for case in self.cases}

    def fresh(self):
        data = self.at('data')
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.at('base'), data)
        return data


def crash_of(done, may_be_killed):
    text = done.stderr.decode('utf-8', 'replace')
    if done.returncode == -9 and may_be_killed:
        return None
    if done.returncode not in (0, 1, 2):
        return 'ended with %d: %s' % (done.returncode, text[-300:])
    if 'Sanitizer' in text or 'runtime error' in text:
        return text[-600:]
    if done.returncode == 2 and not (any(ord(c) > 0x2000 for c in text) and any(c.isascii() and c.isalpha() for c in text)):
        return 'exit 2 without a sentence in both languages: ' + text
    return None


def listed(office, data):
    done = office.run('key', 'list', '--data', data, '--json')
    ring = json.loads(done.stdout)['ring'] if done.stdout else None
    return done.returncode, ring


def nothing_lost(office, data):
    """All originals open, and the ring knows every data key."""
    code, ring = listed(office, data)
    if code != 0 or sum(k['data_keys'] for k in ring['keys']) != len(FEEDS):
        return 'key list: exit %d, %s' % (code, ring)
    if office.opened(data) != office.want:
        return 'an original does not open as before'
    return None


def rotated(office, data, words, done):
    """After a rotation that may have failed: nothing lost, and given again it ends as it should."""
    why = nothing_lost(office, data)
    if why is None and done.returncode == 0:
        keys = listed(office, data)[1]['keys']
        if keys[0]['data_keys'] != len(FEEDS) or ('--retire' in words and len(keys) != 1):
            why = 'said done, but is not: %s' % keys
    if why is None and office.run('key', 'rotate', *words, '--data', data).returncode != 0:
        why = 'cannot be given again'
    if why is None:
        keys = listed(office, data)[1]['keys']
        if keys[0]['data_keys'] != len(FEEDS):
            why = 'given again, %s' % keys
    if why is None:
        why = nothing_lost(office, data)
    left = [f for f in os.listdir(data) + os.listdir(data + '/deliveries') if f.startswith('.tmp')]
    return why or ('left %s' % left if left else None)


def looked(office, data, done):
    """After a look that may have failed: what was shown is right, and on record."""
    case = office.cases[0]
    path = data + '/openings.jsonl'
    lines = open(path, encoding='utf-8').read().split('\n') if os.path.exists(path) else ['']
    records = [json.loads(line) for line in lines[:-1]]
    if done.stdout and (len(records) != 1 or records[0]['case_no'] != case or lines[-1]):
        return 'something was shown, and the record is %s' % lines
    if done.returncode == 0 and done.stdout != office.want[case]:
        return 'exit 0, and something else was shown'
    if done.stdout and not office.want[case].startswith(done.stdout):
        return 'something else was shown'
    again = office.open(data, case)
    if again.returncode != 0 or again.stdout != office.want[case]:
        return 'does not open again: ' + again.stderr.decode()
    lines = open(path, encoding='utf-8').read().split('\n')
    if lines[-1] or [json.loads(line)['case_no'] for line in lines[:-1]] != [case] * (len(records) + 1):
        return 'the record is %s' % lines
    return None


def acts(office):
    """Name, what is run on a copy of the data, what must hold afterwards."""
    def rotate(*words):
        return (lambda data, **env: office.run('key', 'rotate', *words, '--data', data, **env),
                lambda data, done: rotated(office, data, words, done))
    return {
        'key rotate': rotate(),
        'key rotate --retire': rotate('--retire'),
        'key list': (lambda data, **env: office.run('key', 'list', '--data', data, '--json', **env),
                     lambda data, done: None if done.returncode == 2 or listed(office, data)[1] == json.loads(done.stdout)['ring'] else 'lists otherwise'),
        'open': (lambda data, **env: office.open(data, office.cases[0], **env), lambda data, done: looked(office, data, done)),
    }


def memory(office, name, run, holds, step, suffix=''):
    hit, n, done, bad = office.at('hit'), 1, 0, []
    while True:
        data = office.fresh()
        if os.path.exists(hit):
            os.unlink(hit)
        ended = run(data, HEDUI_FAIL_ALLOC='%d%s' % (n, suffix), HEDUI_FP_LIST=hit)
        if not os.path.exists(hit) or not any(line.startswith('alloc') for line in open(hit, encoding='utf-8')):
            break
        done += 1
        why = crash_of(ended, False) or holds(data, ended)
        if why:
            bad.append((n, why))
        n += step
    for at, why in bad[:5]:
        print('# allocation %d%s: %s' % (at, suffix, why))
    say(done > 0 and not bad, '%s: memory runs out%s at %d places of %d: %d keys lost, leaks or crashes' %
        (name, ', from then on,' if suffix else '', done, n - 1, len(bad)))


def durable(office, name, run, holds):
    hit = office.at('hit')
    if os.path.exists(hit):
        os.unlink(hit)
    run(office.fresh(), HEDUI_FP_LIST=hit)
    passed = open(hit, encoding='utf-8').read().split() if os.path.exists(hit) else []
    tried, bad = 0, []
    for point in sorted(set(passed)):
        for action in ('kill', 'eio', 'enospc') + (('short:40',) if point.endswith('.write') else ()):
            for n in range(1, min(passed.count(point), 3) + 1):
                data = office.fresh()
                ended = run(data, HEDUI_FP='%s:%s@%d' % (point, action, n))
                tried += 1
                why = crash_of(ended, action == 'kill')
                if why is None and action == 'kill' and ended.returncode != -9:
                    why = 'was not killed'
                why = why or holds(data, ended)
                if why:
                    bad.append(('%s at %s, passing %d' % (action, point, n), why))
    for at, why in bad[:8]:
        print('# %s: %s' % (at, why))
    say(tried > 0 and not bad, '%s: %d faults at %d durable calls: %d keys lost, or looks without a record' % (
        name, tried, len(set(passed)), len(bad)))


def main():
    os.makedirs('build', exist_ok=True)
    if not os.access(FP, os.X_OK):
        print('skip - keys: %s is not built (make build/fp/hedui)' % FP)
        return 0
    work = tempfile.mkdtemp(prefix='keys.', dir='build')
    step = int(os.environ.get('HEDUI_ALLOC_STEP', '3'))
    try:
        office = Office(work)
        for name, (run, holds) in acts(office).items():
            memory(office, name, run, holds, step)
            memory(office, name, run, holds, 5 * step, '+')
            if name != 'key list':  # which writes nothing
                durable(office, name, run, holds)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
