#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same question gives the same bytes: row order, files, character set, threads, keys, repetition.
And the laws of change: a feed less, one row more, no paper."""
import gzip
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, County, failures, ok, outcomes  # noqa: E402
import county as state  # noqa: E402


def copy(c, feed, name, change):
    """A changed copy of a feed: change(header, rows) gives new (header, rows)."""
    with open(c.path(feed + '.csv'), encoding='utf-8') as f:
        header, *rows = f.read().splitlines()
    header, rows = change(header, rows)
    path = os.path.join(c.work, name)
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join([header] + rows) + '\n')
    return path


def same_bytes(c):
    base = c.whole()
    ok(len(base) > 10000, 'a batch gives verdicts')

    def shuffled(header, rows):
        random.Random(5).shuffle(rows)
        return header, rows
    ok(c.whole(**{f: (copy(c, f, f + '.shuffled.csv', shuffled),) for f in FEEDS}) == base, 'shuffled rows')

    def part(n):
        return lambda header, rows: (header, rows[n::3])
    ok(c.whole(**{f: [copy(c, f, '%s.part%d.csv' % (f, n), part(n)) for n in range(3)] for f in FEEDS}) == base,
       'one feed in three files')
    coded = {}
    for f in FEEDS:
        coded[f] = (os.path.join(c.work, f + '.gb.csv'),)
        with open(c.path(f + '.csv'), encoding='utf-8') as text, open(coded[f][0], 'wb') as out:
            out.write(text.read().encode('gb18030'))
    ok(c.whole(**coded) == base, 'GB18030')
    packed = {}
    for f in FEEDS:
        packed[f] = (os.path.join(c.work, f + '.csv.gz'),)
        with open(c.path(f + '.csv'), 'rb') as text, gzip.open(packed[f][0], 'wb') as out:
            out.write(text.read())
    ok(c.whole(**packed) == base, 'gzip')
    # the generator's own: the batch too is packed GB18030
    c.call('gen', '--scale', '0.02', '--seed', '11', '--checked-on', '2026-07-01', '--dirt', '1', '--charset', 'gb18030',
           '--gzip', '--out', os.path.join(c.work, 'packed'))
    data = c.new_data()
    for f in FEEDS:
        c.ingest(data, f, os.path.join(c.work, 'packed', f + '.csv.gz'))
    ok(c.verify(data, batch=os.path.join(c.work, 'packed', 'applicants.csv.gz')) == base, 'a county made as packed GB18030')
    for threads in ('1', '8'):
        ok(c.whole(options=('--threads', threads)) == base, threads + ' threads')
    data = c.new_data()
    for f in FEEDS + FEEDS:
        c.ingest(data, f)
    ok(c.verify(data) == base, 'ingested twice (another key as well)')

    def batch_shuffled():
        with open(c.path('applicants.csv'), encoding='utf-8') as f:
            header, *rows = f.read().splitlines()
        random.Random(6).shuffle(rows)
        path = os.path.join(c.work, 'applicants.shuffled.csv')
        with open(path, 'w', encoding='utf-8') as f:
            f.write('\n'.join([header] + rows) + '\n')
        return path
    ok(c.verify(data, batch=batch_shuffled()) == base, 'shuffled applications')
    return base, data


def fewer_feeds(c, base):
    before = outcomes(base)
    for missing in FEEDS:
        after = outcomes(c.whole(feeds=[f for f in FEEDS if f != missing]))
        moved = [(before[k]['outcome'], after[k]['outcome']) for k in before
                 if before[k]['outcome'] != after[k]['outcome']]
        ok(all(to in ('incomplete', 'review') for _, to in moved) and moved,
           'without %s outcomes move only to incomplete or review (%d of %d)' % (missing, len(moved), len(before)))
        ok(not any(v['outcome'] == 'met' for v in after.values()), 'without %s nobody is met' % missing)


def one_row_more(c, base, data):
    met = [k for k, v in outcomes(base).items() if v['outcome'] == 'met']
    ok(len(met) > 2, 'some households are met')
    with open(c.path('applicants.csv'), encoding='utf-8') as f:
        header, *rows = f.read().splitlines()
    person = {}
    for row in rows:
        cells = row.split(',')
        person.setdefault(cells[0], cells)
    known = met[0]
    number, name = person[known][4:6]

    def car(code):
        return lambda h, r: (h, r + ['%s,%s,苏EZ9999,%s,非营运,2015-01-01,90000.00,正常' % (number, name, code)])
    changed = outcomes(c.whole(vehicle=(copy(c, 'vehicle', 'v1.csv', car('未知车型')),)))
    ok(changed[known]['outcome'] == 'incomplete' and 'A.vehicles@vehicle' in str(changed[known]),
       'a vehicle with an unknown code makes a met household incomplete')
    others = [k for k in changed if k != known and changed[k]['outcome'] != outcomes(base)[k]['outcome']]
    ok(not others, 'and moves nobody else')
    changed = outcomes(c.whole(vehicle=(copy(c, 'vehicle', 'v2.csv', car('小型轿车')),)))
    ok(changed[known]['outcome'] == 'not_met', 'the same row with a known code makes it not_met')
    # mended: the refused row comes back by --mends
    second = c.new_data()
    receipts = {f: c.ingest(second, f, *((os.path.join(c.work, 'v1.csv'),) if f == 'vehicle' else ())) for f in FEEDS}
    refused = receipts['vehicle']['files'][0]['refused_path']
    with open(refused, encoding='utf-8') as f:
        text = f.read().replace('未知车型', '小型轿车').splitlines()
    mended = os.path.join(c.work, 'v1.csv.mended.csv')
    with open(mended, 'w', encoding='utf-8') as f:
        f.write('\n'.join([text[0]] + [r for r in text[1:] if 'Z9999' in r]) + '\n')
    c.ingest(second, 'vehicle', mended, options=('--mends', receipts['vehicle']['delivery']))
    ok(outcomes(c.verify(second))[known] == changed[known], 'mended and fed back, it is as if it had been clean at first')

    def batch(change):
        path = os.path.join(c.work, 'batch%d.csv' % c.runs)
        with open(path, 'w', encoding='utf-8') as f:
            f.write('\n'.join([header] + [change(r) for r in rows]) + '\n')
        return path
    unsigned = batch(lambda r: r.rsplit(',', 1)[0] + ',' if r.startswith(known) else r)
    with_paper = c.verify(data)
    probed = json_probed(c)
    after = outcomes(c.verify(data, batch=unsigned))
    ok(after[known]['outcome'] == 'review' and 'ENG-AUTH' in str(after[known]), 'without authorisation: review')
    members = sum(r.startswith(known) for r in rows)
    ok(json_probed(c) == probed - 4 * members, 'and nothing is looked up: %d fewer probes' % (4 * members))
    ok(outcomes(with_paper)[known]['outcome'] == 'met', 'with it, met again')
    broken = batch(lambda r: r.replace(',户主,', ',房东,') if r.startswith(known) else r)
    ok(known not in outcomes(c.verify(data, batch=broken)), 'one refused member row holds the whole case back')
    with open(os.path.join(c.out, 'refused.csv'), encoding='utf-8') as f:
        ok(known in f.read(), 'refused.csv says so')


def json_probed(c):
    import json
    with open(os.path.join(c.out, 'summary.json'), encoding='utf-8') as f:
        return json.load(f)['probed']


def main():
    c = County(scale='0.02')
    try:
        base, data = same_bytes(c)
        fewer_feeds(c, base)
        one_row_more(c, base, data)
    finally:
        c.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
