#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""six.py COUNTY VERDICTS: an independent oracle for bench/packs/six.

Reads the raw files with Python's own csv and Decimal and the rules written in bench/peers/duckdb_views.sql
(N1 to N5, A1 to A5, R1 to R6), joins on the folded number, and compares every household's outcome, and every
figure where nothing is unknown, with verdicts.jsonl. Prints the counts; exit 1 on any difference. Differences
that the engine's stricter reading makes and that are allowed: `incomplete` where a source is partial."""
import csv
import json
import sys
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from fractions import Fraction

WIDE = {ord(w): n for w, n in zip('０１２３４５６７８９Ｘｘ\u3000', '0123456789XX ')}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check(digits):
    return '10X98765432'[sum(int(c) * w for c, w in zip(digits, WEIGHTS)) % 11]


def number(text):
    s = text.translate(WIDE).strip().upper()
    if len(s) == 15 and s.isdigit():
        s = s[:6] + '19' + s[6:]
        return s + check(s)
    if len(s) != 18 or not s[:17].isdigit() or s[17] not in '0123456789X' or check(s[:17]) != s[17]:
        return None
    return s


def amount(text):
    try:
        return Decimal(text.replace(',', ''))
    except InvalidOperation:
        return None


def rows(county, name):
    with open('%s/%s.csv' % (county, name), encoding='utf-8', newline='') as f:
        yield from csv.DictReader(f)


def main(county, verdicts):
    members, case_of = defaultdict(list), {}
    for r in rows(county, 'applicants'):
        k = number(r['id_no'])
        members[r['case_no']].append(k)
        if k:
            case_of.setdefault(k, []).append(r['case_no'])
    sums = defaultdict(lambda: {'inc': Decimal(0), 'pc': 0, 'ar': Fraction(0), 'vc': 0, 'mp': Decimal(0), 'bal': Decimal(0),
                                'miss': 0})

    def each(name):
        for r in rows(county, name):
            for case in case_of.get(number(r['id_no']), ()):
                yield r, sums[case]
    for r, s in each('tax'):
        period = r['period'].replace('/', '').replace('-', '')
        if '202401' <= period <= '202412':
            a = amount(r['gross_income_yuan'])
            s['miss'] += a is None
            s['inc'] += a or 0
    for r, s in each('real_estate'):
        a = amount(r['area_m2'])
        s['pc'] += 1
        s['miss'] += a is None
        s['ar'] += Fraction(a or 0) * int(r['share_percent']) / 100
    for r, s in each('vehicle'):
        if r['status'] == '正常':
            a = amount(r['price_yuan'])
            s['vc'] += 1
            s['miss'] += a is None
            s['mp'] = max(s['mp'], a or Decimal(0))
    for r, s in each('bank'):
        a = amount(r['balance_yuan'])
        s['miss'] += a is None
        s['bal'] += a or 0
    count = defaultdict(int)
    for line in open(verdicts, encoding='utf-8'):
        v = json.loads(line)
        s, n = sums[v['case_no']], len(members[v['case_no']])
        invalid = members[v['case_no']].count(None)
        bits = [s['inc'] > 18000 * n, s['pc'] > 2, s['ar'] > 60 * n, s['vc'] > 1, s['mp'] > 150000, s['bal'] > 80000 * n]
        want = 'not_met' if any(bits) else 'incomplete' if invalid or s['miss'] else 'met'
        partial = any(c == 'partial' for m in v['coverage'].values() for c in m.values())
        if v['outcome'] == want:
            count['equal'] += 1
        elif v['outcome'] == 'incomplete' and (partial or (want == 'not_met' and (invalid or s['miss']))):
            count['allowed'] += 1
        else:
            count['different'] += 1
            if count['different'] <= 5:
                print('# differs: %s is %s, oracle %s' % (v['case_no'], v['outcome'], want))
        if not invalid and not s['miss'] and not partial:
            f = v['figures']
            same = (Decimal(f['income_total']) == s['inc'] and f['property_count'] == s['pc'] and
                    Decimal(f['bank_total']) == s['bal'] and f['vehicle_count'] == s['vc'])
            count['figures equal' if same else 'figures different'] += 1
        count['verdicts'] += 1
    count['cases'] = len(members)
    print('# ' + ', '.join('%s %d' % kv for kv in sorted(count.items())))
    return 1 if count['different'] or count['figures different'] or count['verdicts'] != len(members) else 0


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
