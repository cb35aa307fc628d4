#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/rules.py [--runs N]: rules in one process and on one thread: households a second, and one household.

R    bench/rates.c over 8,000 households: six limits and jiangsu-dibao, from household columns to
     outcome and fired rules; beside it the engines of npm (bench/peers/rule_engines.js) with the same
     limits. hedui's answers are held equal to its reference walk before the clock starts.
Q3   100,000 households drawn at random, in process: with all findings told, and in brief (outcome,
     reasons, figures).
Medians of the runs. Puts its part into bench/RESULTS.md."""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys

import fetch
import run as cold

ROOT, HEDUI, WORK = cold.ROOT, cold.HEDUI, cold.WORK
MARK = '## In one process, one thread\n'
# pack: day of the check, as-of day of the feeds, more of the county
PACKS = {'bench/packs/six-wide': ('2025-01-15', '2025-01-10', []),
         'rules/jiangsu-dibao': ('2026-07-01', '2026-07-05', ['--optional'])}
PEER_LINE = re.compile(r'^(.*?) +(\d+) decisions/s', re.M)


def prepare(pack):
    """A county and the data of it, for one pack."""
    day, as_of, more = PACKS[pack]
    county = os.path.join(WORK, 'rules-' + os.path.basename(pack))
    if not os.path.exists(county + '/applicants.csv'):
        subprocess.run([HEDUI, 'gen', '--scale', '0.1', '--seed', '1', '--checked-on', day, '--dirt-kinds', 'sql', '--households',
                        '8000', '--out', county] + more, check=True, stdout=subprocess.DEVNULL)
    if not os.path.exists(county + '/data/current'):
        feeds = [a for f in cold.FEEDS for a in ('adapters/%s/mapping.yaml' % f, '%s/%s.csv' % (county, f))]
        subprocess.run([HEDUI, 'ingest'] + feeds + ['--as-of', as_of, '--refused', WORK, '--data', county + '/data'],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return county + '/data', county


def rates(data, county, pack, *what):
    return subprocess.run([os.path.join(os.path.dirname(HEDUI), 'bench/rates'), data, 'rules/model.yaml',
                           'adapters/applicants/mapping.yaml', county + '/applicants.csv', pack] + list(what), check=True,
                          capture_output=True, text=True).stdout


def ours(runs):
    """Name → the numbers of each run."""
    found, places = {}, {pack: prepare(pack) for pack in PACKS}
    for _ in range(runs):
        for pack in PACKS:
            name, (data, county) = os.path.basename(pack), places[pack]
            for how, rate in re.findall(r'(figures|lists) to outcome *: ([0-9.]+) M', rates(data, county, pack, 'r', '2')):
                found.setdefault('%s, %s to outcome' % (name, how), []).append(float(rate))
            for way in ('q3', 'q3-brief'):
                p50, p99 = re.search(r'p50 ([0-9.]+) us, p99 ([0-9.]+) us', rates(data, county, pack, way, '100000')).groups()
                found.setdefault('%s, one household, %s' % (name, 'in brief' if way != 'q3' else 'all told'), []).append(
                    (float(p50), float(p99)))
    return found


def peers(runs):
    """Engine → decisions a second, each run. Which households fail must be the same for all."""
    node, found, failed = fetch.node_peers(), {}, set()
    if node is None or shutil.which('node') is None:
        return found
    for _ in range(runs):
        out = subprocess.run(['node', os.path.join(ROOT, 'bench/peers/rule_engines.js')], capture_output=True, text=True,
                             env=dict(os.environ, B=fetch.PEERS)).stdout
        for name, rate in PEER_LINE.findall(out):
            found.setdefault(name.strip(), []).append(int(rate))
        failed |= set(re.findall(r'fail/4096 (\d+)', out))
    if len(failed) > 1:
        print('the engines of npm differ in how many households fail: %s' % sorted(failed))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--runs', type=int, default=5)
    args = parser.parse_args()
    os.chdir(ROOT)
    os.makedirs(fetch.PEERS, exist_ok=True)
    mine, theirs = ours(args.runs), peers(args.runs)
    text = f"""{MARK}
Machine: {cold.machine()}. Command: `make bench` (`bench/rules.py --runs {args.runs}`), medians of {args.runs} runs.

| work | rate, or p50 and p99 |
|---|---|
"""
    for name, values in mine.items():
        if isinstance(values[0], tuple):
            text += '| %s | %.1f, %.1f µs |\n' % ((name,) + tuple(statistics.median(v[k] for v in values) for k in (0, 1)))
        else:
            text += '| %s | %.2f M households/s |\n' % (name, statistics.median(values))
    for name, values in theirs.items():
        text += '| six limits, peer: %s | %.3f M decisions/s |\n' % (name, statistics.median(values) / 1e6)
    cold.results_put(MARK, text)
    print(text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
