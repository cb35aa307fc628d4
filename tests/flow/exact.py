#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random households, many of them within a fen of a limit and half of them with parts hidden, through `rules eval` and
through tests/oracle in exact fractions: outcome, reasons and every figure of rules/jiangsu-dibao. EXACT_CASES: how many
(4000)."""
import datetime
import os
import random
import sys
from fractions import Fraction

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, '..', 'oracle')]
from bounds import MONTHS, PACK, SOURCES, asked, hide, household, ok  # noqa: E402
from household import Element, Household  # noqa: E402
from interval import known, unknown  # noqa: E402
from oracle import printed  # noqa: E402
from packs import Dibao, judged  # noqa: E402

CASES = int(os.environ.get('EXACT_CASES', '4000'))
REASONS = {'income': 'INC-01', 'savings': 'SAV-01', 'vehicle': 'VEH-01', 'homes': 'HOU-01', 'idle': 'CHK-01',
           'guardian': 'GRD-01'}


def hundredths(text):
    return None if text == 'unknown' else int(Fraction(text) * 100)


def plain(value):
    return None if value == 'unknown' else value


class WrittenMember:
    is_newborn, person = False, 'known'

    def __init__(self, key, said):
        self.key, self.born = key, datetime.date.fromisoformat(said['born'])
        self.row = {'declared_annual_income': hundredths(said['declared_annual_income']), 'guardian': None,
                    'applied_on': datetime.date(2026, 7, 1), 'student': plain(said['student']), 'labour': plain(said['labour'])}

    def signed(self, source):
        return True


class Written(Household):
    """A household as it is written for `rules eval`: what a list holds, and who answered."""

    def __init__(self, case):
        self.case, self.answered = case, case.get('coverage', {})
        rigid = case['case'].get('rigid_expense')
        self.rigid_expense = (None if rigid is None else unknown(0, None, ['case.rigid_expense']) if rigid == 'unknown' else
                              known(hundredths(rigid)))
        self.checked_on = datetime.date(2026, 7, 1)
        self.members = [WrittenMember(key, said) for key, said in case['members'].items()]
        self.parties, self.size = self.members, len(self.members)

    def coverage(self, member, source):
        word = self.answered.get(member.key, {}).get(source, 'found')
        return 'found' if '..' in word else word

    def rows(self, member, source):
        cause = '%s.%s@%s' % (member.key, SOURCES[source], source)
        word = self.answered.get(member.key, {}).get(source, 'found')
        opens = [cause] if word in ('partial', 'not_answered', 'not_asked') else []
        if '..' in word:
            first, last = word.split('..')
            opens = ['%s:%s' % (cause, m) for m in MONTHS if not first <= m <= last]
        out = []
        for row in self.case['members'][member.key][SOURCES[source]]:
            fields = {f: plain(v) for f, v in row.items()}
            for field in ('amount', 'balance', 'area'):
                if field in fields:
                    fields[field] = hundredths(row[field])
            if 'share' in fields:
                fields['share'] = None if row['share'] == 'unknown' else Fraction(row['share'])
            out.append(Element(member, fields, False))
        return out, opens

    def in_window(self, member, day):
        return self.rows(member, 'tax')

    def leads(self):
        return False


def nudge(dice, case):
    """Puts a figure at its limit, or a fen beside it."""
    keys, delta = list(case['members']), dice.choice((-1, 0, 0, 1))
    first, n = case['members'][keys[0]], len(keys)

    def placed(limit, others):
        rest = limit + delta - others
        return None if rest < 0 else '%d.%02d' % divmod(rest, 100)
    if dice.random() < 0.5:
        amount = placed(120800 * 12 * n, sum(hundredths(case['members'][k]['declared_annual_income']) for k in keys[1:]))
        if amount:
            first['declared_annual_income'] = amount
    elif first['accounts']:
        others = sum(hundredths(a['balance']) for k in keys for a in case['members'][k]['accounts'])
        amount = placed(120800 * 24 * n, others - hundredths(first['accounts'][0]['balance']))
        if amount:
            first['accounts'][0]['balance'] = amount


def differences(case, answer):
    outcome, figures, levels, _ = judged(Dibao, Written(case))
    reasons = {REASONS.get(rule, rule) for rule, level in levels.items() if level != 'doubt'}
    if 'error' in answer or answer['outcome'] != outcome or set(answer['reasons']) != reasons:
        yield '%s, expected %s %s' % (answer, outcome, reasons)
        return
    for name, number in figures.items():
        value = printed(answer['output'][name])
        if value != (None if number.why else number.low):
            yield '%s is %s, expected %s' % (name, value, None if number.why else number.low)


def main():
    dice, cases = random.Random(6), []
    for i in range(CASES):
        case = household(dice, i)
        if dice.random() < 0.5:
            nudge(dice, case)
        cases.append(hide(dice, case) if dice.random() < 0.5 else case)
    wrong, seen = [], {}
    for at in range(0, CASES, 20000):
        part = cases[at:at + 20000]
        for case, answer in zip(part, asked([PACK, '--in'], part)):
            seen[answer.get('outcome')] = seen.get(answer.get('outcome'), 0) + 1
            wrong += ['%s: %s' % (case['case']['case_no'], line) for line in differences(case, answer)]
    for line in wrong[:10]:
        print('# ' + line)
    ok(not wrong and len(seen) == 4, '%d households in exact fractions: %s; %d differences'
       % (CASES, ', '.join('%s %d' % s for s in sorted(seen.items())), len(wrong)))


if __name__ == '__main__':
    os.makedirs('build', exist_ok=True)
    main()
