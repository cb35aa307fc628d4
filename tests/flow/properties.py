#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Laws over random families: knowing less never decides, an asset more never acquits. Joint and contradicting rows, blanks,
leads, wrong numbers, refused rows; every family is changed in one place at a time, and all of them are asked in one batch."""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, ok, outcomes  # noqa: E402
from deliveries import MONTHS, Family, number  # noqa: E402
import county as state  # noqa: E402

SEEDS = [int(s) for s in os.environ.get('HEDUI_SEEDS', '1').split()]
FAMILIES = 250
PACKS = ('rules/jiangsu-dibao', 'bench/packs/six')
NAMES = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨'


class Random:
    """Families and their rows; a row is (family, feed, cells)."""

    def __init__(self, seed):
        self.dice, self.people, self.rows, self.serial = random.Random(seed), [], [], 0
        for family in range(FAMILIES):
            self.family(family)

    def some(self, *pairs):
        return self.dice.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]

    def family(self, family):
        members = []
        for place in range(self.dice.choice((1, 1, 2, 2, 3, 4))):
            self.serial += 1
            born = self.some(('1970', 5), ('1995', 3), ('2015', 2)) if place else '1975'
            name = self.dice.choice(NAMES) + self.dice.choice(NAMES)
            members.append((number('%s%02d%02d' % (born, 1 + self.serial % 12, 1 + self.serial // 999), self.serial % 999), name))
        wrong = self.dice.random() < 0.03
        for place, (who, name) in enumerate(members):
            shown = who[:-1] + ('0' if who[-1] != '0' else '1') if wrong and place == len(members) - 1 else who
            self.people.append('H%05d,DIBAO,320581001,2026-07-01,%s,%s,%s,member,%s,%s,%s,%s,%s' % (
                family, shown, name, '其他' if place else '本人', self.some(('0', 5), ('18000', 2), ('', 1)),
                self.some(('0', 9), ('', 1)), self.some(('2026-06-20', 30), ('', 1)), self.some(('是', 1), ('否', 2), ('', 1)),
                self.some(('是', 1), ('否', 2))))
        for feed in FEEDS:
            for _ in range(self.some((0, 4), (1, 4), (2, 2), (3, 1))):
                self.rows += [(family, feed, row) for row in self.asset(members, feed)]

    def asset(self, members, feed):
        """Rows of one thing of one or two members. They do not contradict each other: two balances of one account are
        unknown, and known once one of them is blank; that is no knowing less."""
        self.serial += 1
        share = self.some(('100', 4), ('50', 2), ('', 1))
        kind, status = self.some(('小型轿车', 2), ('摩托车', 3)), self.some(('正常', 4), ('注销', 1))
        use, amount = self.some(('住宅', 3), ('车库', 1)), self.money(60000)
        rows = []
        for who, name in self.dice.sample(members, min(len(members), self.some((1, 3), (2, 1)))):
            shown = self.some((name, 9), ('完颜', 1), ('', 1))
            blank = self.some((lambda x: x, 9), (lambda x: '', 1))
            if feed == 'tax':
                months = self.dice.sample(MONTHS, self.some((1, 2), (6, 1), (12, 1)))
                rows += [[who, shown, m, self.some(('0101', 5), ('0800', 1)), self.money(3000), '', ''] for m in months]
            elif feed == 'real_estate':
                rows.append([who, shown, 'U%06d' % self.serial, '320581001', blank('80.00'), use, share, '2010-01-01', ''])
            elif feed == 'vehicle':
                rows.append([who, shown, '苏EZ%05d' % self.serial, kind, '非营运', '2015-01-01', blank('90000.00'), status])
            else:
                rows.append([who, shown, '102305000001', 'n%08d' % self.serial, 'CUR', blank(amount), '2026-06-30'])
        return rows

    def money(self, most):
        return self.some(('%d.%02d' % (self.dice.randrange(most), self.dice.randrange(100)), 9), ('', 1))


class Laws:
    def __init__(self, seed):
        self.all, self.f, self.seed = Random(seed), Family(scale='0.0001'), seed
        self.batch = self.f.file('applicants', 'batch.csv', *self.all.people)

    def verdicts(self, rows, feeds=FEEDS, old=()):
        """Per pack: outcomes by case."""
        f, data = self.f, self.f.new_data()
        for feed in feeds:
            f.as_of = '2015-01-01' if feed in old else '2026-06-30'
            mine = [','.join(r[2]) for r in rows if r[1] == feed]
            f.ingest(data, feed, f.file(feed, '%s.%d.csv' % (feed, f.runs), *mine),
                     options=('--covers', '2025-07..2026-06') if feed == 'tax' else ())
        return [{k: v['outcome'] for k, v in outcomes(f.verify(data, batch=self.batch, pack=pack)).items()} for pack in PACKS]

    def moves(self, belief, before, after, allowed):
        for pack, was, now in zip(PACKS, before, after):
            moved = {(was[k], now[k]) for k in was if was[k] != now[k]}
            count = sum(was[k] != now[k] for k in was)
            ok(was.keys() == now.keys() and all(allowed(*m) for m in moved),
               'seed %d, %s, %s: %d of %d moved: %s' % (self.seed, os.path.basename(pack), belief, count, len(was), sorted(moved)))

    def run(self):
        rows, dice = self.all.rows, self.all.dice
        base = self.verdicts(rows)
        for pack, was in zip(PACKS, base):
            counts = {o: list(was.values()).count(o) for o in set(was.values())}
            ok(len(counts) >= 3, 'seed %d, %s: %s' % (self.seed, os.path.basename(pack), counts))

        # less is known: an outcome stays, or it becomes incomplete, or a person is asked about the lead that remains
        def less(was, now):
            return now == 'incomplete' or (now == 'review' and was in ('incomplete', 'not_met'))
        for feed in FEEDS:
            for belief, after in (('without ' + feed, self.verdicts(rows, [x for x in FEEDS if x != feed])),
                                  (feed + ' too old', self.verdicts(rows, old=(feed,)))):
                self.moves(belief, base, after, less)
                ok(not any('met' in now.values() for now in after), 'seed %d, %s: nobody is met' % (self.seed, belief))
        spoilt = list(rows)
        for feed, column, value in (('tax', 3, '9999'), ('real_estate', 5, '人防'), ('vehicle', 3, '未知'), ('bank', 5, '1.005')):
            for family in range(FAMILIES):  # one row of each family that has one, refused with a readable owner
                mine = [i for i, r in enumerate(rows) if r[0] == family and r[1] == feed]
                if mine:
                    i = dice.choice(mine)
                    spoilt[i] = (*rows[i][:2], [value if n == column else c for n, c in enumerate(rows[i][2])])
            self.moves('rows of %s refused' % feed, base, self.verdicts(spoilt), less)
        blank = list(rows)
        for feed, column in (('tax', 4), ('real_estate', 4), ('bank', 5)):
            for i in range(len(rows)):
                if rows[i][1] == feed and dice.random() < 0.5:
                    blank[i] = (*blank[i][:2], ['' if n == column else c for n, c in enumerate(blank[i][2])])
        self.moves('half of the values blank', base, self.verdicts(blank), less)
        # more is found: nobody is acquitted
        for feed in FEEDS:
            more = list(rows)
            for family in range(FAMILIES):
                people = [p.split(',') for p in self.all.people if p.startswith('H%05d,' % family)]
                more += [(family, feed, r) for r in self.all.asset([(p[4], p[5]) for p in people], feed)]
            self.moves('one more of %s for each' % feed, base, self.verdicts(more), lambda was, now: now != 'met')


def main():
    for seed in SEEDS:
        laws = Laws(seed)
        try:
            laws.run()
        finally:
            laws.f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
