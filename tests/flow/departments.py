#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The other departments: `gen --feeds all`, every feed taken in, and a figure of each kind held against the same figure read
from the raw files, dirt included. The oracle shares no code with the engine: it reads csv, folds numbers, and follows truth.jsonl
only to learn which rows must have been refused."""
import collections
import csv
import json
import os
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from county import HEDUI, County, ok, outcomes  # noqa: E402
import county as state  # noqa: E402
import kinds_page  # noqa: E402

CHECKED = '2026-07-01'
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
REFUSING = {'check', 'scientific', 'code', 'third_decimal'}  # dirt that refuses a row; the first two leave nobody to blame
WINDOW = 'within_months(x.month, case.applied_on, 12)'
# figure: source, type, expression, and the same over csv rows (r: by member, a list of rows); None: unknown
MONEY, COUNT = 'money', 'int'


def fen(cell):
    cell = cell.replace(',', '')
    if cell == '':
        return None
    yuan, _, rest = cell.partition('.')
    return int(yuan) * 100 + int((rest + '00')[:2])


def total(values):
    values = list(values)
    return None if any(v is None for v in values) else sum(values)


def count(rows, what):
    return sum(1 for r in rows if what(r))


def column(name):
    return lambda mine: total(fen(r[name]) for rows in mine.values() for r in rows)


def number_of(what):
    return lambda mine: sum(count(rows, what) for rows in mine.values())


def refunds(mine):
    return total((-1 if r['refund'] == '是' else 1) * fen(r['self_in_scope_yuan']) for rows in mine.values() for r in rows)


def counted_pension(mine):
    return total(None if '' in (r['amount_yuan'], r['basic_pension_yuan']) else fen(r['amount_yuan']) - fen(r['basic_pension_yuan'])
                 for rows in mine.values() for r in rows)


def held(mine):
    """Policies of the household, each once, that a member holds."""
    by_number = {r['policy_no']: r for m, rows in mine.items() for r in rows if r['holder'] in mine}
    return total(fen(r['cash_value_yuan']) for r in by_number.values())


def strangers(mine):
    """Marriages of members to people who are none; a partner without a number may be anybody."""
    away = [r for m, rows in mine.items() for r in rows if r['status'] == '结婚' and r['partner'] not in mine]
    return None if any(r['partner'] == '' for r in away) else len(away)


def benefits(mine):
    return len({(r['programme'], r['benefit_no']) for rows in mine.values() for r in rows})


FIGURES = {
    'registered': ('household_register', COUNT, 'size(registers.filter(x, x.status == "registered"))', number_of(lambda r: r['status'] == '在册')),
    'undeclared': ('marriage', COUNT, 'sum(members.map(m, size(m.marriages.filter(r, r.status == "married" && '
                   '!members.exists(y, y.id_no == r.partner)))))', strangers),
    'dead': ('death', COUNT, 'size(deaths)', number_of(lambda r: True)),
    'contributed': ('social_insurance', MONEY, 'sum(contributions.filter(x, %s).map(x, x.paid))' % WINDOW, column('paid_yuan')),
    'pension_counted': ('pension', MONEY, 'sum(pensions.filter(x, %s).map(x, x.amount - x.exempt))' % WINDOW, counted_pension),
    'fund': ('housing_fund', MONEY, 'sum(housing_funds.map(x, x.balance))', column('balance_yuan')),
    'firms': ('business_registration', COUNT, 'size(businesses.filter(x, x.status == "active"))', number_of(lambda r: r['status'] == '存续')),
    'shares': ('securities', MONEY, 'sum(securities.map(x, x.value))', column('value_yuan')),
    'cash_value': ('insurance', MONEY, 'sum(policies.filter(x, or_else(x.is_holder, false)).map(x, x.cash_value))', held),
    'severe': ('disability', COUNT, 'size(disabilities.filter(x, x.grade <= 2 && x.valid_until >= case.checked_on))',
               number_of(lambda r: int(r['grade']) <= 2 and r['valid_until'] >= CHECKED)),
    'honours': ('veterans_benefit', MONEY, 'sum(veterans_benefits.filter(x, %s).map(x, x.amount))' % WINDOW, column('amount_yuan')),
    'public_pay': ('payroll', MONEY, 'sum(payrolls.filter(x, %s).map(x, x.amount))' % WINDOW, column('amount_yuan')),
    'subsidised': ('subsidy', MONEY, 'sum(subsidies.filter(x, %s).map(x, x.amount))' % WINDOW, column('amount_yuan')),
    'engines': ('farm_machinery', COUNT, 'size(machines.filter(x, x.status == "normal"))', number_of(lambda r: r['status'] == '正常')),
    'self_paid': ('medical_expense', MONEY, 'sum(medical_expenses.filter(x, %s).map(x, x.is_refund ? yuan(0) - x.self_in : x.self_in))' % WINDOW,
                  refunds),
    'pupils': ('education', COUNT, 'size(educations.filter(x, x.status == "enrolled"))', number_of(lambda r: r['status'] == '在读')),
    'jailed': ('prison_record', COUNT, 'size(prison_records.filter(x, x.measure == "prison" && or_else(x.ended_on, case.checked_on) >= case.checked_on))',
               number_of(lambda r: r['measure'] == '服刑' and (r['ended_on'] or CHECKED) >= CHECKED)),
    'exits': ('exit_record', COUNT, 'size(exit_records.filter(x, x.direction == "exit"))', number_of(lambda r: r['direction'] == '出境')),
    'disabled_old': ('assessment', COUNT, 'size(assessments.filter(x, x.valid_until >= case.checked_on && x.grade in ["severe", "complete"]))',
                     number_of(lambda r: r['valid_until'] >= CHECKED and r['grade'] in '34')),
    'given': ('donation', MONEY, 'sum(donations.filter(x, within_months(x.day, case.applied_on, 12)).map(x, x.amount))', column('amount_yuan')),
    'benefits': ('existing_aid', COUNT, 'size(existing_aids)', benefits),
    'paid_dead': (('pension', 'death'), COUNT, 'sum(members.map(m, m.paid_on))', None),
}
SOURCES = sorted({s for at, _, _, _ in FIGURES.values() for s in ((at,) if isinstance(at, str) else at)})


def pack_write(folder):
    os.makedirs(os.path.join(folder, 'tests'))
    kinds = {s: s for s in SOURCES}
    text = 'hedui: 1\npack: departments\nzh: 各部门\nlevel: county\nprogramme: dibao\nfacts:\n'
    for name, (_, kind, expression, _) in FIGURES.items():
        text += "  %s: {zh: %s, type: %s, output: yes, is: '%s'}\n" % (name, name, kind, expression)
    text += ("  member.paid_on: {zh: 死后发放, type: int, is: 'size(member.pensions.filter(x, %s && "
             "member.deaths.exists(d, x.month > month_of(d.died_on))))'}\n" % WINDOW)
    text += 'rules:\n  none: {zh: 占位, deny_when: "dead > 99", reason: R1}\nreasons: {R1: {zh: 占位}}\nevidence:\n'
    for s in SOURCES:
        text += '  %s: {zh: %s, kinds: [%s], valid_days: 90, grade: final}\n' % (s, s, kinds[s])
    with open(os.path.join(folder, 'pack.yaml'), 'w', encoding='utf-8') as f:
        f.write(text)
    with open(os.path.join(folder, 'tests', 'all.yaml'), 'w', encoding='utf-8') as f:
        f.write('base:\n  case: {applied_on: %s, programme: dibao}\n  members: {A: {born: 1980-01-01}}\n'
                'tests:\n  - {name: 一, expect: {outcome: met}}\n' % CHECKED)


def folded(cell):
    """An identity number as everybody would read it."""
    cell = unicodedata.normalize('NFKC', cell).strip().upper()
    if len(cell) == 15 and cell.isdigit():
        cell = cell[:6] + '19' + cell[6:]
        cell += '10X98765432'[sum(int(c) * w for c, w in zip(cell, WEIGHTS)) % 11]
    return cell


class Feed:
    """One raw file: accepted rows by person, persons of whom a row was refused, and whether that is everybody."""

    def __init__(self, path, truth):
        self.rows, self.partial = collections.defaultdict(list), set()
        unplaced = 0
        with open(path, encoding='utf-8', newline='') as f:
            reader = csv.DictReader(f)
            first, second = reader.fieldnames[0], reader.fieldnames[2]
            is_pair = second in ('female_id_no', 'holder_id_no')
            for n, row in enumerate(reader, 2):
                sides = [folded(row[first])] + ([row[second]] if is_pair and row[second] else [])
                dirt = truth.get((os.path.basename(path), n))
                if dirt in REFUSING:
                    known = sides[1:] if dirt in ('check', 'scientific') else sides
                    unplaced += dirt in ('check', 'scientific')
                    self.partial.update(known)
                    continue
                for i, side in enumerate(sides):
                    other = (sides[1 - i] if len(sides) == 2 else '') if is_pair else ''
                    if i == 1 and sides[0] == sides[1]:
                        continue
                    self.rows[side].append(dict(row, partner=other, holder=row.get('holder_id_no', '')))
            self.count = n
        self.is_everyone = unplaced * 1000 > 5 * (self.count - 1)

    def of(self, members):
        """None where somebody's rows are not all there."""
        if self.is_everyone or any(m in self.partial for m in members):
            return None
        return {m: self.rows[m] for m in members}


