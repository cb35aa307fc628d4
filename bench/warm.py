#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/warm.py [--scale S] [--runs N] [--only q2|q2b] [--no-postgres]: a batch against data that is loaded already.

Q2   the county's applicants (20,000 households at scale 1)
Q2b  400,000 households with about 1,000,000 members (at scale 1: everybody)

Both sides read the batch and write one CSV of the peer's columns: hedui by `verify --outputs
figures.csv` of bench/packs/six-wide, DuckDB by bench/peers/duckdb_query.sql over tables that are
sorted and indexed. Paired A B A B. hedui is timed as a whole process, synced to disk; DuckDB as a whole
process and, apart, as the query alone in a process that is warm. verdicts.jsonl and all other results of
hedui are timed apart. PostgreSQL, where the system has it, answers the same batch from the same tables
(bench/postgres.py). Answers are compared case by case. Writes its part of bench/RESULTS.md."""
import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

import fetch
import postgres
import run as cold

ROOT, HEDUI, WORK = cold.ROOT, cold.HEDUI, cold.WORK
PEERS = os.path.join(ROOT, 'bench/peers')
MARK = '## Warm\n'


def seconds(command, codes=(0, 1)):
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in codes:
        sys.exit('%s\n%s' % (' '.join(command), error.decode()))
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def prepare(scale, county, data, database, python):
    """Feeds, batches, a data directory, a database: each made once."""
    cold.county_make(scale, county)
    wide = county + '-all'
    if not os.path.exists(wide + '/applicants.csv'):
        households = str(int(float(scale) * 400000))
        subprocess.run([HEDUI, 'gen', '--scale', scale, '--seed', '1', '--checked-on', '2025-01-15', '--dirt-kinds',
                        'sql', '--households', households, '--out', wide], check=True)
        for feed in cold.FEEDS:
            os.remove('%s/%s.csv' % (wide, feed))
    if not os.path.exists(data + '/current'):
        feeds = [a for f in cold.FEEDS for a in ('adapters/%s/mapping.yaml' % f, '%s/%s.csv' % (county, f))]
        seconds([HEDUI, 'ingest'] + feeds + ['--as-of', '2025-01-10', '--refused', WORK, '--data', data])
    if not os.path.exists(database):
        seconds([python, PEERS + '/duckdb_warm.py', 'load', county, county + '/applicants.csv', '/dev/null',
                 database, PEERS], (0,))
    return county + '/applicants.csv', wide + '/applicants.csv'


def verify(batch, pack, out, data, threads, more):
    shutil.rmtree(out, ignore_errors=True)
    return seconds([HEDUI, 'verify', batch, '--rules', 'bench/packs/' + pack, '--out', out, '--data', data,
                    '--threads', str(threads)] + more)


def compare(ours, peer_file):
    """Cases and figures that differ where nothing is missing; `incomplete` for the peer's FAIL or REVIEW of what it
    has not is the one difference that is allowed."""
    names = {'PASS': 'met', 'FAIL': 'not_met', 'REVIEW': 'incomplete'}
    columns = (('income_total', 'income_total', 1), ('property_count', 'property_count', 1),
               ('area_sum', 'area_sum', 1), ('vehicle_count', 'vehicle_count', 1), ('max_price', 'max_price', 1),
               ('bank_total', 'bank_total', 1), ('income_pc', 'income_pc_cents', 100),
               ('bank_pc', 'bank_pc_cents', 100), ('members', 'members', 1))
    bits = ('R1', 'R2', 'R3', 'R4', 'R5', 'R6')
    peers = {row['case_no']: row for row in csv.DictReader(open(peer_file, encoding='utf-8'))}
    same = allowed = differ = 0
    for row in csv.DictReader(open(ours, encoding='utf-8', newline='')):
        peer = peers.pop(row['case_no'])
        blanks = any(row[k] == '' for k, _, _ in columns)
        is_same = row['outcome'] == names[peer['verdict']] and all(
            row[k] == '' or abs(float(row[k]) * by - float(peer[p])) < 0.005 for k, p, by in columns)
        fired = sum(1 << bits.index(r) for r in set(row['reasons'].split()) if r in bits) \
            if row['outcome'] == 'not_met' else None
        if is_same and not blanks and (fired is None or fired == int(peer['reasons'])):
            same += 1
        elif blanks or (row['outcome'] == 'incomplete' and int(peer['invalid_members']) + int(peer['missing_amounts'])):
            allowed += 1
        else:
            differ += 1
            if differ <= 5:
                print('differs: %s\n   peer: %s' % (dict(row), dict(peer)))
    return same, allowed, differ + len(peers)


def measure_postgres(server, batch, python, database, peer_file, runs):
    """Median seconds of the runs; its answers must be those of DuckDB, line by line."""
    out = os.path.join(WORK, 'warm-postgres.csv')
    text = open(PEERS + '/postgresql_query.sql', encoding='utf-8').read()
    server.take(python, database, batch, PEERS)
    times = [server.query(out, text) for _ in range(runs)]
    same = [[row[k] for k in ('case_no', 'income_total', 'bank_total', 'reasons', 'verdict')]
            for row in csv.DictReader(open(out, encoding='utf-8'))] == \
        [[row[k] for k in ('case_no', 'income_total', 'bank_total', 'reasons', 'verdict')]
         for row in csv.DictReader(open(peer_file, encoding='utf-8'))]
    return statistics.median(times), same


def measure(name, batch, data, database, county, args):
    python, server = args.python, args.server
    out, peer_out = os.path.join(WORK, 'warm'), os.path.join(WORK, 'warm-peer.csv')
    query = [python, PEERS + '/duckdb_warm.py', 'query', county, batch, peer_out, database, PEERS]
    ours, theirs = [], []
    for i in range(args.runs):
        ours.append(verify(batch, 'six-wide', out, data, args.threads, ['--outputs', 'figures.csv']))
        theirs.append(seconds(query, (0,)))
        print('%s run %d: hedui %.3f s, DuckDB %.3f s' % (name, i + 1, ours[-1][0], theirs[-1][0]), flush=True)
    inside = subprocess.run(query + [str(args.runs + 1)], check=True, capture_output=True, text=True).stdout.split()
    same, allowed, differ = compare(out + '/figures.csv', peer_out)
    few = range(min(args.runs, 3) if name == 'Q2' else 1)  # of everybody: minutes
    full = [verify(batch, 'six', out, data, args.threads, []) for _ in few]
    lines = [verify(batch, 'six', out, data, args.threads, ['--outputs', 'verdicts.jsonl']) for _ in few]
    shutil.rmtree(out, ignore_errors=True)
    slow, is_same = (None, True) if server is None else \
        measure_postgres(server, batch, python, database, peer_out, min(args.runs, 3))
    middle = lambda runs, k: statistics.median(r[k] for r in runs)
    return {'name': name, 'ours': middle(ours, 0), 'cpu': middle(ours, 1), 'peak': max(r[2] for r in ours),
            'theirs': middle(theirs, 0), 'their_cpu': middle(theirs, 1), 'their_peak': max(r[2] for r in theirs),
            'inside': statistics.median(float(t) for t in inside[1:]) / 1000, 'full': middle(full, 0),
            'lines': middle(lines, 0), 'postgres': '–' if slow is None else '%.2f s' % slow,
            'postgres_differs': 0 if is_same else 1, 'same': same, 'allowed': allowed, 'differ': differ}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--scale', default='1')
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--only', choices=('q2', 'q2b'))
    parser.add_argument('--no-postgres', action='store_true')
    args = parser.parse_args()
    os.chdir(ROOT)
    os.makedirs(fetch.PEERS, exist_ok=True)
    args.python, args.server, server_version = fetch.python_peer('duckdb'), None, 'none'
    if args.python is None:
        return 0
    county = os.path.join(WORK, 'county-' + args.scale)
    data, database = os.path.join(WORK, 'warm-data-' + args.scale), os.path.join(WORK, 'warm-%s.db' % args.scale)
    q2, q2b = prepare(args.scale, county, data, database, args.python)
    try:
        if postgres.tools() is None:
            print('skip - bench: PostgreSQL is not installed (Debian: postgresql)')
        elif not args.no_postgres:
            args.server = postgres.Server()
            server_version = args.server.start()
            args.server.load(args.python, database, q2, PEERS)
        rows = [measure(n, b, data, database, county, args)
                for n, b in (('Q2', q2), ('Q2b', q2b)) if args.only in (None, n.lower())]
    finally:
        if args.server is not None:
            args.server.stop()
    text = f"""{MARK}
Machine: {cold.machine()}. DuckDB {fetch.version_of(args.python)}, 2 threads; PostgreSQL {server_version}; hedui, {args.threads} threads.
Command: `bench/warm.py --scale {args.scale} --runs {args.runs}`; medians, paired; both read the batch and write one CSV.

| work | hedui, process, synced | CPU s | MiB | DuckDB, process | CPU s | MiB | DuckDB, query alone | times the process | times the query | PostgreSQL | all results of hedui | verdicts.jsonl alone |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""
    for r in rows:
        text += ('| {name} | {ours:.3f} s | {cpu:.2f} | {peak} | {theirs:.3f} s | {their_cpu:.2f} | {their_peak} | '
                 '{inside:.3f} s | {a:.2f} | {b:.2f} | {postgres} | {full:.2f} s | {lines:.2f} s |\n').format(
                     a=r['theirs'] / r['ours'], b=r['inside'] / r['ours'], **r)
    for r in rows:
        text += ('\n{name}: {same} cases equal in outcome, reasons and figures, {allowed} where parts are missing, '
                 '{differ} different.\n').format(**r)
    cold.results_put(MARK, text)
    print(text)
    return 1 if any(r['differ'] or r['postgres_differs'] for r in rows) else 0


if __name__ == '__main__':
    sys.exit(main())
