#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oracle.py six|dibao COUNTY VERDICTS [SOURCE…]: every household of a generated county a second time, from the raw files
and the words of the packs; no line is shared with the engine. Compares outcomes and figures, says which differ.
Speaks the dirt of `gen --dirt-kinds sql` only. SOURCEs, where named, are those that were delivered.

A sum is (known part, is it all?): amounts are never negative, so the known part is a lower bound."""
import csv
import datetime
import json
import sys
from collections import Counter, defaultdict
from fractions import Fraction

DIGITS = {ord(c): str(i) for i, c in enumerate('０１２３４５６７８９')} | {ord(c): 'X' for c in 'Ｘｘx'} | {0x3000: ' '}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKED_ON = datetime.date(2026, 7, 1)  # of the dibao county; six has no ages


def number(text):
    """The 18-digit number, or None where nobody can be found by this text."""
    text = text.translate(DIGITS).strip().upper()
    if len(text) == 15 and text.isdigit():
        text = text[:6] + '19' + text[6:] + '?'
    if len(text) != 18 or not text[:17].isdigit():
        return None
    check = '10X98765432'[sum(int(c) * w for c, w in zip(text, WEIGHTS)) % 11]
    return text[:17] + check if text[17] in (check, '?') else None


def hundredths(text):
    """Money in fen, an area in hundredths; None for a blank."""
    text = text.replace(',', '')
    if not text:
        return None
    whole, _, part = text.partition('.')
    return int(whole) * 100 + int((part + '00')[:2])


def month(text):
    digits = text.replace('-', '').replace('/', '')
    return int(digits[:4]) * 12 + int(digits[4:6]) - 1


def rows_of(county, name, wanted):
    found = defaultdict(list)
    with open('%s/%s.csv' % (county, name), encoding='utf-8', newline='') as f:
        for row in csv.DictReader(f):
            person = number(row['id_no'])
            if person in wanted:
                found[person].append(row)
    return found


def total(values):
    values = list(values)
    return sum(v for v in values if v is not None), None not in values


class Household:
    def __init__(self, rows, feeds):
        self.rows = rows
        self.people = [number(r['id_no']) for r in rows]
        self.size = len(rows)
        self.feeds = feeds
        first = rows[0]['applied_on']
        self.applied = month(first)

    def list(self, feed):
        """(rows of all members, is that all there is?)"""
        rows = [r for p in self.people if p for r in self.feeds.get(feed, {}).get(p, ())]
        return rows, None not in self.people and feed in self.feeds

    def in_window(self):
        rows, whole = self.list('tax')
        return [r for r in rows if self.applied - 12 <= month(r['period']) < self.applied], whole

    def sum(self, part, column):
        rows, whole = part
        known, all_known = total(hundredths(r[column]) for r in rows)
        return known, all_known and whole

    def share_area(self, part):
        """Square metres × share, exact."""
        rows, whole = part
        parts = [(hundredths(r['area_m2']), r['share_percent']) for r in rows]
        known = sum(Fraction(a * int(s), 10000) for a, s in parts if a is not None and s)
        return known, whole and all(a is not None and s for a, s in parts)


def outcome(rules, doubts=False):
    """rules: (value, is it exact?, the limit that the value must exceed)."""
    if any(known > limit for known, _, limit in rules):
        return 'not_met'
    return 'incomplete' if doubts or not all(exact for _, exact, _ in rules) else 'met'


def six(h):
    n = h.size
    income = h.sum(h.in_window(), 'gross_income_yuan')
    homes, homes_whole = h.list('real_estate')
    area = h.share_area((homes, homes_whole))
    cars, cars_whole = h.list('vehicle')
    cars = [c for c in cars if c['status'] == '正常']
    prices = [hundredths(c['price_yuan']) for c in cars]
    price = max([0] + [p for p in prices if p is not None]), cars_whole and None not in prices
    bank = h.sum(h.list('bank'), 'balance_yuan')
    figures = {'members_count': (n, True), 'income_total': income, 'property_count': (len(homes), homes_whole),
               'area_sum': area, 'vehicle_count': (len(cars), cars_whole), 'max_price': price, 'bank_total': bank}
    return figures, outcome([income + (1800000 * n,), (len(homes), homes_whole, 2), area + (60 * n,),
                             (len(cars), cars_whole, 1), price + (15000000,), bank + (8000000 * n,)])


def age(person):
    born = person[6:14]
    return CHECKED_ON.year - int(born[:4]) - ((CHECKED_ON.month, CHECKED_ON.day) < (int(born[4:6]), int(born[6:])))


def dibao(h):
    n, standard = h.size, 120800
    rows, whole = h.in_window()
    found, found_exact = h.sum((rows, whole), 'gross_income_yuan')
    found = Fraction(found, 12), found_exact
    stated, stated_exact = total(hundredths(r['declared_annual_income']) for r in h.rows)
    stated = Fraction(stated, 12), stated_exact
    income = max(found[0], stated[0]), found_exact and stated_exact
    a_head = income[0] / n, income[1]
    savings = h.sum(h.list('bank'), 'balance_yuan')
    limit = standard * 24 * n
    homes, homes_whole = h.list('real_estate')
    homes = [r for r in homes if r['usage'] == '住宅']
    units = len({r['unit_no'] for r in homes})
    area = h.share_area((homes, homes_whole))
    cars, cars_whole = h.list('vehicle')
    cars = sum(c['status'] in ('正常', '抵押', '查封') and c['vehicle_type'] not in ('摩托车', '残疾人专用车') for c in cars)
    workers = {number(r['id_no']) for r in rows if r['income_type'] in ('0101', '0400', '0500')}
    # whether somebody can work or studies is not in the file: a doubt about each adult below 60 who earns nothing
    idle = any(p is None or (18 <= age(p) < 60 and p not in workers) for p in h.people)
    figures = {'headcount': (n, True), 'found_income': found, 'stated_income': stated, 'income_total': income,
               'per_capita': a_head, 'savings': savings, 'savings_limit': (limit, True), 'homes': (units, homes_whole),
               'homes_area': area, 'cars': (cars, cars_whole)}
    grown = [p is not None and age(p) >= 18 for p in h.people]
    if not any(grown):
        return figures, 'review' if None not in h.people else '?'
    if units > 1:
        home = (area[0], area[1] and homes_whole, 36 * n)
    else:
        home = (0, homes_whole, 0)
    # `>=`: a head at the limit is over it; fen over 12 n is the smallest step, so half of it decides
    rules = [(a_head[0], a_head[1], standard - Fraction(1, 1 << 40)), savings + (limit,), (cars, cars_whole, 0), home]
    expected = outcome(rules, idle)
    # found above stated by more than 100 yuan a month asks for a person
    return figures, 'review' if expected == 'met' and found[0] > stated[0] + 10000 else expected


def value(printed):
    """What the engine printed, in the oracle's unit; None for unknown."""
    if isinstance(printed, dict):
        return Fraction(printed.get('exact', printed.get('rate')))
    return hundredths(printed) if isinstance(printed, str) else printed


