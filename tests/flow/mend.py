#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Refused rows of a dirty county are mended and fed back: the verdicts are those of files that were clean at first, byte
for byte. HEDUI_SEEDS=N counties (default 3; `make torture` gives 20).

The clean file is the dirty one with the mended rows in the places of the refused ones. Rows whose owner was lost get one:
every second time an applicant, so that the mend matters. Every other county is mended in two portions, and the mended
files go in with their rows in another order."""
import csv
import io
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, County, ok, outcomes  # noqa: E402
import county as state  # noqa: E402

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
AMOUNT = {'tax': 4, 'bank': 5}
CODE = {'tax': (3, '0101'), 'real_estate': (5, '住宅'), 'vehicle': (3, '小型轿车'), 'bank': (4, 'CUR')}
DAY = {'real_estate': 7, 'vehicle': 5}


def cells_of(line):
    return next(csv.reader([line]))


def line_of(cells):
    out = io.StringIO()
    csv.writer(out, lineterminator='').writerow(cells)
    return out.getvalue()


def check_digit(digits):
    return '10X98765432'[sum(int(c) * w for c, w in zip(digits, WEIGHTS)) % 11]


def is_number(text):
    return len(text) == 18 and text[:17].isascii() and text[:17].isdigit() and text[17] == check_digit(text[:17])


def mended(feed, cells, codes, draw, applicants, others):
    cells = list(cells)
    for code in codes.split(';'):
        kind = code.split(':')[0].strip()
        if kind == 'R-CHECK':
            digits = cells[0].strip()[:17]
            cells[0] = digits + check_digit(digits)
        elif kind in ('R-SCIENTIFIC', 'R-LENGTH', 'R-BIRTH'):
            cells[0], cells[1] = draw.choice(applicants if draw.random() < 0.5 else others)
        elif kind in ('R-FORM', 'R-PRECISION', 'R-MISSING', 'R-RANGE'):
            cells[AMOUNT[feed]] = '%d.%02d' % (draw.randrange(1, 9000), draw.randrange(100))
        elif kind == 'R-CODE':
            at, value = CODE[feed]
            cells[at] = value
        elif kind == 'R-DAY':
            cells[DAY[feed]] = '2015-06-07'
        else:
            raise SystemExit('%s: no cure for %s' % (feed, code))
    return cells


def lines_in(path):
    with open(path, encoding='utf-8', newline='') as f:
        return f.read().splitlines()


def write(path, lines):
    with open(path, 'w', encoding='utf-8', newline='') as f:
        f.write('\n'.join(lines) + '\n')
    return path


def feed_mended(c, dirty, feed, draw, applicants, portions):
    """Mends what one feed refused, in the dirty data directory; answers the clean file and how many rows it was."""
    receipt = c.ingest(dirty, feed)
    whole = lines_in(c.path(feed + '.csv'))
    others = [tuple(cells_of(line)[:2]) for line in whole[1:200]]
    others = [o for o in others if is_number(o[0])]
    refused_path = receipt['files'][0]['refused_path']
    if refused_path is None or not os.path.exists(refused_path):
        return c.path(feed + '.csv'), 0
    head, *refused = lines_in(refused_path)
    clean, cured = list(whole), []
    for line in refused:
        *cells, row, codes = cells_of(line)
        assert cells_of(whole[int(row) - 1]) == cells, (feed, row)
        cells = mended(feed, cells, codes, draw, applicants, others)
        clean[int(row) - 1] = line_of(cells)
        cured.append(line_of(cells + [row, codes]))
    draw.shuffle(cured)
    half = len(cured) // 2
    for part, rows in enumerate([cured] if portions == 1 else [cured[:half], cured[half:]]):
        path = write(os.path.join(c.work, '%s.csv.mended%d.csv' % (feed, part)), [head] + rows)
        done = c.ingest(dirty, feed, path, options=('--mends', receipt['delivery']))
        assert done['balance']['refused'] == 0, (feed, done['balance'])
    return write(os.path.join(c.work, 'clean.%s.csv' % feed), clean), len(cured)


def county(seed):
    draw = random.Random(seed)
    c = County(scale='0.006', seed=seed, dirt='8')
    try:
        applicants = []
        for line in lines_in(c.path('applicants.csv'))[1:]:
            cells = cells_of(line)
            if is_number(cells[4]):
                applicants.append((cells[4], cells[5]))
        dirty, rows, clean = c.new_data(), 0, {}
        for feed in FEEDS:
            path, count = feed_mended(c, dirty, feed, draw, applicants, 1 + seed % 2)
            clean[feed], rows = (path,), rows + count
        now = c.verify(dirty)
        want = c.whole(**clean)
        unmended = c.whole()
        moved = sum(outcomes(unmended)[k]['outcome'] != v['outcome'] for k, v in outcomes(want).items())
        ok(now == want and rows > 100 and moved > 0, 'seed %d: %d rows mended in %d portion%s, which moves %d of %d outcomes: '
           'as if clean at first' % (seed, rows, 1 + seed % 2, 's' if seed % 2 else '', moved, len(outcomes(want))))
        if now != want:
            a, b = outcomes(now), outcomes(want)
            print('# first difference: %s' % [k for k in b if a.get(k) != b[k]][:3])
    finally:
        c.close()


def main():
    os.makedirs('build', exist_ok=True)
    for seed in range(1, 1 + int(os.environ.get('HEDUI_SEEDS', '3'))):
        county(seed)
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
