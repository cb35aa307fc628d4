#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A person on whom two cases of a batch count: both say so by case number, in any order of rows; outcomes stay, unless the
pack asks. Who is excluded, or stands in a case that goes back, is no member of it."""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, ok, outcomes  # noqa: E402
import county as state  # noqa: E402
from deliveries import A, B, Family, number  # noqa: E402

C, D = number('19830303', 3), number('19840404', 4)
RULE = """  elsewhere:
    zh: 成员另在其他案件中
    review_when: "members.exists(m, m.other_cases > 0)"
    reason: OTH-01
"""


def row(case, person, relation='本人', role='member', signed='2026-06-20'):
    return '%s,DIBAO,320581001,2026-07-01,%s,某某,%s,%s,18000,0,%s,是,否' % (case, person, relation, role, signed)


BATCHES = (  # belief; rows; {case: {member key: other cases}} of the cases that are verified; several_cases
    ('a spouse who applies alone as well', [row('H1', A), row('H1', B, '配偶'), row('H2', B), row('H3', C)],
     {'H1': {'B': ['H2']}, 'H2': {'A': ['H1']}, 'H3': {}}, [{'cases': ['H1', 'H2'], 'persons': 1}]),
    ('two persons who share two cases, one of them a third',
     [row('H1', A), row('H1', B, '配偶'), row('H2', B), row('H2', A, '配偶'), row('H3', B), row('H3', D, '子女')],
     {'H1': {'A': ['H2'], 'B': ['H2', 'H3']}, 'H2': {'A': ['H1', 'H3'], 'B': ['H1']}, 'H3': {'A': ['H1', 'H2']}},
     [{'cases': ['H1', 'H2'], 'persons': 1}, {'cases': ['H1', 'H2', 'H3'], 'persons': 1}]),
    ('who is excluded is no member', [row('H1', A), row('H1', B, '配偶'), row('H2', C), row('H2', B, '子女', 'excluded')],
     {'H1': {}, 'H2': {}}, []),
    ('a case that goes back is not open', [row('H1', A), row('H2', A), row('H2', 'X1', '子女', 'nobody')], {'H1': {}}, []),
    ('two invalid numbers are no person', [row('H1', A[:17] + '?'), row('H2', A[:17] + '?')], {'H1': {}, 'H2': {}}, []))


def elsewhere(verdict):
    return {m['key']: m['also_in'] for m in verdict['members'] if 'also_in' in m}


def main():
    f = Family(scale='0.0001')
    try:
        data = f.new_data()
        for feed in FEEDS:
            f.ingest(data, feed, f.file(feed, feed + '.csv'), options=('--covers', '2025-07..2026-06') if feed == 'tax' else ())
        for belief, rows, want, groups in BATCHES:
            verdicts = f.verify(data, batch=f.file('applicants', 'batch.csv', *rows))
            with open(os.path.join(f.out, 'summary.json'), encoding='utf-8') as file:
                said = json.load(file)['several_cases']
            found = {case: elsewhere(v) for case, v in outcomes(verdicts).items()}
            ok(found == want and said == groups, '%s: %s' % (belief, found))
            ok(verdicts == f.verify(data, batch=f.file('applicants', 'turned.csv', *reversed(rows))),
               'the same bytes with the rows turned round')

        rows = BATCHES[0][1]
        batch = f.file('applicants', 'batch.csv', *rows)
        verdicts = f.verify(data, batch=batch, options=('--reports',))
        out = f.out
        for line in verdicts.decode().splitlines():
            alone = [r for r in rows if r.startswith(json.loads(line)['case_no'] + ',')]
            single = outcomes(f.verify(data, batch=f.file('applicants', 'one.csv', *alone)))
            verdict = json.loads(line)
            for member in verdict['members']:
                member.pop('also_in', None)
            ok(single == {verdict['case_no']: verdict}, verdict['case_no'] + ' alone differs in nothing else')
        text = f.call('explain', out, '--case', 'H1') + f.call('explain', out, '--case', 'H2', '--lang', 'en')
        ok('也是同批其他案件的成员：H2\n' in text and 'also a member of other cases of the batch: H1\n' in text, 'explain says it')
        with open(os.path.join(out, 'reports', 'H2.html'), encoding='utf-8') as file:
            ok('请比对案件 H1。' in file.read(), 'the report says it')
        f.call('replay', out, '--data', data, codes=(0,))
        f.call('replay', out, '--case', 'H2', '--data', data, codes=(0,))
        ok(True, 'a replay of all and of one case gives the same bytes')

        pack = os.path.join(f.work, 'pack')
        shutil.copytree('rules/jiangsu-dibao', pack)
        with open(os.path.join(pack, 'pack.yaml'), encoding='utf-8') as file:
            text = file.read()
        with open(os.path.join(pack, 'pack.yaml'), 'w', encoding='utf-8') as file:
            file.write(text.replace('rules:\n', 'rules:\n' + RULE).replace('reasons:\n', 'reasons:\n  OTH-01: {zh: 成员另在其他案件中}\n'))
        asked = outcomes(f.verify(data, batch=batch, pack=pack))
        ok([c for c, v in asked.items() if 'OTH-01' in [r['reason'] for r in v['findings']]] == ['H1', 'H2'],
           'a pack that asks gets its finding in both cases, and no other')
    finally:
        f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
