#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/growth.py [--scales 1,10] [--memory SIZE]: what a row costs as the data grow.

Per scale: a county, its feeds ingested one by one into one data directory and deleted as they are done
with; then the county's applicants verified (figures.csv). CPU seconds are of both lanes, and no
counter of the machine is needed; bytes are those of the delivery. Nothing is compared: bench/run.py
does that. Scale 10 takes 9 GB while it runs. Puts its part into bench/RESULTS.md."""
import argparse
import os
import re
import shutil
import subprocess
import sys
import time

import run as cold

ROOT, HEDUI, WORK = cold.ROOT, cold.HEDUI, cold.WORK
MARK = '## Growth\n'


def costs(command):
    """CPU seconds, wall seconds, peak MiB, and what it printed."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(' '.join(command))
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begin, usage.ru_maxrss // 1024, said


def scale_run(scale, memory):
    """Rows of the table: (what, rows, CPU seconds, wall seconds, bytes, MiB)."""
    county, data, rows = os.path.join(WORK, 'growth'), os.path.join(WORK, 'growth-data'), []
    try:
        cold.county_make(scale, county)
        for feed in cold.FEEDS:
            path = '%s/%s.csv' % (county, feed)
            cpu, wall, peak, said = costs([HEDUI, 'ingest', 'adapters/%s/mapping.yaml' % feed, path, '--as-of',
                                           '2025-01-10', '--refused', county, '--data', data, '--memory', memory])
            physical = int(re.search(r'= (\d+)', said).group(1))
            rows.append((feed, physical, cpu, wall, int(re.search(r'(\d+) 字节', said).group(1)), peak))
            os.remove(path)
        cpu, wall, peak, said = costs([HEDUI, 'verify', county + '/applicants.csv', '--rules', 'bench/packs/six-wide',
                                       '--out', data + '-out', '--data', data, '--outputs', 'figures.csv'])
        cases = int(re.search(r'cases (\d+)', said).group(1))
        rows.append(('verify, a case', cases, cpu, wall, os.path.getsize(data + '-out/figures.csv'), peak))
        return rows
    finally:
        for folder in (county, data, data + '-out'):
            shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--scales', default='1,10')
    parser.add_argument('--memory', default='1G')
    args = parser.parse_args()
    os.chdir(ROOT)
    os.makedirs(WORK, exist_ok=True)
    scales = args.scales.split(',')
    table = {scale: scale_run(scale, args.memory) for scale in scales}
    text = f"""{MARK}
Machine: {cold.machine()}. Command: `bench/growth.py --scales {args.scales} --memory {args.memory}`, one run each.

| | {' | '.join('scale %s: rows | CPU µs a row | wall µs a row | bytes a row | MiB' % s for s in scales)} |
|---|{'---|' * 5 * len(scales)}
"""
    for i, (what, *_) in enumerate(table[scales[0]]):
        cells = []
        for scale in scales:
            _, rows, cpu, wall, size, peak = table[scale][i]
            cells += ['%d' % rows, '%.3f' % (cpu * 1e6 / rows), '%.3f' % (wall * 1e6 / rows), '%.2f' % (size / rows),
                      '%d' % peak]
        text += '| %s | %s |\n' % (what, ' | '.join(cells))
    cold.results_put(MARK, text)
    print(text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
