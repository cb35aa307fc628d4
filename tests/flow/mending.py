#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What may come back as mended: rows that were refused, once, for the same person, of the same kind, and only with --mends.
Anything else is told, exit 2, and changes nothing."""
import csv
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import HEDUI, ok  # noqa: E402
import county as state  # noqa: E402
from deliveries import A, B, Family, number  # noqa: E402

C = number('19830303', 3)


def rows_of(path):
    with open(path, encoding='utf-8', newline='') as f:
        return list(csv.reader(f))


def write(path, rows):
    with open(path, 'w', encoding='utf-8', newline='') as f:
        csv.writer(f, lineterminator='\n').writerows(rows)
    return path


def main():
    os.makedirs('build', exist_ok=True)
    c = Family(scale='0.001')
    try:
        data = c.new_data()
        tax = c.file('tax', 'tax.csv', '%s,汪建国,202601,0101,1500.00,,' % A, '%s,汪建国,202602,0101,15oo,,' % A,
                     '%s,李红,202602,0101,bad,,' % B, '32990119830303003?,赵一,202602,0101,80.00,,')
        c.file('vehicle', 'vehicle.csv', '%s,汪建国,苏E1,小型轿车,非营运,2020-01-01,90000,正常' % A)
        receipt = c.ingest(data, 'tax', tax)
        digest, refused = receipt['delivery'], os.path.join(c.work, 'tax.csv.refused.csv')
        table = rows_of(refused)
        head, one, two, three = table
        snapshot = receipt['snapshot']

        def give(name, rows, *more, feed='tax'):
            run = subprocess.run([HEDUI, 'ingest', 'adapters/%s/mapping.yaml' % feed, write(os.path.join(c.work, name), rows),
                                  '--data', data, '--refused', c.work, '--json', '--refuse-max', '9'] + list(more),
                                 capture_output=True, text=True)
            return run.returncode, run.stdout, run.stderr

        def now():
            run = subprocess.run([HEDUI, 'snapshot', 'show', '--json', '--data', data], capture_output=True, text=True)
            return json.loads(run.stdout)['snapshot']

        def cured(row, **cells):
            row = list(row)
            for name, value in cells.items():
                row[head.index(name)] = value
            return row

        good = cured(one, gross_income_yuan='1600.00')
        refusals = (
            ('a file of refused rows without --mends', [head, good], ('--as-of', '2026-06-30'), 'tax', '--mends'),
            ('a row that was never refused', [head, cured(good, hedui_row='2')], ('--mends', digest), 'tax', 'was not refused'),
            ('a row of no such number', [head, cured(good, hedui_row='999')], ('--mends', digest), 'tax', 'was not refused'),
            ('one row twice in one file', [head, good, good], ('--mends', digest), 'tax', 'come back already'),
            ('another person', [head, cured(good, id_no=B)], ('--mends', digest), 'tax', 'another person'),
            ('another kind', [head, good], ('--mends', digest), 'vehicle', 'names a delivery of income'),
        )
        for belief, rows, options, feed, words in refusals:
            code, _, told = give('tax.csv.mended.csv', rows, *options, feed=feed)
            ok(code == 2 and words in told and now() == snapshot and A not in told and B not in told,
               '%s: told, and nothing changes' % belief)
        code, out, told = give('tax.csv.mended.csv', [head, good], '--mends', digest)
        ok(code == 0 and json.loads(out)['balance']['accepted'] == 1 and now() == snapshot + 1, 'what was refused comes back ' + told)
        code, _, told = give('tax.csv.mended.csv', [head, good, cured(two, gross_income_yuan='5.00')], '--mends', digest)
        ok(code == 2 and 'come back already' in told and now() == snapshot + 1, 'what came back does not come back again')
        code, out, told = give('tax.csv.mended.csv', [head, cured(two, gross_income_yuan='5.00'), cured(three, id_no=C)],
                               '--mends', digest)
        ok(code == 0 and json.loads(out)['balance']['accepted'] == 2, 'the rest comes back; who could not be read may be anyone ' + told)
    finally:
        c.close()
    return state.failures > 0


if __name__ == '__main__':
    sys.exit(main())
