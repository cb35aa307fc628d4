#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random households through the shipped packs, by the engine (its quick walk and its reference walk are held equal elsewhere:
tests/unit/rule/quick_test.c) and by tests/independent, which was written from the description of the language and knows nothing
else: outcome, reasons, what is missing, every figure. Half of them are moved to within a fen of a limit that some rule
compares. INDEPENDENT_CASES: how many a pack (1000; `make torture` takes 34000)."""
import datetime
import os
import random
import sys
from fractions import Fraction

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, '..', 'independent')]
from bounds import asked, ok  # noqa: E402
from language import Num  # noqa: E402
from pack import Household, Model, Pack, plain_causes  # noqa: E402

CASES = int(os.environ.get('INDEPENDENT_CASES', '1000'))
PACKS = ('rules/jiangsu-dibao', 'bench/packs/six', 'tests/independent/works')
SOURCES = {'tax': 'incomes', 'real_estate': 'properties', 'vehicle': 'vehicles', 'bank': 'accounts'}
DAYS = ('2025-01-15', '2026-02-28', '2026-07-01', '2026-07-01', '2026-07-01', '2026-08-31')


def yuan(dice, most):
    return '%d.%02d' % (dice.randint(0, most), dice.choice((0, 0, dice.randint(0, 99))))


def month_before(day, back):
    n = day.year * 12 + day.month - 1 - back
    return '%04d-%02d' % (n // 12, n % 12 + 1)


class Maker:
    """One household in the form of a test's base, with what goes wrong in offices."""

    def __init__(self, dice, number):
        self.dice = dice
        self.day = datetime.date.fromisoformat(dice.choice(DAYS))
        self.case = {'case_no': 'H%06d' % number, 'applied_on': self.day.isoformat(), 'programme': 'dibao',
                     'division': dice.choice(('320581', '320582'))}
        if dice.random() < 0.05:
            self.case['checked_on'] = (self.day + datetime.timedelta(days=dice.choice((1, 20, 45)))).isoformat()
        if dice.random() < 0.25:
            self.case['rigid_expense'] = self.some(yuan(dice, 60000), 0.1)
        self.shared = [self.account('S'), self.property('S'), self.vehicle('S')]
        self.coverage = {}
        keys = 'ABCD'[:dice.choice((1, 2, 2, 3, 4))]
        self.members = {key: self.person(key) for key in keys}
        self.supporters = {key: self.person(key) for key in ('E',) if dice.random() < 0.1}

    def some(self, value, rate=0.03):
        return 'unknown' if self.dice.random() < rate else value

    def matched(self, row):
        draw = self.dice.random()
        if draw < 0.04:
            row['match'] = 'name_conflict'
        elif draw < 0.1:
            row['match'] = self.dice.choice(('name_absent', 'name_variant', 'upgraded'))
        return row

    def account(self, key):
        d = self.dice
        return {'bank': d.choice(('1', '2')), 'number': key + str(d.randint(0, 3)), 'category': d.choice(('current', 'fixed', 'wealth')),
                'balance': self.some(yuan(d, d.choice((500, 20000, 90000)))), 'day': self.day.isoformat()}

    def property(self, key):
        d = self.dice
        return {'unit': key + str(d.randint(0, 3)), 'use': self.some(d.choice(('dwelling', 'dwelling', 'shop', 'parking'))),
                'area': self.some(yuan(d, 120)), 'share': self.some(d.choice(('1', '0.5', '0.25', '0.3333'))), 'value': yuan(d, 900000)}

    def vehicle(self, key):
        d = self.dice
        return {'plate': key + str(d.randint(0, 3)), 'category': self.some(d.choice(('car', 'truck', 'tractor', 'motorcycle', 'chair'))),
                'use': d.choice(('own', 'hire')), 'price': self.some(yuan(d, d.choice((15000, 30000, 200000))), 0.1),
                'status': self.some(d.choice(('normal', 'normal', 'mortgaged', 'scrapped')))}

    def income(self, back):
        d = self.dice
        item = d.choice(('wage', 'wage', 'labour', 'lease', 'study', 'honour', 'pension'))
        return {'item': self.some(item, 0.01), 'month': month_before(self.day, back), 'amount': self.some(yuan(d, d.choice((800, 3000))), 0.02)}

    def person(self, key):
        d = self.dice
        born = datetime.date(d.choice((1940, 1966, 1980, 1999, 2008, 2014)), d.randint(1, 12), d.randint(1, 28))
        if d.random() < 0.1:    # adult, or of age, on the very day or beside it
            born = datetime.date(self.day.year - d.choice((16, 18, 60)), self.day.month, min(self.day.day, 28)) + \
                datetime.timedelta(days=d.choice((-1, 0, 1)))
        said = {'born': self.some(born.isoformat(), 0.02), 'sex': d.choice(('male', 'female')), 'student': self.some(d.choice(('yes', 'no')), 0.05),
                'labour': self.some(d.choice(('yes', 'no')), 0.05), 'declared_annual_income': self.some(yuan(d, d.choice((0, 9000, 40000))), 0.05),
                'declared_financial_assets': yuan(d, 9000)}
        if d.random() < 0.2:
            said['guardian'] = 'someone'
        if d.random() < 0.15:
            said['disability_grade'] = self.some(str(d.randint(1, 4)), 0.1)
        draw = d.random()
        if draw < 0.02:
            said['authorised_on'] = d.choice(('none', 'unknown', (self.day + datetime.timedelta(days=90)).isoformat()))
        elif draw < 0.05:
            said['id_no'] = 'unknown'
        elif draw < 0.07:
            said.update(no_number='yes')
        said['incomes'] = [self.matched(self.income(back)) for back in range(0, 15) if d.random() < 0.35]
        said['properties'] = [self.matched(dict(self.shared[1]) if d.random() < 0.3 else self.property(key))
                              for _ in range(d.choice((0, 0, 1, 1, 2)))]
        said['vehicles'] = [self.matched(dict(self.shared[2]) if d.random() < 0.3 else self.vehicle(key))
                            for _ in range(d.choice((0, 0, 0, 1)))]
        said['accounts'] = [self.matched(dict(self.shared[0]) if d.random() < 0.3 else self.account(key))
                            for _ in range(d.choice((0, 1, 1, 2)))]
        for source in SOURCES:
            self.cover(key, source)
        return said

    def cover(self, key, source):
        d, draw = self.dice, self.dice.random()
        word = None
        if draw < 0.04:
            word = d.choice(('not_answered', 'not_asked', 'partial', 'none'))
        elif draw < 0.07:
            word = (self.day - datetime.timedelta(days=d.choice((0, 59, 60, 61, 89, 90, 91, 179, 180, 181)))).isoformat()
        elif draw < 0.11 and source == 'tax':
            far, near = sorted((d.randint(1, 14), d.randint(1, 14)), reverse=True)
            word = '%s..%s' % (month_before(self.day, far), month_before(self.day, near))
        if word == 'none':
            word = None
        if word is not None:
            self.coverage.setdefault(key, {})[source] = word

    def one_name(self):
        """A thing whose rightly named rows are all stale, while a row of another name stays: docs/decisions/0019."""
        stale = {source for says in self.coverage.values() for source, word in says.items() if word.count('-') == 2}
        for said in list(self.members.values()) + list(self.supporters.values()):
            for source in stale - {'tax'}:
                for row in said[SOURCES[source]]:
                    row.pop('match', None)

    def base(self):
        self.one_name()
        out = {'case': self.case, 'members': self.members}
        if self.supporters:
            out['supporters'] = self.supporters
        if self.coverage:
            out['coverage'] = self.coverage
        return out