def paid_dead(members, pensions, deaths):
    """Whoever lives, or draws nothing, was paid nothing after death, whatever is not known of the other."""
    dead = [m for m in members if (deaths.of([m]) is None or deaths.rows[m]) and (pensions.of([m]) is None or pensions.rows[m])]
    if any(pensions.of([m]) is None or deaths.of([m]) is None for m in dead):
        return None
    return sum(1 for m in dead for r in pensions.rows[m]
               if any(r['period'] > d['died_on'][:7].replace('-', '') for d in deaths.rows[m]))


def shown(kind, value):
    if value is None or kind == COUNT:
        return value
    return '%s%d.%02d' % ('-' if value < 0 else '', *divmod(abs(value), 100))


def households(county, truth):
    """Cases without dirt whose members have all signed: the rest is other flows' business."""
    cases, odd = collections.defaultdict(list), set()
    with open(county.path('applicants.csv'), encoding='utf-8', newline='') as f:
        for n, row in enumerate(csv.DictReader(f), 2):
            cases[row['case_no']].append(row['id_no'])
            if ('applicants.csv', n) in truth or row['authorised_on'] == '':
                odd.add(row['case_no'])
    return {case: members for case, members in cases.items() if case not in odd}


def compare(county, feeds, truth, verdicts):
    wrong, known, unknown = [], collections.Counter(), collections.Counter()
    for case, members in households(county, truth).items():
        for name, (source, kind, _, oracle) in FIGURES.items():
            if oracle is None:
                want = paid_dead(members, feeds['pension'], feeds['death'])
            else:
                mine = feeds[source].of(members)
                want = None if mine is None else shown(kind, oracle(mine))
            got = verdicts[case]['figures'][name]
            if want is None:
                unknown[name] += 1
            elif want not in (0, '0.00'):
                known[name] += 1
            if got != want:
                wrong.append('%s %s: %s, in the files %s' % (case, name, got, want))
    return wrong, known, unknown


