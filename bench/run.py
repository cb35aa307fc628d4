#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/run.py [--scale S] [--runs N] [--gzip]: Q1 cold, raw CSV files to answers, beside DuckDB and Polars.

All read the same files, paired A B A B; hedui's side is durable (deliveries written and synced) and
starts from an empty data directory each time. The peers run bench/peers/duckdb_views.sql and
duckdb_query.sql with two threads, by DuckDB 1.5 and by the newest, and write one CSV; so does hedui
(`--outputs figures.csv`), and once more with all its results, which the peers do not have. Polars
(bench/peers/polars.js) does less: no full-width digits, no numbers of 15 digits, no check digits; its
answers are counted, not compared. --gzip: the same county, each feed one gzip file. Answers are compared
household by household. Puts its part into bench/RESULTS.md. bench/fetch.py brings the peers."""
import argparse
import csv
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time

import fetch

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HEDUI = os.environ.get('HEDUI', os.path.join(ROOT, 'build/hedui'))
WORK = os.path.join(ROOT, 'build/bench')
FEEDS = ('tax', 'real_estate', 'vehicle', 'bank')
PEER = '''
import sys, duckdb
folder, out = sys.argv[1:3]
def sql(name):
    text = open(sys.argv[3] + '/' + name, encoding='utf-8').read()
    for key, value in (('DIR', folder), ('APP', folder + '/applicants.csv' + sys.argv[4]), ('OUT', out),
                       ('EXT', sys.argv[4])):
        text = text.replace('${%s}' % key, value)
    return text
c = duckdb.connect(':memory:', config={'threads': 2})
c.execute(sql('duckdb_views.sql'))
c.execute(sql('duckdb_query.sql'))
'''


def timed(commands, codes=(0, 1)):
    """Wall seconds of the commands one after the other, and the highest peak memory (MiB)."""
    peak, begin = 0, time.monotonic()
    for command in commands:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) not in codes:
            sys.exit('%s\n%s' % (' '.join(command), error.decode()))
        peak = max(peak, usage.ru_maxrss // 1024)
    return time.monotonic() - begin, peak


def ours(county, threads, ending):
    """Seconds and peak MiB of: ingest, verify to one CSV, verify with all results."""
    data, out = os.path.join(WORK, 'data'), os.path.join(WORK, 'out')
    shutil.rmtree(data, ignore_errors=True)
    common = ['--data', data, '--threads', str(threads)]
    feeds = [a for f in FEEDS for a in ('adapters/%s/mapping.yaml' % f, '%s/%s.csv%s' % (county, f, ending))]
    verify = [HEDUI, 'verify', county + '/applicants.csv' + ending, '--rules', 'bench/packs/six', '--out', out] + common
    times = [timed([[HEDUI, 'ingest'] + feeds + ['--as-of', '2025-01-10', '--refused', WORK] + common])]
    for extra in (['--outputs', 'figures.csv'], []):
        shutil.rmtree(out, ignore_errors=True)
        times.append(timed([verify + extra]))
    return times


def compare(peer_file):
    """Households whose answers differ; `incomplete` for the peer's FAIL or REVIEW with unknown parts is the
    one difference that is allowed."""
    peers = {row['case_no']: row for row in csv.DictReader(open(peer_file, encoding='utf-8'))}
    names = {'PASS': 'met', 'FAIL': 'not_met', 'REVIEW': 'incomplete'}
    same = allowed = differ = figures = 0
    seen = set()
    for line in open(os.path.join(WORK, 'out/verdicts.jsonl'), encoding='utf-8'):
        verdict = json.loads(line)
        peer = peers[verdict['case_no']]
        seen.add(verdict['case_no'])
        open_parts = int(peer['invalid_members']) + int(peer['missing_amounts']) > 0
        partial = any(s == 'partial' for m in verdict['coverage'].values() for s in m.values())
        if verdict['outcome'] == names[peer['verdict']]:
            same += 1
        elif verdict['outcome'] == 'incomplete' and (open_parts or partial):
            allowed += 1
        else:
            differ += 1
            if differ <= 5:
                print('differs: %s %s, peer %s' % (verdict['case_no'], verdict['outcome'], peer['verdict']))
        if not open_parts and not verdict['unknown']:
            f = verdict['figures']
            wrong = [k for k, p in (('income_total', 'income_total'), ('bank_total', 'bank_total'),
                                    ('property_count', 'property_count'), ('vehicle_count', 'vehicle_count'))
                     if k in f and str(f[k]) != peer[p]]
            figures += bool(wrong)
            if wrong and figures <= 5:
                print('figures differ: %s %s' % (verdict['case_no'], wrong))
    return {'same': same, 'allowed': allowed, 'differ': differ, 'figures': figures,
            'held': len(peers) - len(seen)}


def machine():
    model = [l.split(':')[1].strip() for l in open('/proc/cpuinfo') if l.startswith('model name')][:1]
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 30
    return '%s, %d CPUs, %d GiB, %s' % (model[0] if model else platform.machine(), os.cpu_count(), memory,
                                        platform.system())


def county_make(scale, county, is_gzip=False):
    if not os.path.exists(county + '/applicants.csv' + ('.gz' if is_gzip else '')):
        subprocess.run([HEDUI, 'gen', '--scale', scale, '--seed', '1', '--checked-on', '2025-01-15', '--dirt-kinds',
                        'sql', '--out', county] + (['--gzip'] if is_gzip else []), check=True)


def results_put(mark, text):
    """Puts a part of RESULTS.md in the place of the one that begins with `mark`; a part ends where the next
    heading of a part begins."""
    path = os.path.join(ROOT, 'bench/RESULTS.md')
    old = open(path, encoding='utf-8').read() if os.path.exists(path) else ''
    parts = re.split(r'(?m)^(?=##? )', old)
    kept = [text.rstrip('\n') + '\n' if p.startswith(mark) else p.rstrip('\n') + '\n' for p in parts if p.strip()]
    if not any(p.startswith(mark) for p in kept):
        kept.append(text.rstrip('\n') + '\n')
    open(path, 'w', encoding='utf-8').write('\n'.join(kept))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--scale', default='1')
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--gzip', action='store_true')
    args = parser.parse_args()
    os.chdir(ROOT)
    os.makedirs(fetch.PEERS, exist_ok=True)
    ending = '.gz' if args.gzip else ''
    county = os.path.join(WORK, 'county-' + args.scale + ('-gzip' if args.gzip else ''))
    county_make(args.scale, county, args.gzip)
    script, peer_out = os.path.join(WORK, 'peer.py'), os.path.join(WORK, 'peer.csv')
    open(script, 'w').write(PEER)
    peers = {}
    for name in fetch.PYTHON:
        python = fetch.python_peer(name)
        if python is not None:
            peers['DuckDB ' + fetch.version_of(python)] = [python, script, county, peer_out,
                                                           os.path.join(ROOT, 'bench/peers'), ending]
    if not peers:
        return 0
    compared = list(peers)
    node = None if args.gzip else fetch.node_peers()  # this Polars does not scan gzip
    if node is not None and os.path.exists(node + '/node_modules/nodejs-polars'):
        os.environ['POLARS_NODE'] = node + '/node_modules/nodejs-polars'
        version = json.load(open(node + '/node_modules/nodejs-polars/package.json'))['version']
        peers['Polars ' + version] = ['node', os.path.join(ROOT, 'bench/peers/polars.js'), 'q1', county,
                                      county + '/applicants.csv', os.path.join(WORK, 'polars.csv')]
    a, b = [], {name: [] for name in peers}
    for i in range(args.runs):
        a.append(ours(county, args.threads, ending))
        for name, command in peers.items():
            b[name].append(timed([command], (0,)))
        print('run %d: hedui ingest %.2f s, one CSV %.2f s, all results %.2f s; %s' % (
            (i + 1,) + tuple(t for t, _ in a[-1]) +
            (', '.join('%s %.2f s' % (v, t[-1][0]) for v, t in b.items()),)), flush=True)
    result = compare(peer_out)
    memory = max(m for run in a for _, m in run)

    def row(name, seconds):
        return '| %s | %.2f (%.2f–%.2f) | %s |\n' % (
            name, statistics.median(seconds), min(seconds), max(seconds),
            ' | '.join('%.2f' % (statistics.median(t for t, _ in times) / statistics.median(seconds))
                       for times in b.values()))

    mark = '## Cold, gzip\n' if args.gzip else '# Results\n'
    text = f"""{mark}