def amounts(base):
    """Every amount that is written as a number: (map, key)."""
    if base['case'].get('rigid_expense', 'unknown') != 'unknown':
        yield base['case'], 'rigid_expense'
    for said in base['members'].values():
        if said['declared_annual_income'] != 'unknown':
            yield said, 'declared_annual_income'
        for name, key in (('incomes', 'amount'), ('accounts', 'balance'), ('properties', 'area'), ('vehicles', 'price')):
            for row in said[name]:
                if row[key] != 'unknown':
                    yield row, key


def gap(pack, base, tree):
    """left - right of one comparison in that household; None: not made, or not known."""
    found = []

    def seen(at, a, b):
        if at is tree and isinstance(a, Num) and isinstance(b, Num):
            found.append(a.v - b.v)
    Household(pack, base, seen).judge()
    return found[0] if len(found) == 1 else None


def nudge(dice, pack, base):
    """Moves one amount so that a comparison of some rule stands at its limit, or a fen beside it."""
    made = []
    Household(pack, base, lambda tree, a, b: made.append(tree) if isinstance(a, Num) and isinstance(b, Num) else None).judge()
    leaves = list(amounts(base))
    if not made or not leaves:
        return
    tree, (where, key) = dice.choice(made), dice.choice(leaves)
    old, start = where[key], Fraction(where[key])
    first = gap(pack, base, tree)
    where[key] = '%.2f' % (start + 1000)
    second = gap(pack, base, tree)
    where[key] = old
    if first is None or second is None or first == second:
        return
    there = start - first * 1000 / (second - first)
    fen = int(there * 100) + dice.choice((-1, 0, 0, 1, 1))
    if 0 <= fen < 10 ** 11:
        where[key] = '%d.%02d' % divmod(fen, 100)


def differences(mine, answer):
    if 'outcome' not in answer:
        yield 'not a household: %s' % answer
        return
    for key, got, want in (('outcome', answer['outcome'], mine['outcome']), ('reasons', set(answer['reasons']), mine['reasons']),
                           ('missing', plain_causes(answer['missing']), plain_causes(mine['missing']))):
        if got != want:
            yield '%s %s, expected %s' % (key, got, want)
    for name, want in mine['output'].items():
        if answer['output'].get(name) != want:
            yield '%s %s, expected %s' % (name, answer['output'].get(name), want)


def pack_held(path, model, seed):
    dice, pack, seen, wrong = random.Random(seed), Pack(path, model), {}, []
    for at in range(0, CASES, 5000):
        cases, mine = [], []
        for number in range(at, min(at + 5000, CASES)):
            base = Maker(dice, number).base()
            if dice.random() < 0.5:
                nudge(dice, pack, base)
            cases.append(base)
            mine.append(Household(pack, base).judge())
        for case, want, answer in zip(cases, mine, asked([path, '--in'], cases)):
            seen[want['outcome']] = seen.get(want['outcome'], 0) + 1
            wrong += ['%s: %s' % (case['case']['case_no'], line) for line in differences(want, answer)]
            if wrong and os.environ.get('INDEPENDENT_SHOW'):
                print(case, wrong)
                sys.exit(1)
    for line in wrong[:10]:
        print('# ' + line)
    ok(not wrong and len(seen) == 4, '%s: %d households (%s), %d differences' % (
        path, CASES, ', '.join('%s %d' % s for s in sorted(seen.items())), len(wrong)))


def main():
    model = Model('rules/model.yaml')
    for seed, path in enumerate(PACKS):
        if os.path.isdir(path):
            pack_held(path, model, 71 + seed)


if __name__ == '__main__':
    os.makedirs('build', exist_ok=True)
    main()
