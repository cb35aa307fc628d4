#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A record with two owners: a marriage, a policy. It is found from either side, told once where both sides are of one
household, and a row that is refused leaves neither of its persons with a clean `none`."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import ok, outcomes  # noqa: E402
from deliveries import A, B, Family, number  # noqa: E402
import county as state  # noqa: E402

C, D = number('19790303', 3), number('19810404', 4)
PACK = """hedui: 1
pack: pairs
zh: 双方记录
level: county
programme: dibao
facts:
  spouses:   {zh: 在婚配偶数, type: int, is: 'size(marriages.filter(r, r.status == "married"))', output: yes}
  strangers: {zh: 未申报的配偶, type: int, output: yes,
              is: 'sum(members.map(m, size(m.marriages.filter(r, r.status == "married" && !members.exists(x, x.id_no == r.partner)))))'}
  divorces:  {zh: 离婚数, type: int, is: 'size(marriages.filter(r, r.status == "divorced"))', output: yes}
  policies_held: {zh: 持有保单的现金价值, type: money, output: yes,
              is: "sum(policies.filter(r, or_else(r.is_holder, false)).map(r, r.cash_value))"}
  by_member: {zh: 按成员的现金价值, type: money, output: yes, is: "sum(members.map(m, sum(m.policies.map(r, r.cash_value))))"}
  policies_all: {zh: 保单数, type: int, is: size(policies), output: yes}
rules:
  stranger: {zh: 有未申报的配偶, review_when: "strangers > 0", reason: R1}
  wealth:   {zh: 保单超限, deny_when: "policies_held > yuan(1000000) || divorces > 5 || spouses > 9 || policies_all > 90", reason: R2}
reasons: {R1: {zh: 配偶不在申请人员之中}, R2: {zh: 超限}}
evidence:
  marriage:  {zh: 婚姻登记, kinds: [marriage], valid_days: 90, grade: final}
  insurance: {zh: 商业保险, kinds: [insurance], valid_days: 90, grade: final}
"""
CASES = """base:
  case: {applied_on: 2026-07-01, programme: dibao}
  members: {A: {born: 1980-01-01}}
tests:
  - {name: 一, expect: {outcome: met}}
"""
WED = 'male_id_no,male_name,female_id_no,female_name,certificate_no,status,married_on,ended_on,ended_by'
POLICY = ('insured_id_no,insured_name,holder_id_no,holder_name,insurer,policy_no,product,premium_yuan,cash_value_yuan,status,'
          'started_on,matures_on')
NAMES = {A: '汪建国', B: '李芳', C: '周强', D: '吴敏'}


def wed(man, woman, status='结婚', married='2005-05-01', ended='', by=''):
    return ','.join((man, NAMES.get(man, ''), woman, NAMES.get(woman, ''), '', status, married, ended, by))


def policy(insured, holder, no, value):
    return ','.join((insured, NAMES.get(insured, ''), holder, NAMES.get(holder, ''), '示例人寿', no, '寿险', '1200', value, '有效',
                     '2018-01-01', ''))


# belief; rows of marriages; rows of policies; members; figures: spouses, strangers, divorces, held, policies; causes
ROWS = (
    ('nobody is married', (), (), (A, B), (0, 0, 0, '0.00', 0), []),
    ('the man alone is asked about: found', (wed(A, B),), (), (A,), (1, 1, 0, '0.00', 0), []),
    ('the woman alone is asked about: found from her side', (wed(A, B),), (), (B,), (1, 1, 0, '0.00', 0), []),
    ('both are asked about: each finds the other', (wed(A, B),), (), (A, B), (2, 0, 0, '0.00', 0), []),
    ('a partner without a number is unknown, not absent', (wed(A, ''),), (), (A, B), (1, None, 0, '0.00', 0), None),
    ('a divorce is found from her side, whenever it was', (wed(C, B, '离婚', '不详', '1991-02-03', '判决'), wed(A, B)), (), (B,),
     (1, 1, 1, '0.00', 0), []),
    ('a row whose other number is damaged leaves its owner partial', (wed(A, B[:-1] + ('0' if B[-1] != '0' else '1')),), (),
     (A,), (None, None, None, '0.00', 0), ['A.marriages@marriage']),
    ('a row refused for its status leaves her partial too', (wed(A, B, '同居'),), (), (B,), (None, None, None, '0.00', 0),
     ['A.marriages@marriage']),
    ('and a person of another row not', (wed(A, B, '同居'), wed(C, D)), (), (D,), (1, 1, 0, '0.00', 0), []),
    ('equal rows collapse on both sides', (wed(A, B), wed(A, B)), (), (A, B), (2, 0, 0, '0.00', 0), []),
    ('the holder holds, whoever is insured', (), (policy(C, A, 'P1', '500.50'),), (A,), (0, 0, 0, '500.50', 1), []),
    ('the insured holds nothing', (), (policy(C, A, 'P1', '500.50'),), (C,), (0, 0, 0, '0.00', 1), []),
    ('holder and insured in one household: once', (), (policy(B, A, 'P1', '500.50'),), (A, B), (0, 0, 0, '500.50', 1), []),
    ('holder and insured in one person: once, and held', (), (policy(A, A, 'P1', '500.50'),), (A,), (0, 0, 0, '500.50', 1), []),
    ('a school policy has no holder', (), (policy(B, '', 'P1', '0'),), (A, B), (0, 0, 0, '0.00', 1), []),
)


