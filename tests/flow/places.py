#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Memory runs out at every place of the code that asks for it, once for each place and each way of three calls to it: a command is
run again until it meets no new one. It ends in a sentence, or in the answer that it always gives; nothing else.

tests/flow/memory.py fails the Nth block that base takes from the system; here an arena refuses also what it has room for, so that
each way out of each function is gone. HEDUI_PLACES=N: at most so many places a command (default 60; `make torture` and `make
cov`: all). Needs a build with failpoints: HEDUI_FP_BIN."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

FP = os.environ.get('HEDUI_FP_BIN', 'build/fp/hedui')
MOST = int(os.environ.get('HEDUI_PLACES', '60'))
PACKS = ('rules/jiangsu-dibao', 'rules/changshu-dibao', 'bench/packs/six')
failures = 0


def say(good, text):
    global failures
    failures += not good
    print(('ok - ' if good else 'not ok - ') + text, flush=True)


def run(args, **env):
    return subprocess.run([FP, *args], capture_output=True, env=dict(os.environ, **env), check=False)


def county(work):
    """A small world with results of every kind, and households as lines of JSON."""
    c, data = work + '/c', work + '/data'
    assert run(('gen', '--scale', '0.0005', '--seed', '5', '--dirt', '3', '--checked-on', '2026-07-01', '--out', c)).returncode == 0
    for feed in ('tax', 'real_estate', 'bank', 'vehicle'):
        done = run(('ingest', 'adapters/%s/mapping.yaml' % feed, '%s/%s.csv' % (c, feed), '--as-of', '2026-06-30', '--data', data,
                    '--refused', work + '/refused'))
        assert done.returncode <= 1, done.stderr
    assert run(('verify', c + '/applicants.csv', '--rules', PACKS[0], '--data', data, '--out', work + '/out')).returncode <= 1
    with open(work + '/out/verdicts.jsonl', encoding='utf-8') as f:
        return f.readline().split('"case_no":"')[1].split('"')[0]


def commands(work):
    case = county(work)
    c, data = work + '/c', work + '/data'
    verify = ('verify', c + '/applicants.csv', '--data', data, '--out', work + '/now', '--overwrite', '--threads', '1')
    yield 'rules check --read', [('rules', 'check', pack, '--read', '--strict') for pack in PACKS]
    yield 'rules check of faulty packs', [('rules', 'check', 'tests/faulty/W611-rich'), ('rules', 'check', 'tests/faulty/js-dibao')]
    yield 'rules flatten', [('rules', 'flatten', PACKS[1]), ('rules', 'flatten', PACKS[1], '--json')]
    yield 'rules hash', [('rules', 'hash', PACKS[1], '--json')]
    yield 'rules eval', [('rules', 'eval', '--jsonl', 'tests/conformance/ext.jsonl')]
    yield 'rules test', [('rules', 'test', 'tests/independent/works', '--coverage', '--boundaries', '--robust')]
    yield 'rules diff', [('rules', 'diff', PACKS[0], PACKS[1], '--in', work + '/out', '--csv', work + '/moved.csv')]
    yield 'rules affected', [('rules', 'affected', PACKS[1], work + '/out')]
    yield 'verify', [verify + ('--rules', pack, '--reports') for pack in PACKS[:2]]
    yield 'explain', [('explain', work + '/out', '--case', case), ('explain', work + '/out', '--case', case, '--lang', 'en')]


def wrong(done, usual):
    text = done.stderr.decode('utf-8', 'replace')
    if done.returncode not in (0, 1, 2) or 'Sanitizer' in text or 'runtime error' in text:
        return 'ended with %d: %s' % (done.returncode, text[-400:])
    if done.returncode == 2 and usual.returncode != 2 and not any(ord(c) > 0x2000 for c in text + done.stdout.decode()):
        return 'exit 2 without a sentence: ' + text[-200:]
    if done.returncode == usual.returncode and done.returncode < 2 and done.stdout != usual.stdout:
        return 'exit %d as always, and another answer' % done.returncode
    if done.returncode < 2 and done.returncode != usual.returncode:
        return 'exit %d instead of %d' % (done.returncode, usual.returncode)
    return None


def exhaust(work, name, args):
    known = work + '/places'
    usual, met, bad = run(args), 0, []
    if os.path.exists(known):
        os.unlink(known)
    begin = time.monotonic()
    while met < MOST:
        before = os.path.getsize(known) if os.path.exists(known) else 0
        done = run(args, HEDUI_FAIL_PLACES=known)
        if not os.path.exists(known) or os.path.getsize(known) == before:
            break
        met += 1
        why = wrong(done, usual)
        if why:
            bad.append((met, why))
    for at, why in bad[:3]:
        print('# place %d: %s' % (at, why))
    if os.environ.get('HEDUI_PLACES_TIME'):
        print('# %s: %.0f s' % (' '.join(args), time.monotonic() - begin))
    return met, len(bad)


def main():
    os.makedirs('build', exist_ok=True)
    if not os.access(FP, os.X_OK):
        print('skip - places: %s is not built (make build/fp/hedui)' % FP)
        return 0
    work = tempfile.mkdtemp(prefix='places.', dir='build')
    try:
        for name, calls in commands(work):
            met, bad = map(sum, zip(*(exhaust(work, name, args) for args in calls)))
            say(met > 0 and not bad, '%s: no memory at %d places, %d of them crash, are silent or answer otherwise' % (name, met, bad))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