def main(pack, county, verdicts, *delivered):
    batch = defaultdict(list)
    with open(county + '/applicants.csv', encoding='utf-8', newline='') as f:
        for row in csv.DictReader(f):
            batch[row['case_no']].append(row)
    wanted = {number(r['id_no']) for rows in batch.values() for r in rows} - {None}
    feeds = {f: rows_of(county, f, wanted) for f in delivered or ('tax', 'real_estate', 'vehicle', 'bank')}
    wrong, seen, compared = [], Counter(), 0
    with open(verdicts, encoding='utf-8') as f:
        answers = {v['case_no']: v for v in map(json.loads, f)}
    for case, rows in batch.items():
        figures, expected = {'six': six, 'dibao': dibao}[pack](Household(rows, feeds))
        got = answers.pop(case, None)
        if got is None:
            wrong.append('%s: no verdict' % case)
            continue
        seen[got['outcome']] += 1
        if expected not in ('?', got['outcome']):
            wrong.append('%s: outcome %s, expected %s' % (case, got['outcome'], expected))
        for name, (known, exact) in figures.items():
            printed = value(got['figures'][name])
            compared += 1
            if printed != (known if exact else None):
                wrong.append('%s: %s %s, expected %s' % (case, name, printed, known if exact else 'unknown'))
    wrong += ['%s: a verdict nobody asked for' % case for case in answers]
    print('%d households, %d figures: %s' % (len(batch), compared, ', '.join('%s %d' % s for s in sorted(seen.items()))))
    for line in wrong[:20]:
        print('# ' + line)
    if wrong:
        print('# %d differences' % len(wrong))
    return 1 if wrong or not batch else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
