#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""F1, F3: kill -9 at random moments of ingest and of verify. Nothing lost, nothing doubled; run again, the same bytes.

HEDUI_KILLS=N of each (default 30; `make torture` gives 1,000), HEDUI_SEED=S. Each kill comes at a moment drawn from a
little more than the whole length of an undisturbed run, as it is at that time, so that the first and the last step are hit as well. The data
directory of the ingests lives on through all kills, as it would in an office; every tenth round begins a new one."""
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HEDUI = os.environ.get('HEDUI', 'build/hedui')
PACK = 'rules/jiangsu-dibao'
FEEDS = ('tax', 'real_estate', 'bank', 'vehicle')
failures = 0


def say(good, text):
    global failures
    failures += not good
    print(('ok - ' if good else 'not ok - ') + text, flush=True)


class Office:
    def __init__(self, work):
        self.work = work
        self.call('gen', '--scale', '0.004', '--seed', '5', '--dirt', '2', '--checked-on', '2026-07-01', '--out', self.at('county'))
        self.base = self.at('base')
        for feed in FEEDS[:3]:
            assert self.ingest(self.base, feed).wait() <= 1, feed
        self.full = self.at('full')
        shutil.copytree(self.base, self.full)
        assert self.ingest(self.full, 'vehicle').wait() <= 1
        self.before, self.after = self.answer(self.base), self.answer(self.full)
        assert self.before != self.after

    def at(self, name):
        return os.path.join(self.work, name)

    def start(self, *args):
        return subprocess.Popen([HEDUI, *args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def call(self, *args):
        return subprocess.run([HEDUI, *args], capture_output=True, check=False)

    def ingest(self, data, feed):
        return self.start('ingest', 'adapters/%s/mapping.yaml' % feed, self.at('county/%s.csv' % feed), '--as-of', '2026-06-30',
                          '--data', data, '--refused', self.at('refused'))

    def verify(self, data, out):
        return self.start('verify', self.at('county/applicants.csv'), '--rules', PACK, '--data', data, '--out', out)

    def answer(self, data, out='out.answer'):
        shutil.rmtree(self.at(out), ignore_errors=True)
        assert self.verify(data, self.at(out)).wait() <= 1
        return digests(self.at(out))

    def length_of(self, make):
        begin = time.monotonic()
        make().wait()
        return time.monotonic() - begin


# a delivery is sealed under a key of its own: handed over anew, it has another name
SEALED = re.compile(rb'("(?:delivery|snapshot_digest)":)"[0-9a-f]{64}"')


def digests(folder):
    """Of the results; run.json names folders. After a kill half a file may lie under a name of its own, never under theirs."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if name != 'run.json' and not name.startswith('.tmp'):
            with open(os.path.join(folder, name), 'rb') as f:
                found[name] = hashlib.sha256(SEALED.sub(rb'\1', f.read())).hexdigest()
    return found


class Clock:
    """How long an undisturbed run takes now: others may use the machine, so each run that ends by itself is a measure."""

    def __init__(self, spent, draw):
        self.spent, self.draw = spent, draw

    def kill(self, process):
        begin = time.monotonic()
        try:
            process.wait(timeout=self.draw.uniform(0, 1.1 * self.spent))
            self.spent += (time.monotonic() - begin - self.spent) / 4
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            self.spent *= 1.01  # else it could only shrink
        return process.wait()


def tree(folder):
    return [os.path.join(at, f) for at, _, files in os.walk(folder) for f in files]


def ingests(office, draw, count):
    """The vehicle feed, given again and again to a directory that has the others."""
    lost = doubled = strays = killed = landed = 0
    data = office.at('data')
    clock = Clock(office.length_of(lambda: office.ingest(office.at('length'), 'vehicle')), draw)
    whys = []
    i = -1
    while killed < count and i < 3 * count:  # a run that ends first was not killed
        i += 1
        if i % 10 == 0 or os.path.exists(os.path.join(data, 'is-new')):
            shutil.rmtree(data, ignore_errors=True)
            shutil.copytree(office.base, data)
        code = clock.kill(office.ingest(data, 'vehicle'))
        killed += code == -signal.SIGKILL
        why = []
        if office.call('snapshot', 'verify', '--data', data).returncode != 0:
            why.append('snapshot verify fails')
        now = office.answer(data)
        landed += now == office.after
        if now not in (office.before, office.after) or (code in (0, 1) and now != office.after):
            lost += 1
            why.append('neither old nor new, or said done and is not')
        if office.ingest(data, 'vehicle').wait() > 1 or office.answer(data) != office.after:
            lost += 1
            why.append('given again, it is not the new')
        shown = json.loads(office.call('snapshot', 'show', '--data', data, '--json').stdout)
        named = [d['delivery'] for d in shown['deliveries']]
        sources = sorted(d['source'] for d in shown['deliveries'])
        if len(set(named)) != len(named) or len(set(sources)) != len(sources) or len(sources) != len(FEEDS):
            doubled += 1
            why.append('doubled: %s' % sources)
        if [f for f in tree(data) if '.tmp' in f]:
            strays += 1
            why.append('half files are left')
        if why:
            whys.append('round %d, exit %d: %s' % (i, code, '; '.join(why)))
        if now == office.after:  # a directory that knows the feed already teaches little
            with open(os.path.join(data, 'is-new'), 'w', encoding='utf-8'):
                pass
    for why in whys[:5]:
        print('# ' + why)
    say(not whys and killed == count, 'ingest: %d rounds, %d killed, %d of these had landed before: %d lost, %d doubled, '
        '%d with half files' % (i + 1, killed, landed - (i + 1 - killed), lost, doubled, strays))


def verifies(office, draw, count):
    out = office.at('out.killed')
    shutil.rmtree(out, ignore_errors=True)
    clock = Clock(office.length_of(lambda: office.verify(office.full, office.at('out.length'))), draw)
    killed, whys, i = 0, [], -1
    while killed < count and i < 3 * count:
        i += 1
        if i % 2 == 0:
            shutil.rmtree(out, ignore_errors=True)  # else it runs over what the last one left
        code = clock.kill(office.verify(office.full, out))
        killed += code == -signal.SIGKILL
        why = []
        found = digests(out) if os.path.isdir(out) else {}
        if os.path.exists(os.path.join(out, 'run.json')) and found != office.after:
            why.append('run.json vouches for what is not there')
        if i % 2 == 0:
            why += ['%s is half' % name for name in found if found[name] != office.after[name]]
        if office.verify(office.full, out).wait() > 1 or digests(out) != office.after:
            why.append('run again, the bytes differ')
        if why:
            whys.append('round %d, exit %d: %s' % (i, code, '; '.join(why)))
    for why in whys[:5]:
        print('# ' + why)
    say(not whys and killed == count, 'verify: %d rounds, %d killed: %d wrong' % (i + 1, killed, len(whys)))


def main():
    os.makedirs('build', exist_ok=True)
    work = tempfile.mkdtemp(prefix='kill.', dir='build')
    count = int(os.environ.get('HEDUI_KILLS', '30'))
    draw = random.Random(int(os.environ.get('HEDUI_SEED', '1')))
    try:
        office = Office(work)
        ingests(office, draw, count)
        verifies(office, draw, count)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
