#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rows that look the same and are not: accounts with the same last digits and balance, some held by both. verdicts.jsonl is
the same bytes under any key and in any order of rows, files and commands."""
import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, ok  # noqa: E402
from deliveries import A, B, MONTHS, Family  # noqa: E402
import county as state  # noqa: E402

TURNS = 8
N = ['62280480%d0001' % n for n in range(10, 18)]  # masked they are one
ONE, TWO = (A, '汪建国'), (B, '李芳')
# belief; accounts: who, number, balance
FAMILIES = (
    ('one of two is told otherwise by the other', ((ONE, 0, '10.00'), (ONE, 1, '10.00'), (TWO, 0, '20.00'), (TWO, 1, '10.00'))),
    ('one of three is joint, its balance blank', ((ONE, 0, '10.00'), (ONE, 1, '10.00'), (ONE, 2, '10.00'), (TWO, 1, ''))),
    ('two pairs, crossed', ((ONE, 0, ''), (ONE, 1, ''), (TWO, 0, ''), (TWO, 1, ''))),
    ('one twice in a list', ((ONE, 0, ''), (ONE, 1, ''), (ONE, 1, ''), (TWO, 0, ''), (TWO, 0, ''), (TWO, 2, ''))),
    ('of another name', ((('%s' % A, '汪不同'), 0, '10.00'), (ONE, 1, '10.00'), (TWO, 1, '20.00'), (ONE, 2, '10.00'))),
)


PACK = """hedui: 1
pack: twice
zh: 重复
level: county
programme: dibao
rules:
  twice: {zh: 同一账号见于两家银行, deny_when: 'members.exists(m, m.accounts.exists(a, m.accounts.exists(b, a.number == b.number && a.bank != b.bank)))', reason: R1}
reasons: {R1: {zh: 重复}}
evidence:
  bank: {zh: 银行, kinds: [account], valid_days: 90, grade: final}
"""


def masked(f, batch):
    """What is printed of two accounts is the same; whether they are, their tags say."""
    model = os.path.join(f.work, 'model.yaml')  # with short lists: a pair of rows is dear where lists are long
    with open('rules/model.yaml', encoding='utf-8') as given, open(model, 'w', encoding='utf-8') as out:
        out.write(given.read().replace('limit: 100\n', 'limit: 30\n'))
    pack = os.path.join(f.work, 'twice')
    os.mkdir(pack)
    with open(os.path.join(pack, 'pack.yaml'), 'w', encoding='utf-8') as out:
        out.write(PACK)
    for belief, other, outcome in (('another number with the same last digits', N[1], 'met'), ('the same number', N[0], 'not_met')):
        data = f.new_data()
        rows = ['%s,汪建国,1023050000%s,%s,CUR,1.00,2026-06-30' % (A, bank, n) for bank, n in (('01', N[0]), ('02', other))]
        f.ingest(data, 'bank', f.file('bank', 'twice.csv', *rows), options=('--model', model))
        v = json.loads(f.verify(data, batch=batch, pack=pack, options=('--model', model)))
        ok(v['outcome'] == outcome, '%s at another bank: %s' % (belief, v['outcome']))


def main():
    f = Family(scale='0.0001')
    batch = f.file('applicants', 'batch.csv',
                   'H1,DIBAO,320581001,2026-07-01,%s,汪建国,本人,member,18000,0,2026-06-20,否,是' % A,
                   'H1,DIBAO,320581001,2026-07-01,%s,李芳,配偶,member,0,0,2026-06-20,否,否' % B)
    tax = f.tax('tax.csv', MONTHS)
    dice = random.Random(7)
    try:
        for belief, accounts in FAMILIES:
            rows = [(who, name, N[n], balance) for (who, name), n, balance in accounts]
            seen = set()
            for turn in range(TURNS):
                dice.shuffle(rows)
                data = f.new_data()  # and a key of its own
                f.ingest(data, 'tax', tax)
                for feed in FEEDS[1:-1]:
                    f.ingest(data, feed, f.file(feed, feed + '.csv'))
                cut = dice.randrange(len(rows))
                files = [f.account('%d.%d.csv' % (turn, i), *part) for i, part in enumerate((rows[:cut], rows[cut:])) if part]
                f.ingest(data, 'bank', *files)
                seen.add(f.verify(data, batch=batch))
            places = sorted({c for v in seen for c in json.loads(v)['unknown'].get('savings', ())})
            ok(len(seen) == 1, '%s: %d keys and orders, one answer; unknown: %s' % (belief, TURNS, places))
        masked(f, batch)
    finally:
        f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
