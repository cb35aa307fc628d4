#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Windows of any legal length, up to 24 months before the check: the farthest month that a window sees must have been
delivered, and no month before it matters."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import HEDUI, ok  # noqa: E402
from deliveries import A, Family  # noqa: E402
import county as state  # noqa: E402
import subprocess  # noqa: E402

PACK = """hedui: 1
pack: window
zh: 窗口
level: county
programme: dibao
params:
  window: {zh: 窗口（月）, type: int, values: [{from: 2020-01-01, value: %s, ref: 示例}]}
facts:
  earned: {zh: 收入, type: money, is: 'sum(incomes.filter(i, %s).map(i, i.amount))', output: yes}
rules:
  rich: {zh: 有收入, deny_when: "earned > yuan(100)", reason: R1}
reasons: {R1: {zh: 有收入}}
evidence:
  tax: {zh: 税务, kinds: [income], valid_days: 3650, grade: final}
"""
WITHIN = 'within_months(i.month, case.applied_on, p.window)'
CHECKED = 'within_months(i.month, case.checked_on, p.window)'


def month(year, number):
    """The month so many months after January of the year."""
    return '%04d-%02d' % (year + number // 12, number % 12 + 1)


# belief; applied on, checked on; window; expression; covered months; outcome; cause behind A.incomes@tax:
ROWS = [
    ('the whole window is there', '2026-07-01', '2026-07-01', 12, WITHIN, '2025-07..2026-06', 'met', None),
    ('its first month is not', '2026-07-01', '2026-07-01', 12, WITHIN, '2025-08..2026-06', 'incomplete', '2025-07'),
    ('24 months later too', '2024-07-01', '2026-07-01', 12, WITHIN, '2023-07..2024-06', 'met', None),
    ('and there its first month is not', '2024-07-01', '2026-07-01', 12, WITHIN, '2023-08..2024-06', 'incomplete', '2023-07'),
    ('13 months, 37 before the check', '2024-07-01', '2026-07-01', 13, WITHIN, '2023-06..2024-06', 'met', None),
    ('of which the first is not there', '2024-07-01', '2026-07-01', 13, WITHIN, '2023-07..2024-06', 'incomplete', '2023-06'),
    ('three years', '2024-07-01', '2026-07-01', 36, WITHIN, '2021-07..2024-06', 'met', None),
    ('three years less a month in the middle', '2024-07-01', '2026-07-01', 36, WITHIN, '2021-07..2022-11', 'incomplete', '2022-12'),
    ('the longest window', '2024-07-01', '2026-07-01', 120, WITHIN, '2014-07..2024-06', 'met', None),
    ('less its first month', '2024-07-01', '2026-07-01', 120, WITHIN, '2014-08..2024-06', 'incomplete', '2014-07'),
    ('before the check', '2024-07-01', '2026-07-01', 24, CHECKED, '2024-07..2026-06', 'met', None),
    ('less its first month before the check', '2024-07-01', '2026-07-01', 24, CHECKED, '2024-08..2026-06', 'incomplete', '2024-07'),
    ('a window long past that nobody delivered is no innocence', '2026-07-01', '2026-07-01', 6,
     'within_months(i.month, add_months(case.applied_on, -60), p.window)', '2025-07..2026-06', 'incomplete', '..2023-06'),
    ('a month long past neither', '2026-07-01', '2026-07-01', 6, 'i.month == month_of(date("2019-03-01"))', '2025-07..2026-06',
     'incomplete', '..2023-06'),
    ('nor all before a month', '2026-07-01', '2026-07-01', 6, 'i.month < month_of(date("2019-03-01"))', '2025-07..2026-06',
     'incomplete', '..2023-06'),
    ('months from a day on end with the delivered ones', '2026-07-01', '2026-07-01', 6,
     'i.month >= month_of(add_months(case.applied_on, -12))', '2025-07..2026-06', 'met', None),
]


def pack(f, name, window, expression):
    path = os.path.join(f.work, name)
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, 'pack.yaml'), 'w', encoding='utf-8') as out:
        out.write(PACK % (window, expression))
    return path


def too_long(f):
    for belief, window, expression, code, place in (
            ('120 months are a window', '120', WITHIN, 0, None),
            ('121 are refused where they stand', '121', WITHIN, 1, r':7:\d+'),
            ('written in the expression as well', '12', WITHIN.replace('p.window', '121'), 1, r':9:\d+')):
        done = subprocess.run([HEDUI, 'rules', 'check', pack(f, 'long', window, expression)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        text = done.stdout.decode()
        ok(done.returncode == code and (place is None or re.search(place + '.*T202', text) is not None),
           '%s: exit %d' % (belief, done.returncode))


def main():
    f = Family(scale='0.0001')
    try:
        for n, (belief, applied, checked, window, expression, covers, outcome, cause) in enumerate(ROWS):
            batch = f.file('applicants', 'batch%d.csv' % n,
                           'H1,DIBAO,320581001,%s,%s,汪建国,本人,member,0,0,2020-06-20,否,是' % (applied, A))
            data = f.new_data()
            f.ingest(data, 'tax', f.file('tax', 'tax%d.csv' % n), options=('--covers', covers))
            v = json.loads(f.verify(data, batch=batch, pack=pack(f, 'pack%d' % n, window, expression),
                                    options=('--checked-on', checked)))
            causes = [c for x in v['findings'] for c in x['open']]
            want = [] if cause is None else ['A.incomes@tax:' + cause]
            ok(v['outcome'] == outcome and (v['figures']['earned'] is None) == (outcome != 'met') and
               (want == causes[:1] if want else not causes), '%s: %s %s' % (belief, v['outcome'], causes[:1]))
        too_long(f)
    finally:
        f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
