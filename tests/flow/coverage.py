#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Silence is not innocence, and never the wrong person: one change at a time to one clean county.
A row refused, a month missing, an answer too old, a name that disagrees, one asset more."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, County, ok, outcomes  # noqa: E402
import county as state  # noqa: E402


def read(c, name):
    with open(c.path(name + '.csv'), encoding='utf-8') as f:
        header, *rows = f.read().splitlines()
    return header, [r.split(',') for r in rows]


def write(c, feed, header, rows):
    path = os.path.join(c.work, '%s.%d.csv' % (feed, c.runs))
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join([header] + [','.join(r) for r in rows]) + '\n')
    return path


def changed(c, feed, change):
    """Verdicts where one feed's rows are change(rows)."""
    header, rows = read(c, feed)
    return outcomes(c.whole(**{feed: (write(c, feed, header, change(rows)),)}))


def moved(before, after):
    return [k for k in before if before[k]['outcome'] != after[k]['outcome']]


def refused_rows(c, base, known, number):
    """A readable refusal in any feed opens that source for that person alone."""
    spoilt = {'tax': [number, '', '202601', '9999', '10.00', '', ''],
              'real_estate': [number, '', 'U1', '320581001', '10.00', '人防', '100', '2001-01-01', '1.00'],
              'vehicle': [number, '', '苏EZ0001', '小型轿车', '非营运', '2001-02-30', '1.00', '正常'],
              'bank': [number, '', '102305000001', 'ffff', 'CUR', '1.005', '2026-06-30']}
    for feed in FEEDS:
        after = changed(c, feed, lambda rows, feed=feed: rows + [spoilt[feed]])
        states = [m for m in after[known]['coverage'].values() if m.get(feed) == 'partial']
        ok(len(states) == 1, 'a refused row of %s makes one person partial' % feed)
        ok(after[known]['outcome'] == 'incomplete' and moved(base, after) == [known],
           'and a met household incomplete, nobody else')


def unplaced(c, base):
    """Unreadable refusals past 0.5 % concern everybody."""
    def rows(count):
        return lambda rows: rows + [['1', '', '苏EZ%04d' % i, '小型轿车', '非营运', '2001-01-01', '1.00', '正常']
                                    for i in range(count)]
    size = len(read(c, 'vehicle')[1])
    few, many = changed(c, 'vehicle', rows(size // 1000)), changed(c, 'vehicle', rows(size // 50))
    ok(not moved(base, few), 'a few unreadable rows move nobody')
    ok(not any(v['outcome'] == 'met' for v in many.values()), 'with 2 % unreadable rows nobody is met')
    ok(all(base[k]['outcome'] == many[k]['outcome'] for k in base if base[k]['outcome'] == 'not_met'),
       'and what was found still objects')


def missing_month(c, base):
    months = sorted({r[2] for r in read(c, 'tax')[1]})
    after = changed(c, 'tax', lambda rows: [r for r in rows if r[2] != months[3]])
    ok(len(months) == 12 and not any(v['outcome'] == 'met' for v in after.values()),
       'with one month of tax missing nobody is met')
    name = '@tax:%s-%s' % (months[3][:4], months[3][4:])
    ok(any(name in str(v['unknown']) for v in after.values()), 'the unknown names the month: ' + name)


def too_old(c, base):
    then, c.as_of = c.as_of, '2026-01-01'
    data = c.new_data()
    c.ingest(data, 'vehicle')
    c.as_of = then
    for feed in ('tax', 'real_estate', 'bank'):
        c.ingest(data, feed)
    after = outcomes(c.verify(data))
    ok(not any(v['outcome'] == 'met' for v in after.values()), 'with vehicles of half a year ago nobody is met')
    states = {s for v in after.values() for m in v['coverage'].values() for k, s in m.items() if k == 'vehicle'}
    # nobody asks about a person who did not sign
    ok(states - {'not_asked'} == {'stale'}, 'the coverage says stale: %s' % sorted(states))


def wrong_name(c, known, number, name):
    def car(of):
        return lambda rows: rows + [[number, of, '苏EZ0001', '小型轿车', '非营运', '2015-01-01', '90000.00', '正常']]
    ok(changed(c, 'vehicle', car(name))[known]['outcome'] == 'not_met', 'a vehicle under the right name: not_met')
    after = changed(c, 'vehicle', car('完颜不认识'))[known]
    ok(after['outcome'] == 'review' and 'ENG-NAME' in str(after['findings']),
       'the same vehicle under another name asks for a person: ' + after['outcome'])
    variant = changed(c, 'vehicle', car(name + ' '))[known]
    ok(variant['outcome'] == 'not_met', 'a blank in the name is no other name')


def one_asset_more(c, base):
    """Whoever was objected to stays objected to when more is found, whatever it is."""
    _, batch = read(c, 'applicants')
    people = [(r[4], r[5]) for r in batch]
    more = {'tax': lambda i, n: [*n, '202601', '0101', '1.00', '', ''],
            'real_estate': lambda i, n: [*n, 'U%d' % i, '320581001', '1.00', '住宅', '100', '2001-01-01', '1.00'],
            'vehicle': lambda i, n: [*n, '苏EY%05d' % i, '摩托车', '非营运', '2001-01-01', '1.00', '正常'],
            'bank': lambda i, n: [*n, '102305000001', 'm%d' % i, 'CUR', '0.01', '2026-06-30']}
    for feed in FEEDS:
        after = changed(c, feed, lambda rows, feed=feed: rows + [more[feed](i, n) for i, n in enumerate(people)])
        lost = [k for k in base if base[k]['outcome'] == 'not_met' != after[k]['outcome']]
        ok(not lost, 'one row of %s more for everyone: %d not_met stay so' %
           (feed, sum(v['outcome'] == 'not_met' for v in base.values())))


def main():
    c = County(scale='0.01', seed=12, dirt='0')
    try:
        base = outcomes(c.whole())
        met = [k for k, v in base.items() if v['outcome'] == 'met']
        ok(len(met) > 2 and len(met) < len(base), '%d of %d households are met' % (len(met), len(base)))
        first = next(r for r in read(c, 'applicants')[1] if r[0] == met[0])
        refused_rows(c, base, met[0], first[4])
        unplaced(c, base)
        missing_month(c, base)
        too_old(c, base)
        wrong_name(c, met[0], first[4], first[5])
        one_asset_more(c, base)
    finally:
        c.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