def causes(verdict):
    return sorted({c for f in verdict['findings'] if f['level'] == 'doubt' for c in f.get('open', ())})


def main():
    f = Family(scale='0.0001')
    pack = os.path.join(f.work, 'pairs')
    os.makedirs(os.path.join(pack, 'tests'))
    for name, text in (('pack.yaml', PACK), ('tests/all.yaml', CASES)):
        with open(os.path.join(pack, name), 'w', encoding='utf-8') as out:
            out.write(text)

    def write(name, head, rows):
        path = os.path.join(f.work, name)
        with open(path, 'w', encoding='utf-8') as out:
            out.write('\n'.join((head,) + tuple(rows)) + '\n')
        return path

    # rows that concern nobody here, so that one damaged row is not everyone's
    others = tuple(wed(number('19600101', n), number('19610101', n + 1)) for n in range(101, 900, 2))
    try:
        for n, (belief, weddings, policies, members, figures, missing) in enumerate(ROWS):
            data = f.new_data()
            said = f.ingest(data, 'marriage', write('wed%d.csv' % n, WED, weddings + others))['balance']
            insured = f.ingest(data, 'insurance', write('policy%d.csv' % n, POLICY, policies))['balance']
            ok(said['physical'] == len(weddings) + len(others) and said['physical'] + said['mirrored'] ==
               said['accepted'] + said['refused'] + said['collapsed'] + said['ignored'], '%s: the balance holds' % belief)
            batch = f.file('applicants', 'batch%d.csv' % n, *(
                'H1,DIBAO,320581001,2026-07-01,%s,%s,%s,member,0,0,2026-06-20,否,是' % (m, NAMES[m], '本人' if i == 0 else '配偶')
                for i, m in enumerate(members)))
            v = outcomes(f.verify(data, batch=batch, pack=pack))['H1']
            got = tuple(v['figures'][k] for k in ('spouses', 'strangers', 'divorces', 'policies_held', 'policies_all'))
            ok(got == figures, '%s: %s' % (belief, got))
            if len(members) == 1 and policies:
                ok(v['figures']['by_member'] == '500.50' and insured['conflicting'] == 0,
                   '%s: nor twice where it is asked of the person' % belief)
            if missing is not None:
                ok(causes(v) == missing, '%s: causes %s' % (belief, causes(v)))
        lost = f.ingest(f.new_data(), 'marriage', write('lost.csv', WED, (wed(A, B[:-1] + 'Y'), wed(A, '')) + others))['balance']
        ok((lost['refused'], lost['unplaced'], lost['mirrored']) == (1, 1, len(others)),
           'an unread other side is somebody: unplaced; a blank one is nobody')
        one = write('one.csv', WED, (wed(A, B), wed(C, D, '同居')) + others)
        data = f.new_data()
        first = f.ingest(data, 'marriage', one, options=('--threads', '1'))
        again = f.ingest(f.new_data(), 'marriage', one, options=('--threads', '4'))
        ok(first['balance'] == again['balance'] and first['owners'] == again['owners'] == 802, 'both sides are owners, on any lanes')
        mend = write('one.csv.mended.csv', WED + ',hedui_row,hedui_codes', (wed(C, D) + ',3,',))
        f.ingest(data, 'insurance', write('none.csv', POLICY, ()))
        batch = f.file('applicants', 'last.csv', 'H1,DIBAO,320581001,2026-07-01,%s,吴敏,本人,member,0,0,2026-06-20,否,是' % D)
        before = outcomes(f.verify(data, batch=batch, pack=pack))['H1']
        f.call('ingest', 'adapters/marriage/mapping.yaml', mend, '--mends', first['delivery'][:12], '--data', data, '--json')
        after = outcomes(f.verify(data, batch=batch, pack=pack))['H1']
        ok((before['figures']['spouses'], after['figures']['spouses']) == (None, 1), 'a mended row comes back on her side as well')

        renamed = wed(A, B).replace('李芳', '王五').replace(',,结婚', ',J329901-1,结婚')
        paper = tuple(row.replace(',,结婚', ',J329901-%d,结婚' % (n + 2)) for n, row in enumerate(others))
        data = f.new_data()
        f.ingest(data, 'marriage', write('renamed.csv', WED, paper[:200] + (renamed,) + paper[200:]))
        f.ingest(data, 'insurance', write('none.csv', POLICY, ()))
        batch = f.file('applicants', 'renamed_batch.csv', 'H1,DIBAO,320581001,2026-07-01,%s,李芳,本人,member,0,0,2026-06-20,否,是' % B)
        v = outcomes(f.verify(data, batch=batch, pack=pack))['H1']
        opened = json.loads(f.call('open', f.out, '--data', data, '--case', 'H1', '--reason', '核对姓名', '--json'))['rows']
        ok(v['outcome'] == 'review' and len(opened) == 1 and sorted(opened[0]['originals'].values()) ==
           sorted(('汪建国', '王五', 'J329901-1')), 'another name on her side asks, and its originals open: %s' % opened)
    finally:
        f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
