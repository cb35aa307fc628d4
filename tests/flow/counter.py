#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a verdict says would change it does: the row named by `without` taken out of the feed stops its rule and a row that
is not named does not; savings brought down to `left_at_most` stop it, one fen more does not; what `missing` names, once
supplied in the files, is missing no more. Random families (properties.py); provenance leads from rows to lines."""
import json
import os
import sys
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, ok  # noqa: E402
from properties import Laws  # noqa: E402
import county as state  # noqa: E402

SEEDS = [int(s) for s in os.environ.get('HEDUI_SEEDS', '1').split()]
PACK = 'rules/jiangsu-dibao'


class Change:
    """One batch of families, asked again after each family was changed in one place."""

    def __init__(self, seed):
        self.laws = Laws(seed)
        self.f, self.seed, self.people = self.laws.f, seed, self.laws.all.people
        self.rows = {feed: [r[2] for r in self.laws.all.rows if r[1] == feed] for feed in FEEDS}

    def ask(self, rows=None, people=None):
        """Verdicts by case, and the line of each row that they name: (case, row) -> (feed, index)."""
        f, data, rows = self.f, self.f.new_data(), rows or self.rows
        for feed in FEEDS:
            f.ingest(data, feed, f.file(feed, '%s.%d.csv' % (feed, f.runs), *[','.join(r) for r in rows[feed]]),
                     options=('--covers', '2025-07..2026-06') if feed == 'tax' else ())
        batch = f.file('applicants', 'batch.%d.csv' % f.runs, *(people or self.people))
        verdicts = {v['case_no']: v for v in map(json.loads, f.verify(data, batch=batch, pack=PACK).decode().splitlines())}
        places = {}
        with open(os.path.join(f.out, 'provenance.jsonl'), encoding='utf-8') as lines:
            for line in map(json.loads, lines):
                for row in line.get('rows', ()):
                    places[line['case_no'], row['row']] = (row['file'].split('.')[0], row['line'] - 2)
        return verdicts, places

    def fires(self, verdict, rule, levels=('deny',)):
        return [f for f in verdict['findings'] if f['rule'] == rule and f['level'] in levels]

    def told(self, belief, bad, count):
        ok(not bad and count > 0, 'seed %d, %s: %d of %d do not%s' % (self.seed, belief, len(bad), count, ' %s' % bad[:3] if bad else ''))

    def without(self, base, places, is_named):
        """One row of one objection of each family is left out."""
        gone, asked = {feed: set() for feed in FEEDS}, {}
        for case, verdict in base.items():
            for f in verdict['findings']:
                named = [c['without'] for c in f.get('counter', ()) if 'without' in c]
                others = [e['row'] for e in f['evidence'] if (case, e['row']) in places and e['row'] not in named]
                chosen = named if is_named else others
                if f['level'] != 'deny' or not chosen or f.get('counter_cut') or case in asked:
                    continue
                row = self.laws.all.dice.choice(chosen)
                asked[case] = f['rule'], row
                feed, index = places[case, row]
                gone[feed].add(index)
        after, _ = self.ask({feed: [r for i, r in enumerate(self.rows[feed]) if i not in gone[feed]] for feed in FEEDS})
        bad = [(case, *a) for case, a in asked.items() if bool(self.fires(after[case], a[0])) == is_named]
        self.told('without the row that it names, an objection falls' if is_named else
                  'without a row that it does not name, an objection stands', bad, len(asked))

    def savings(self, base, places, more):
        """Savings brought down to the value that the finding names, by one account; `more`: and a fen above it."""
        changed, asked = [list(r) for r in self.rows['bank']], []
        for case, verdict in base.items():
            for f in self.fires(verdict, 'savings'):
                if f['compared'][0].get('at_least'):
                    continue
                most = [Decimal(c['left_at_most']) for c in f['counter'] if 'left_at_most' in c]
                delta = Decimal(f['compared'][0]['value']) - most[0] - more
                for e in f['evidence']:
                    feed, index = places[case, e['row']]
                    row = changed[index]
                    alone = sum(r[3] == row[3] for r in changed) == 1 and row[5]
                    if alone and Decimal(row[5]) >= delta:
                        row[5] = '%.2f' % (Decimal(row[5]) - delta)
                        asked.append(case)
                        break
        after, _ = self.ask({**self.rows, 'bank': changed})
        bad = [case for case in asked if bool(self.fires(after[case], 'savings', ('deny', 'ask'))) != bool(more)]
        self.told('a fen above what it names, savings object still' if more else 'savings as low as it names object no more',
                  bad, len(asked))

    def settle(self, base, places):
        """Everything that the doubts miss is supplied, as often as new doubts show."""
        rows = {feed: [list(r) for r in self.rows[feed]] for feed in FEEDS}
        people = [p.split(',') for p in self.people]
        waiting = {case for case, v in base.items() if v['outcome'] == 'incomplete'}
        count, verdicts = len(waiting), base
        filled = {'price': ('vehicle', 6, '90000.00'), 'balance': ('bank', 5, '10.00'), 'amount': ('tax', 4, '10.00'),
                  'area': ('real_estate', 4, '80.00'), 'share': ('real_estate', 6, '100')}
        own = {'student': (11, '否'), 'labour': (12, '否'), 'declared_annual_income': (8, '0')}
        for _ in range(3):
            for case in waiting:
                keys = {m['key']: m['id'] for m in verdicts[case]['members']}
                for cause in [c for f in verdicts[case]['findings'] if f['level'] == 'doubt' for c in f['open']]:
                    parts = cause.split('.')
                    if len(parts) == 4 and (case, '.'.join(parts[:3])) in places:
                        feed, column, value = filled[parts[3]]
                        rows[feed][places[case, '.'.join(parts[:3])][1]][column] = value
                    elif parts[-1] in own:
                        column, value = own[parts[-1]]
                        for p in people:
                            if p[0] == case and not p[column] and (keys[parts[0]] or p[4])[-4:] == p[4][-4:]:
                                p[column] = value
                    elif parts[-1] == 'id_no':
                        for p in people:
                            if p[0] == case:
                                p[4] = right(p[4])
            verdicts, places = self.ask(rows, [','.join(p) for p in people])
            waiting = {case for case in waiting if verdicts[case]['outcome'] == 'incomplete'}
        self.told('what is missing, once supplied, settles', [(c, [f['open'] for f in verdicts[c]['findings']]) for c in sorted(waiting)],
                  count)

    def run(self):
        base, places = self.ask()
        self.without(base, places, True)
        self.without(base, places, False)
        self.savings(base, places, Decimal(0))
        self.savings(base, places, Decimal('0.01'))
        self.settle(base, places)
        seen = [(c, f['rule'], f['zh']) for c, v in base.items() for f in v['findings']]
        ok(len(seen) == len(set(seen)), 'seed %d, no finding stands twice: %d' % (self.seed, len(seen)))
        near = sum(len(v['near']) for v in base.values())
        fired = {(c, f['rule']) for c, v in base.items() for f in v['findings'] if f['level'] in ('deny', 'ask', 'hold')}
        ok(near > 0 and not any((c, n['rule']) in fired for c, v in base.items() for n in v['near']),
           'seed %d, rules that did not fire, and no other, say how near they were: %d' % (self.seed, near))


def right(wrong):
    """The number with its check digit mended."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return wrong[:17] + '10X98765432'[sum(int(c) * w for c, w in zip(wrong, weights)) % 11]


def main():
    for seed in SEEDS:
        change = Change(seed)
        try:
            change.run()
        finally:
            change.f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
