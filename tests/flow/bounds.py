#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is said of an unknown may never be narrower than the truth. Random expressions and random households are asked
twice: with parts hidden, then with those parts filled by values that the hidden form allows. A value known without the
parts stays, a bound holds, not_met stays not_met and met stays met. BOUNDS_CASES: how many of each (3000)."""
import json
import os
import random
import re
import subprocess
import sys
from fractions import Fraction

HEDUI = os.environ.get('HEDUI', 'build/hedui')
CASES = int(os.environ.get('BOUNDS_CASES', '3000'))
PACK = 'rules/jiangsu-dibao'
FILLS = 4


def ok(fact, text):
    print('%s - %s' % ('ok' if fact else 'not ok', text), flush=True)
    return fact


def asked(arguments, lines):
    """One answer a line."""
    text = ''.join(json.dumps(line, ensure_ascii=False) + '\n' for line in lines)
    path = 'build/bounds.%d.jsonl' % os.getpid()
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    try:
        done = subprocess.run([HEDUI, 'rules', 'eval', *arguments, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        os.unlink(path)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if len(answers) != len(lines):
        raise SystemExit('%d answers to %d questions: %s' % (len(answers), len(lines), done.stderr.decode()[-500:]))
    return answers


# ---- expressions ---------------------------------------------------------------------------------------------------

ORDERS = ('<', '<=', '>', '>=', '==', '!=')
WRITTEN = {'money': lambda n: {'$money': n}, 'int': lambda n: n, 'rate': lambda n: {'$rate': '%d/7' % n},
           'exact': lambda n: {'$exact': '%d/7' % n},
           'decimal(2)': lambda n: {'$dec': '%s%d.%02d' % ('-' * (n < 0), abs(n) // 100, abs(n) % 100)}}
HOLES = {'m': 'money', 'e': 'exact', 'i': 'int', 'q': 'rate', 'd': 'decimal(2)', 'b': 'bool', 'l': 'list'}
# {m} … {l}: a subexpression · {N} a name that may be none, the same again, {n} another · {R} rows · {o} {r} {u} words ·
# @ a variable · # a number
FORMS = {
    'money': ('{m} + {m}', '{m} - {m}', '{m} * {i}', '-({m})', 'min({m}, {m})', 'max({m}, {m}, {m})', '({b} ? {m} : {m})',
              'sum({l})', 'max([yuan(0)] + {l})', 'min({l} + [fen(7)])', '{r}_{u}({e})', 'or_else({n}, {m})', 'need({n})',
              '({N} != null ? {N} : fen(3))', 'down_fen(over_months(per_month({m}, #), {i}))'),
    'exact': ('{m} / #', '{m} * {q}', '{e} + {m}', '{e} - {e}', '{e} * {i}', 'max({e}, {e})', '({b} ? {e} : {m})',
              'over_months(per_month({m}, #), 12)', 'over_months(per_month({m}, {i}), {i})',
              'over_months(per_month({m}, 12), {i})'),
    'int': ('{i} + {i}', '{i} - {i}', '{i} * {i}', '{i} / #', '{i} / -#', '{i} % 7', 'size({R})', 'max({i}, {i})',
            '({b} ? {i} : {i})', 'size({R}.filter(@, @.a > {m}))'),
    'rate': ('{q} + {q}', '{q} * {i}', '{q} / #', '{d} * {q}', '{d} / #', '({b} ? {q} : {q})', 'min({q}, {q})'),
    'decimal(2)': ('{d} + {d}', '{d} - {i}', '{d} * {i}', 'max({d}, {i})'),
    'list': ('{R}.map(@, @.a)', '{R}.filter(@, @.k > 0).map(@, @.a + {m})', '{R}.map(@, @.a > {m}, @.a)', '{l} + {l}',
             '[{m}, {m}]', '{R}.filter(@, {b}).map(@, @.a)', '{R}.map(@, @.a * {i})'),
    'bool': ('{m} {o} {m}', '{m} {o} {m}', '{e} {o} {m}', '{i} {o} {i}', '{q} {o} {q}', '{d} {o} {i}', '{b} && {b}',
             '{b} || {b}', '!({b})', '{R}.exists(@, @.a {o} {m})', '{R}.all(@, @.k > 0 || @.a {o} {m})',
             '{R}.exists_one(@, @.a {o} {m})', '({N} != null && {N} {o} {m})', 'need({n}) {o} {m}',
             'or_else({n}, {m}) {o} {m}'),
}


class Question:
    """Bindings, some of them hidden, and an expression over them."""

    def __init__(self, dice):
        self.dice = dice
        self.shown, self.decls, self.fillers, self.variables = {}, {}, {}, 0
        kind = dice.choice(('money', 'exact', 'int', 'rate', 'bool', 'bool', 'bool'))
        self.expr = self.make(kind, dice.choice((1, 2, 2, 3, 4)))

    def hidden(self, wrap):
        """An unknown in some interval, and what may stand in its place."""
        lo, hi = sorted((self.dice.randint(-40, 60), self.dice.randint(-40, 60)))
        bounds = self.dice.choice((3, 3, 1, 1, 2, 0))
        name = 'u%d' % len(self.fillers)
        shown = {'$unknown': name}
        if bounds & 1:
            shown['min'] = wrap(lo)
        if bounds & 2:
            shown['max'] = wrap(hi)
        low, high = (lo if bounds & 1 else hi - 80 if bounds & 2 else -90), (hi if bounds & 2 else max(lo, hi) + 80)
        return shown, lambda dice: wrap(dice.choice((low, high, dice.randint(low, high))))

    def bind(self, kind, shown, filler):
        name = 'v%d' % len(self.shown)
        self.shown[name], self.decls[name], self.fillers[name] = shown, kind, filler
        return name

    def scalar(self, kind, may_be_none=False):
        wrap = WRITTEN[kind]
        if self.dice.random() < 0.4:
            known = wrap(self.dice.randint(-40, 60))
            return self.bind(kind + '?' * may_be_none, known, lambda dice: known)
        shown, filler = self.hidden(wrap)
        if not may_be_none:
            return self.bind(kind, shown, filler)
        return self.bind(kind + '?', shown, lambda dice: {'$none': True} if dice.random() < 0.5 else filler(dice))

    def rows(self):
        """A list of records {a: money, k: int}, perhaps with an open end."""
        def record(open_end):
            a, fill_a = self.hidden(lambda n: {'$money': n})
            k = self.dice.randint(0, 2)
            if not open_end and self.dice.random() < 0.6:
                known = {'$money': self.dice.randint(-20, 60)}
                a, fill_a = known, lambda dice: known
            return {'$rec': {'a': a, 'k': k}}, lambda dice: {'$rec': {'a': fill_a(dice), 'k': k}}
        there = [record(False) for _ in range(self.dice.randint(0, 3))]
        shown, like = [r for r, _ in there], None
        if self.dice.random() < 0.6:
            like, filler = record(True)
            shown = {'$open': shown, 'of': 'open%d' % len(self.shown), 'like': like}
        return self.bind('list(record{a: money, k: int})', shown, lambda dice: [fill(dice) for _, fill in there] +
                         ([filler(dice) for _ in range(dice.randint(0, 3))] if like else []))

    def leaf(self, kind):
        if kind == 'list':
            return '%s.map(x0, x0.a)' % self.rows()
        if kind == 'bool':
            return '(%s %s %s)' % (self.scalar('money'), self.dice.choice(ORDERS), self.scalar('money'))
        return self.scalar(kind)

    def make(self, kind, depth):
        """An expression of this kind."""
        if depth <= 0:
            return self.leaf(kind)
        dice, same, out = self.dice, None, ''
        self.variables += 1
        form = dice.choice(FORMS[kind]).replace('@', 'x%d' % self.variables).replace('#', str(dice.choice((1, 2, 3, 12))))
        for piece in re.split(r'(\{.\})', form):
            hole = piece[1:2] if piece[:1] == '{' else None
            if hole == 'N':
                same = same or self.scalar('money', True)
            out += (piece if hole is None else same if hole == 'N' else self.scalar('money', True) if hole == 'n' else
                    self.rows() if hole == 'R' else dice.choice(ORDERS) if hole == 'o' else
                    dice.choice(('round', 'down', 'up', 'even')) if hole == 'r' else
                    dice.choice(('fen', 'jiao', 'yuan')) if hole == 'u' else self.make(HOLES[hole], depth - 1))
        return '(%s)' % out

    def lines(self):
        yield {'expr': self.expr, 'bindings': self.shown, 'decls': self.decls}
        for _ in range(FILLS):
            yield {'expr': self.expr, 'decls': self.decls,
                   'bindings': {name: fill(self.dice) for name, fill in self.fillers.items()}}


def number(value):
    if isinstance(value, dict):
        (tag, value), = value.items()
        return Fraction(str(value))
    return Fraction(value)


def contradiction(whole, filled):
    """Why `filled` cannot be an instance of what was answered while parts were hidden; None: it can."""
    if 'error' in filled:
        return None  # an interval holds values; that data may break a rule is another matter
    if 'value' in whole:
        return None if filled.get('value') == whole['value'] else 'known before'
    if 'error' in whole:
        return 'an error before'
    if 'value' in filled and 'min' in whole and number(filled['value']) < number(whole['min']):
        return 'below the bound'
    if 'value' in filled and 'max' in whole and number(filled['value']) > number(whole['max']):
        return 'above the bound'
    return None


def expressions():
    dice = random.Random(4)
    questions = [list(Question(dice).lines()) for _ in range(CASES)]
    answers = asked(['--jsonl'], [line for lines in questions for line in lines])
    known, bounded, usable, wrong = 0, 0, 0, []
    for i, lines in enumerate(questions):
        whole, *filled = answers[i * (FILLS + 1):(i + 1) * (FILLS + 1)]
        if whole.get('error', '')[:1] in ('T', 'N', 'Y'):
            wrong.append('%s: %s' % (lines[0]['expr'], whole))
            continue
        usable += 1
        known += 'value' in whole
        bounded += 'min' in whole or 'max' in whole
        for line, answer in zip(lines[1:], filled):
            why = contradiction(whole, answer)
            if why:
                wrong.append('%s: %s: %s, filled %s with %s' % (why, json.dumps(lines[0]), whole, answer, line['bindings']))
                break
    for line in wrong[:5]:
        print('# ' + line)
    ok(not wrong and known > usable // 20 and bounded > usable // 20,
       '%d expressions, each filled %d times: %d known, %d bounded, %d wrong' % (usable, FILLS, known, bounded, len(wrong)))


# ---- households ----------------------------------------------------------------------------------------------------

SOURCES = {'tax': 'incomes', 'real_estate': 'properties', 'vehicle': 'vehicles', 'bank': 'accounts'}
MONTHS = ['2025-%02d' % m for m in range(7, 13)] + ['2026-%02d' % m for m in range(1, 7)]


def yuan(dice, most):
    return '%d.%02d' % (dice.randint(0, most), dice.randint(0, 99))


def member(dice, key):
    rich = dice.choice((1, 1, 3))
    born = '%d-0%d-1%d' % (dice.choice((1950, 1970, 1985, 2000, 2012)), dice.randint(1, 9), dice.randint(0, 9))
    return {
        'born': born, 'student': dice.random() < 0.2, 'labour': dice.random() < 0.5,
        'declared_annual_income': yuan(dice, 12000 * rich), 'declared_financial_assets': yuan(dice, 3000),
        'incomes': [{'item': dice.choice(('wage', 'wage', 'lease', 'study')), 'month': m, 'amount': yuan(dice, 1200 * rich)}
                    for m in MONTHS if dice.random() < 0.5],
        'properties': [{'unit': '%s%d' % (key, i), 'use': dice.choice(('dwelling', 'dwelling', 'shop')), 'area': yuan(dice, 90),
                        'share': dice.choice(('1', '0.5', '0.25'))} for i in range(dice.choice((0, 0, 1, 1, 2)))],
        'vehicles': [{'plate': '%s%d' % (key, i), 'category': dice.choice(('car', 'motorcycle')), 'use': 'own',
                      'price': yuan(dice, 90000), 'status': dice.choice(('normal', 'scrapped'))}
                     for i in range(dice.choice((0, 0, 0, 0, 1)))],
        'accounts': [{'bank': '1', 'number': '%s%d' % (key, i), 'category': 'current', 'balance': yuan(dice, 16000 * rich),
                      'day': '2026-06-30'} for i in range(dice.choice((0, 1, 2)))]}


def household(dice, number):
    members = {key: member(dice, key) for key in 'ABC'[:dice.randint(1, 3)]}
    case = {'case_no': 'H%d' % number, 'programme': 'dibao', 'applied_on': '2026-07-01'}
    if dice.random() < 0.2:
        case['rigid_expense'] = yuan(dice, 30000)
    return {'case': case, 'members': members}


def hide(dice, whole):
    """The same household with less known of it: amounts, whole answers, rows of an incomplete one, months."""
    out = json.loads(json.dumps(whole))
    coverage = {}
    for key, person in out['members'].items():
        for kind, field in (('incomes', 'amount'), ('accounts', 'balance'), ('properties', 'area'), ('properties', 'share'),
                            ('vehicles', 'price'), ('vehicles', 'status'), ('incomes', 'item')):
            for row in person[kind]:
                if dice.random() < 0.04:
                    row[field] = 'unknown'
        for field in ('declared_annual_income', 'student', 'labour'):
            if dice.random() < 0.08:
                person[field] = 'unknown'
        for source, kind in SOURCES.items():
            draw = dice.random()
            if draw < 0.06:
                person[kind] = [row for row in person[kind] if dice.random() < 0.6]
                coverage.setdefault(key, {})[source] = 'partial'
            elif draw < 0.1:
                person[kind] = []
                coverage.setdefault(key, {})[source] = dice.choice(('not_answered', 'not_asked'))
            elif draw < 0.14 and source == 'tax':
                first, last = sorted(dice.sample(range(12), 2))
                person[kind] = [row for row in person[kind] if MONTHS[first] <= row['month'] <= MONTHS[last]]
                coverage.setdefault(key, {})[source] = '%s..%s' % (MONTHS[first], MONTHS[last])
    if 'rigid_expense' in out['case'] and dice.random() < 0.3:
        out['case']['rigid_expense'] = 'unknown'
    if coverage:
        out['coverage'] = coverage
    return out


def households():
    dice = random.Random(5)
    cases = []
    for i in range(CASES):
        whole = household(dice, i)
        cases += [whole, hide(dice, whole)]
    answers = asked([PACK, '--in'], cases)
    wrong, seen, by_bounds = [], {}, 0
    for i in range(CASES):
        whole, less = answers[2 * i:2 * i + 2]
        if 'error' in whole or 'error' in less:
            wrong.append('not a household: %s %s' % (whole, less))
            continue
        known = {name for name, value in less['output'].items() if value is not None}
        hold = any(reason in ('GRD-01', 'ENG-AUTH') for reason in less['reasons'])
        seen[less['outcome']] = seen.get(less['outcome'], 0) + 1
        by_bounds += less['outcome'] == 'not_met' and not {'per_capita', 'savings'} & known
        if less['outcome'] not in (whole['outcome'], 'incomplete') and not (less['outcome'] == 'review' and hold):
            wrong.append('%s while hidden, %s in truth: %s' % (less['outcome'], whole['outcome'], json.dumps(cases[2 * i + 1])))
        changed = [name for name in known if less['output'][name] != whole['output'][name]]
        if changed:
            wrong.append('%s known while hidden, and different in truth: %s' % (changed, json.dumps(cases[2 * i + 1])))
    for line in wrong[:5]:
        print('# ' + line)
    ok(not wrong and by_bounds > CASES // 100 and {'not_met', 'incomplete', 'met'} <= set(seen),
       '%d households with parts hidden: %s; not_met by bounds alone %d; %d wrong'
       % (CASES, ', '.join('%s %d' % s for s in sorted(seen.items())), by_bounds, len(wrong)))
    return not wrong


if __name__ == '__main__':
    os.makedirs('build', exist_ok=True)
    expressions()
    households()
    sys.exit(0)
