#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oracle.py COUNTY RUN…: every household of a generated county a second time, from the raw files and the words
of the packs; no line is shared with the engine. RUN is PACK:OUT:FEED[/PART]@AS-OF,…: verdicts and refused.csv in OUT, over
the feeds COUNTY/FEED.csv (or COUNTY/FEED.PART.csv), each with its balance in COUNTY/FEED.json where that is there.

Compares, case by case: who is held back, the outcome, every rule's level, every figure, the causes and bounds of unknown
ones, the coverage table, declared against found. Prints a line a run: `ok - …` or `not ok - …` and what differs. All dirt of
`gen` is known here; cells.py and feeds.py have its rules."""
import csv
import datetime
import json
import os
import re
import sys
from collections import Counter
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cells import REFUSED  # noqa: E402
from feeds import Feed, applications  # noqa: E402
from household import LISTS, Household, Source  # noqa: E402
from packs import PACKS, judged  # noqa: E402


def printed(value):
    """What the engine printed, in the oracle's unit: fen, or square metres, or pieces."""
    if isinstance(value, dict):
        return Fraction(value.get('exact', value.get('rate')))
    if isinstance(value, str):
        return int(Fraction(value) * 100)
    return value


def places(causes):
    """Causes without the number of a row in its list: which row comes first is for other tests."""
    return {re.sub(r'\.\d+\.', '.#.', cause) for cause in causes}


def differences(verdict, expected, h):
    outcome, figures, levels, declared = expected
    if verdict['checked_on'] != h.checked_on.isoformat():
        yield 'checked on %s, expected %s' % (verdict['checked_on'], h.checked_on)
    if verdict['outcome'] != outcome:
        yield 'outcome %s, expected %s' % (verdict['outcome'], outcome)
    got = {f['rule']: f['level'] for f in verdict['findings']}
    for rule in sorted(set(got) | set(levels)):
        if got.get(rule) != levels.get(rule):
            yield '%s is %s, expected %s' % (rule, got.get(rule), levels.get(rule))
    if set(verdict['figures']) != set(figures):
        yield 'figures %s' % sorted(verdict['figures'])
    for name, number in figures.items():
        value, why = printed(verdict['figures'].get(name)), verdict['unknown'].get(name)
        least, most = (printed(verdict.get(key, {}).get(name)) for key in ('at_least', 'at_most'))
        want = (None, number.low, number.high) if number.why else (number.low, None, None)
        if (value, least, most) != want:
            yield '%s is %s, within %s..%s; expected %s, %s..%s' % ((name, value, least, most) + want)
        if places(why or ()) != number.why:
            yield '%s unknown by %s, expected %s' % (name, why, sorted(number.why))
    coverage = {m.key: {s: h.coverage(m, s) for s in LISTS if h.coverage(m, s)} for m in h.parties}
    if verdict['coverage'] != coverage:
        yield 'coverage %s, expected %s' % (verdict['coverage'], coverage)
    if declared is not None and [line['is'] for line in verdict['declared']] != [declared]:
        yield 'declared %s, expected %s' % ([line['is'] for line in verdict['declared']], declared)


class County:
    def __init__(self, path):
        self.path, self.feeds = path, {}
        self.cases, self.held = applications(os.path.join(path, 'applicants.csv'))
        self.people = {m['person'] for members in self.cases.values() for m in members if m['person'] is not REFUSED}

    def feed(self, spec):
        """A feed, read once; and what is wrong with the balance that the engine printed for it."""
        if spec not in self.feeds:
            kind, _, part = spec.partition('/')
            stem = os.path.join(self.path, kind + ('.' + part if part else ''))
            feed = self.feeds[spec] = Feed(kind, stem + '.csv', self.people)
            feed.wrong = []
            if os.path.exists(stem + '.json'):
                with open(stem + '.json', encoding='utf-8') as f:
                    balance = json.load(f)['balance']
                feed.wrong = ['%s: %s %d, expected %d' % (spec, word, balance[word], feed.balance[word])
                              for word in ('physical', 'accepted', 'refused', 'collapsed', 'ignored', 'unplaced')
                              if balance[word] != feed.balance[word]]
        return self.feeds[spec]

    def run(self, pack, out, delivered):
        wrong, seen, figures, leads = [], Counter(), 0, 0
        sources = {}
        for spec in delivered.split(','):
            spec, _, as_of = spec.partition('@')
            kind = spec.partition('/')[0]
            feed = self.feed(spec)
            wrong += feed.wrong
            sources[kind] = Source(feed, datetime.date.fromisoformat(as_of), PACKS[pack].valid_days[kind])
        with open(os.path.join(out, 'verdicts.jsonl'), encoding='utf-8') as f:
            answers = {v['case_no']: v for v in map(json.loads, f)}
        with open(os.path.join(out, 'refused.csv'), encoding='utf-8-sig', newline='') as f:
            held = {row[0] for row in csv.reader(f)} - {'核对编号'}
        wrong += ['%s: %sheld back' % (case, 'not ' if case in self.held else '') for case in sorted(held ^ self.held)]
        for case, rows in self.cases.items():
            h = Household(rows, sources)
            verdict = answers.pop(case, None)
            if verdict is None:
                wrong.append('%s: no verdict' % case)
                continue
            expected = judged(PACKS[pack], h)
            seen[verdict['outcome']] += 1
            figures += len(expected[1])
            leads += 'ENG-NAME' in expected[2]
            wrong += ['%s: %s' % (case, line) for line in differences(verdict, expected, h)]
        wrong += ['%s: a verdict nobody asked for' % case for case in answers]
        print('%s - oracle %s over %s: %d households, %d held back, %d figures, %d with leads: %s%s' % (
            'not ok' if wrong or not self.cases else 'ok', pack, delivered, len(self.cases), len(self.held), figures, leads,
            ', '.join('%s %d' % s for s in sorted(seen.items())), '; %d differences' % len(wrong) if wrong else ''), flush=True)
        for line in wrong[:20]:
            print('# ' + line, flush=True)
        return not wrong


def main(county, *runs):
    county = County(county)
    return 0 if all([county.run(*run.split(':')) for run in runs]) and runs else 1


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
