#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Supporters through the whole road: their rows count for nobody's household, their declared means by the pack's formula,
their authorisation for themselves; a link that leads to nobody returns the case. The pack of docs/examples/supporters."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import ok, outcomes  # noqa: E402
from deliveries import Family, number  # noqa: E402
import county as state  # noqa: E402

HEAD = ('case_no,programme,division,applied_on,id_no,name,relation,role,declared_annual_income,authorised_on,'
        'supports,supporter_household_size,supporter_annual_income')
OLD, WIFE, SON, OTHER = number('19500101', 1), number('19520202', 2), number('19750303', 3), number('19780404', 4)
PACK = 'docs/examples/supporters'


def row(case, who, name, role, income, signed, supports='', size='', means=''):
    return ','.join((case, 'DIBAO', '320581001', '2026-07-01', who, name, '本人' if who == OLD else '其他', role, income, signed,
                     supports, size, means))


def family(case, *supporters):
    return [row(case, OLD, '汪建国', 'member', '6000', '2026-06-20'), row(case, WIFE, '李芳', 'member', '0', '2026-06-20'), *supporters]


SIGNED = '2026-06-20'
CASES = {
    'H1': family('H1', row('H1', SON, '汪强', 'supporter', '0', SIGNED, OLD, '3', '72000'),
                 row('H1', OTHER, '李明', 'supporter', '0', SIGNED, WIFE, '2', '20000')),
    'H2': family('H2', row('H2', SON, '汪强', 'supporter', '0', SIGNED, OLD, '', '')),
    'H3': family('H3', row('H3', SON, '汪强', 'supporter', '0', SIGNED, OTHER, '3', '72000')),
    'H4': family('H4', row('H4', SON, '汪强', 'supporter', '0', '', OLD, '3', '72000')),
}


def main():
    f = Family(scale='0.0001')
    try:
        data = f.new_data()
        f.ingest(data, 'vehicle', f.file('vehicle', 'v.csv', '%s,汪强,苏EZ00001,小型轿车,非营运,2015-01-01,90000.00,正常' % SON))
        f.ingest(data, 'bank', f.file('bank', 'b.csv', '%s,汪建国,102305000001,n1,CUR,100.00,2026-06-30' % OLD))

        def verdicts(rows, name):
            path = os.path.join(f.work, name)
            with open(path, 'w', encoding='utf-8') as out:
                out.write('\n'.join([HEAD] + rows) + '\n')
            return f.verify(data, batch=path, pack=PACK)
        rows = [r for case in CASES.values() for r in case]
        bytes_ = verdicts(rows, 'batch.csv')
        v = outcomes(bytes_)
        ok(sorted(v) == ['H1', 'H2', 'H4'], 'a supporter of nobody returns the case: ' + ' '.join(sorted(v)))
        with open(os.path.join(f.out, 'refused.csv'), encoding='utf-8-sig') as refused:
            ok('CASE-SUPPORTS' in refused.read(), 'and is told why')
        h = v['H1']
        roles = {m['key']: m['role'] for m in h['members']}
        ok(sorted(roles.values()) == ['member', 'member', 'supporter', 'supporter'], 'roles: %s' % roles)
        ok(h['figures']['support'] == '250.00', 'one of two can spare: %s' % h['figures']['support'])
        ok(h['figures']['per_capita'] == {'exact': '37500/1'}, 'it counts for the family: %s' % h['figures']['per_capita'])
        cars = [x for x in h['findings'] if x['rule'] == 'rich']
        ok(h['outcome'] == 'review' and len(cars) == 1, 'his car asks: %s' % [x['rule'] for x in h['findings']])
        bank = {k: c['bank'] for k, c in h['coverage'].items()}
        ok({bank[k] for k in roles if roles[k] == 'supporter'} == {'not_applicable'}, 'nobody asks his bank: %s' % bank)
        ok(v['H2']['outcome'] == 'incomplete' and any('supporter_household_size' in c or 'supporter_annual_income' in c
                                                      for x in v['H2']['findings'] for c in x['open']),
           'means that nobody stated are unknown: %s' % v['H2']['outcome'])
        ok(any(x['rule'] == 'ENG-AUTH' for x in v['H4']['findings']), 'a supporter who did not sign is not looked up')
        ok(verdicts(rows[::-1], 'turned.csv') == bytes_, 'rows in another order: the same bytes')
        ok('"role":"supporter"' in json.dumps(h, separators=(',', ':')), 'the verdict names the role')
    finally:
        f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
