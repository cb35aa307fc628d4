#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report_words.py: what the pages say where data are poor: rows of another name, blanks, old numbers, months that nobody
delivered, stale and partial sources, papers that do not hold, things of which records disagree."""
import csv
import os
import re
import shutil
import sys

import county as state
from county import County, ok, outcomes
from reports import Page, name_of, tree


class Table:
    """A file of the county, to be changed cell by cell."""

    def __init__(self, path):
        self.path = path
        with open(path, encoding='utf-8-sig', newline='') as f:
            self.head, *self.rows = list(csv.reader(f))

    def of(self, id_no):
        return [row for row in self.rows if row[self.head.index('id_no')] == id_no]

    def put(self, row, **cells):
        for name, value in cells.items():
            row[self.head.index(name)] = value

    def cell(self, row, name):
        return row[self.head.index(name)]

    def write(self):
        with open(self.path, 'w', encoding='utf-8', newline='') as f:
            csv.writer(f).writerows([self.head] + self.rows)


def old_number(id_no):
    return id_no[:6] + id_no[8:17]


def wide(id_no):
    return ''.join(chr(ord(c) + 0xFEE0) for c in id_no)


def poor(c):
    """Changes files so that each case below meets one kind of poor data. Answers {words: case number}."""
    batch = Table(c.path('applicants.csv'))
    feeds = {feed: Table(c.path(feed + '.csv')) for feed in state.FEEDS}
    cases = {}
    for row in batch.rows:
        cases.setdefault(batch.cell(row, 'case_no'), []).append(row)
    plain = [rows for rows in cases.values() if all(batch.cell(row, 'id_no')[6:8] == '19' and batch.cell(row, 'authorised_on')
                                                    and batch.cell(row, 'role') == 'member' for row in rows)]
    want, at = {}, iter(plain)

    def next_with(feed, many=1):
        for rows in at:
            found = feeds[feed].of(batch.cell(rows[0], 'id_no'))
            if len(found) >= many:
                return batch.cell(rows[0], 'case_no'), rows, found
        raise SystemExit('no case with rows of ' + feed)

    case_no, _, found = next_with('bank')
    feeds['bank'].put(found[0], name='魏无此人')
    want['条姓名不符，只作线索，未计入合计'] = want['条记录证件号码相同而姓名不符'] = case_no
    case_no, _, found = next_with('bank')
    feeds['bank'].put(found[0], name='')
    want['条记录或申请表没有姓名，只凭证件号码比对'] = case_no
    case_no, rows, found = next_with('bank')
    feeds['bank'].put(found[0], name=feeds['bank'].cell(found[0], 'name')[0] + '　' + feeds['bank'].cell(found[0], 'name')[1:])
    want['条记录的姓名写法不同'] = case_no
    case_no, rows, found = next_with('vehicle')
    feeds['vehicle'].put(found[0], price_yuan='')
    want['空白，按未知处理'] = case_no
    case_no, rows, found = next_with('vehicle')
    for i in range(120):
        feeds['vehicle'].rows.append(list(found[0]))
        feeds['vehicle'].put(feeds['vehicle'].rows[-1], plate='苏Z%05d' % i)
    want['的上限，请核对数据'] = case_no
    case_no, rows, found = next_with('real_estate')
    other = next(r for r in rows + [None] if r is None or r is not rows[0])
    if other is not None:
        shared = list(found[0])
        feeds['real_estate'].put(found[0], share_percent='50')
        feeds['real_estate'].put(shared, share_percent='50', id_no=batch.cell(other, 'id_no'), name=batch.cell(other, 'name'),
                                 area_m2='77.77')
        feeds['real_estate'].rows.append(shared)
        want['是同一标的，而“'] = case_no
    case_no, rows, found = next_with('bank')
    batch.put(rows[0], id_no=old_number(batch.cell(rows[0], 'id_no')))
    want['申报的是 15 位证件号码，已升为 18 位后查询'] = want['条记录按 15 位号码升位后比对'] = case_no
    rows = next(at)
    batch.put(rows[0], id_no=wide(batch.cell(rows[0], 'id_no')))
    want['全角字符、空格等已折叠后查询'] = batch.cell(rows[0], 'case_no')
    rows = next(at)
    batch.put(rows[0], authorised_on='2026-06-01', auth_until='2026-06-30')
    want['核对基准日授权已截止'] = batch.cell(rows[0], 'case_no')
    rows = next(at)
    batch.put(rows[0], authorised_on='2026-07-02', auth_until='')
    want['核对基准日尚未授权'] = batch.cell(rows[0], 'case_no')
    rows = next(at)
    batch.put(rows[0], auth_until='2026-12-31')
    want['授权最早于 2026-12-31 截止'] = batch.cell(rows[0], 'case_no')
    rows, again = next(at), next(at)
    batch.rows.append(list(rows[0]))
    batch.put(batch.rows[-1], relation='子女', **{name: batch.cell(again[0], name) for name in batch.head[:4] + batch.head[11:17]})
    want['在同一批次的其他案件中也是共同生活成员'] = batch.cell(rows[0], 'case_no')
    rows = next(at)
    batch.put(rows[0], labour='是', student='是')
    want['在读 是'] = batch.cell(rows[0], 'case_no')
    rows = next(at)
    bad = list(feeds['vehicle'].rows[0])
    feeds['vehicle'].rows.append(bad)
    feeds['vehicle'].put(bad, id_no=batch.cell(rows[0], 'id_no'), name=batch.cell(rows[0], 'name'), vehicle_type='飞船')
    want['该来源的部分记录无法读入'] = batch.cell(rows[0], 'case_no')
    for table in [batch, *feeds.values()]:
        table.write()
    return want


def main():
    c = County(scale='0.01', dirt='0')
    try:
        c.call('gen', '--scale', '0.01', '--seed', '11', '--checked-on', '2026-07-01', '--dirt', '0', '--optional', '--out', c.dir)
        want = poor(c)
        data = c.new_data()
        for feed in ('real_estate', 'vehicle'):
            c.ingest(data, feed)
        c.ingest(data, 'tax', options=('--covers', '2025-09..2026-03'))
        c.as_of = '2026-01-31'
        c.ingest(data, 'bank')
        verdicts = c.verify(data, options=('--reports',))
        pages = tree(c.out)
        texts = {name: Page(source) for name, source in pages.items() if name.endswith('.html')}
        ok(not [name for name, page in texts.items() if page.faults], 'every page is well formed')
        cases = outcomes(verdicts)
        for words, case_no in sorted(want.items()):
            ok(case_no in cases and words in texts[name_of(case_no)].whole(), 'it says so: ' + words)
        everything = '\n'.join(page.whole() for page in texts.values())
        plain = next(page.whole() for name, page in texts.items() if not name.startswith('index') and '没有数据（成员' in page.whole())
        ok('2026-04 至 2026-06 没有数据（成员 A' in re.sub(r'\s+', ' ', plain), 'months that nobody delivered are told, in one run')
        for words in ('新生儿，没有号码可查', '另有来源在核对基准日已经过期', '超过 ', '条空白', ' 没有数据'):
            ok(words in everything, 'some page says: ' + words)
        ok(all(word in texts['index.html'].whole() for word in ('数据过期', ' 没有数据')), 'the overview groups them by their causes')
        # nothing known at all
        rows = Table(c.path('applicants.csv'))
        rows.rows = rows.rows[:10]
        for row in rows.rows:
            rows.put(row, authorised_on='')
        rows.path = os.path.join(c.work, 'none.csv')
        rows.write()
        c.verify(data, batch=rows.path, options=('--reports',))
        page = next(Page(text) for name, text in tree(c.out).items() if not name.startswith('index') and name.endswith('.html'))
        ok('没有来源提供有效数据' in page.whole() and '没有授权' in page.whole(), 'a page without any answer says that it decides nothing')
    finally:
        shutil.rmtree(c.work, ignore_errors=True)
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
