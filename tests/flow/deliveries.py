#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deliveries over time, on one family made by hand: two files of one source by two commands, two source names,
a tax month that arrives late, one joint account with two balances, one fen around a limit."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, County, ok, outcomes  # noqa: E402
import county as state  # noqa: E402

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
MONTHS = ['2025%02d' % m for m in range(7, 13)] + ['2026%02d' % m for m in range(1, 7)]
HEADS = {
    'tax': 'id_no,name,period,income_type,gross_income_yuan,tax_withheld,payer_credit_code',
    'real_estate': 'id_no,name,unit_no,address_division,area_m2,usage,share_percent,registered_on,value_yuan',
    'vehicle': 'id_no,name,plate,vehicle_type,use,first_registered_on,price_yuan,status',
    'bank': 'id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of',
    'applicants': 'case_no,programme,division,applied_on,id_no,name,relation,role,declared_annual_income,'
                  'declared_financial_assets,authorised_on,student,labour'}


def number(birth, sequence):
    digits = '329901%s%03d' % (birth, sequence)
    return digits + '10X98765432'[sum(int(c) * w for c, w in zip(digits, WEIGHTS)) % 11]


A, B = number('19800101', 1), number('19820202', 2)


class Family(County):
    def file(self, kind, name, *rows):
        path = os.path.join(self.work, name)
        with open(path, 'w', encoding='utf-8') as f:
            f.write('\n'.join((HEADS[kind],) + rows) + '\n')
        return path

    def tax(self, name, months, fen='1500.00'):
        return self.file('tax', name, *('%s,汪建国,%s,0101,%s,,' % (A, m, fen) for m in months))

    def account(self, name, *rows):
        return self.file('bank', name, *('%s,%s,102305000001,%s,CUR,%s,2026-06-30' % r for r in rows))

    def data(self, **files):
        data = self.new_data()
        for feed in FEEDS:
            for path in files.get(feed, (self.file(feed, feed + '.empty.csv'),)):
                self.ingest(data, feed, path, options=('--covers', '2025-07..2026-06') if feed == 'tax' and
                            feed not in files else ())
        return data

    def verdict(self, data):
        batch = self.file('applicants', 'batch.csv',
                          'H1,DIBAO,320581001,2026-07-01,%s,汪建国,本人,member,18000,0,2026-06-20,否,是' % A,
                          'H1,DIBAO,320581001,2026-07-01,%s,李芳,配偶,member,0,0,2026-06-20,否,否' % B)
        return outcomes(self.verify(data, batch=batch))['H1']


def main():
    f = Family(scale='0.0001')
    try:
        full = f.tax('tax.csv', MONTHS)
        v = f.verdict(f.data(tax=(full,)))
        ok(v['outcome'] == 'met', 'a plain family is met: ' + v['outcome'])

        early, late = f.tax('early.csv', MONTHS[:-1]), f.tax('late.csv', MONTHS[-1:])
        data = f.data(tax=(early,))
        v = f.verdict(data)
        ok(v['outcome'] == 'incomplete' and 'A.incomes@tax:2026-06' in json.dumps(v), 'without its last month: incomplete, by that month')
        f.ingest(data, 'tax', late)
        ok(f.verdict(data)['outcome'] == 'met', 'the late month arrives beside the others: met')

        f.as_of, day = '2026-06-15', f.as_of
        data = f.new_data()
        for feed in FEEDS[1:]:
            f.ingest(data, feed, f.file(feed, feed + '.empty.csv'))
        said = f.ingest(data, 'tax', full)
        v = f.verdict(data)
        ok(said['covers'] == {'first': '2025-07', 'last': '2026-05', 'months': 11} and
           said['unfinished'] == {'first': '2026-06', 'last': '2026-06', 'months': 1, 'rows': 1} and
           v['outcome'] == 'incomplete' and 'A.incomes@tax:2026-06' in json.dumps(v),
           'a month that was not over on the as-of day is told, and not covered: incomplete')
        said = f.ingest(data, 'tax', full, options=('--covers', '2025-07..2026-06'))
        ok('few' not in said and said['unfinished']['months'] == 1 and f.verdict(data)['outcome'] == 'met',
           'covered by word it counts as any other, and is told all the same: met')
        f.as_of = day
        said = f.ingest(data, 'tax', f.tax('stray.csv', MONTHS * 11 + ['199901']))
        ok(said['few'] == {'first': '1999-01', 'last': '1999-01', 'months': 1, 'rows': 1} and 'unfinished' not in said and
           said['covers']['months'] == 12, 'a stray row of 1999 is told, and makes no month known')

        one, two = f.account('one.csv', (A, '汪建国', 'aa11', '30000.00')), f.account('two.csv', (B, '李芳', 'bb22', '40000.00'))
        data = f.new_data()
        for feed in FEEDS[:-1]:
            f.ingest(data, feed, full if feed == 'tax' else f.file(feed, feed + '.empty.csv'))
        f.ingest(data, 'bank', one, two)
        v = f.verdict(data)
        ok(v['figures']['savings'] == '70000.00' and v['outcome'] == 'not_met', 'two bank files in one command add up')
        f.ingest(data, 'bank', two)
        ok(f.verdict(data)['figures']['savings'] == '40000.00', 'a second command supersedes the first: complete means all')
        f.ingest(data, 'bank', one, source='bank_rural')
        ok(f.verdict(data)['figures']['savings'] == '40000.00', 'a source of another name counts only where a pack asks for it')

        joint = f.account('joint.csv', (A, '汪建国', 'aa11', '30000.00'), (B, '李芳', 'aa11', '30000.00'))
        ok(f.verdict(f.data(tax=(full,), bank=(joint,)))['figures']['savings'] == '30000.00', 'a joint account counts once')
        joint = f.account('joint2.csv', (A, '汪建国', 'aa11', '30000.00'), (B, '李芳', 'aa11', '31000.00'))
        v = f.verdict(f.data(tax=(full,), bank=(joint,)))
        ok(v['figures']['savings'] is None and v['outcome'] == 'incomplete', 'with two balances it is unknown: incomplete')

        limit = f.verdict(f.data(tax=(full,)))['figures']['savings_limit']
        over = '%d.%02d' % divmod(int(limit.replace('.', '')) + 1, 100)
        ok(f.verdict(f.data(tax=(full,), bank=(f.account('at.csv', (A, '汪建国', 'aa11', limit)),)))['outcome'] == 'met',
           'savings at the limit of %s: met' % limit)
        ok(f.verdict(f.data(tax=(full,), bank=(f.account('over.csv', (A, '汪建国', 'aa11', over)),)))['outcome'] == 'not_met',
           'one fen more: not_met')
    finally:
        f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