Machine: {machine()}. {', '.join(peers)}, 2 threads; hedui, {args.threads} threads, durable.
Command: `make bench` (`bench/run.py --scale {args.scale} --runs {args.runs}{' --gzip' if args.gzip else ''}`), files in the page cache.

| Q1 cold, scale {args.scale}, medians of {args.runs} paired runs | seconds (range) | {' | '.join('times the speed of ' + v for v in peers)} |
|---|---|{'---|' * len(peers)}
"""
    text += row('hedui: deliveries, and one CSV as the peer writes', [r[0][0] + r[1][0] for r in a])
    text += row('hedui: deliveries, and all results with evidence and provenance', [r[0][0] + r[2][0] for r in a])
    text += row('of these: ingest', [r[0][0] for r in a])
    for name, times in b.items():
        text += row(name + (', validated, keeps nothing' if name in compared else ', less work, keeps nothing'),
                    [t for t, _ in times])
    text += f"""
Peak memory: hedui {memory} MiB, {', '.join('%s %d MiB' % (v, max(m for _, m in t)) for v, t in b.items())}.
Answers: {result['same']} households equal, {result['allowed']} `incomplete` where parts are unknown or rows were
refused (the peer sums what it has), {result['differ']} different, {result['figures']} with different figures,
{result['held']} cases held back.
"""
    results_put(mark, text)
    print(text)
    return 1 if result['differ'] or result['figures'] else 0


if __name__ == '__main__':
    sys.exit(main())