def main():
    with open('docs/KINDS.md', encoding='utf-8') as f:
        ok(f.read() == kinds_page.page(), 'docs/KINDS.md is what `tests/kinds_page.py --write` makes of model and mappings')
    plain = County(scale='0.02', seed=5)
    full = County(scale='0.02', seed=5)
    try:
        full.call('gen', '--scale', '0.02', '--seed', '5', '--checked-on', CHECKED, '--feeds', 'all', '--out', full.dir)
        same = [f for f in os.listdir(plain.dir) if f != 'truth.jsonl' and open(plain.path(f), 'rb').read() == open(full.path(f), 'rb').read()]
        with open(plain.path('truth.jsonl'), 'rb') as a, open(full.path('truth.jsonl'), 'rb') as b:
            ok(len(same) == 5 and b.read().startswith(a.read()), 'the first five files are the same bytes with --feeds, their truth first')
        done = subprocess.run([HEDUI, 'gen', '--feeds', 'pension,deth', '--out', full.dir], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ok(done.returncode == 2 and "'deth'" in done.stderr.decode(), 'a department that does not exist is named')
        with open(full.path('truth.jsonl'), encoding='utf-8') as f:
            truth = {(t['file'], t['row']): t['dirt'] for t in map(json.loads, f)}

        data = full.new_data()
        for source in SOURCES:
            said = full.ingest(data, source)['balance']
            with open(full.path(source + '.csv'), 'rb') as f:
                lines = f.read().count(b'\n') - 1
            refused = sum(1 for (file, _), dirt in truth.items() if file == source + '.csv' and dirt in REFUSING)
            ok(said['physical'] == lines and said['refused'] == refused and
               said['accepted'] + refused + said['collapsed'] == lines + said['mirrored'],
               '%s: %d rows, %d of them refused, as the truth says' % (source, lines, refused))
        feeds = {s: Feed(full.path(s + '.csv'), truth) for s in SOURCES}
        pack = os.path.join(full.work, 'departments')
        pack_write(pack)
        told = full.verify(data, pack=pack)
        verdicts = outcomes(told)
        again = full.new_data()  # with a key of its own
        for source in reversed(SOURCES):
            shuffled = os.path.join(full.work, source + '.csv')
            with open(full.path(source + '.csv'), encoding='utf-8') as a, open(shuffled, 'w', encoding='utf-8') as b:
                head, *rows = a.read().splitlines()
                b.write('\n'.join([head] + rows[::-1]) + '\n')
            full.ingest(again, source, shuffled, options=('--threads', '1'))
        ok(full.verify(again, pack=pack) == told, 'another key, another order of rows and feeds: the same bytes of verdicts')
        wrong, known, unknown = compare(full, feeds, truth, verdicts)
        for name in FIGURES:
            mine = [w for w in wrong if ' %s: ' % name in w]
            ok(not mine, '%s: equal to the raw files in all households, %d of them not zero, %d unknown%s' % (
                name, known[name], unknown[name], ''.join('; ' + w for w in mine[:3])))
        seeded = collections.Counter()
        with open(full.path('seeded.jsonl'), encoding='utf-8') as f:
            for row in map(json.loads, f):
                seeded[row['what'], row['file']] += 1
        found = sum(1 for m, rows in feeds['pension'].rows.items() for r in rows
                    if any(r['period'] > d['died_on'][:7].replace('-', '') for d in feeds['death'].rows.get(m, ())))
        lost = sum(1 for row in map(json.loads, open(full.path('seeded.jsonl'), encoding='utf-8'))
                   if row['file'] == 'pension.csv' and truth.get((row['file'], row['row'])) in REFUSING)
        ok(found + lost == seeded['paid_after_death', 'pension.csv'] and found > 0,
           'seeded.jsonl names the payments after death: %d, %d of them in refused rows' % (found + lost, lost))
    finally:
        plain.close()
        full.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
