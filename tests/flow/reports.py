#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reports.py: the report of each household and the pages that lead to them: what stands in them, that nothing in them
runs, that nobody stands in them in clear, and that the same batch gives the same bytes."""
import base64
import csv
import hashlib
import html.parser
import json
import os
import re
import shutil
import stat
import subprocess
import sys

import county as state
from county import County, ok, outcomes

SECTIONS = ('基本情况', '核对结论', '家庭成员与授权', '发现的事项', '申报与核对到的对照', '测算数值', '查询情况', '查到的记录',
            '数据质量说明', '使用说明与有效期', '签章与核验')
ALWAYS = ('只核对，不认定', '只供参考，不能作为唯一依据', '经办人', '复核人', '盖章处', '有效期', '异议', '仅供 某县民政局 使用')
NEVER = ('骗保', '违规', '不批准', '欺诈', '造假')
STATES = {'found': '有记录', 'none': '无记录', 'not_asked': '未查询', 'not_answered': '未反馈', 'partial': '部分反馈',
          'stale': '数据过期', 'not_applicable': '本项目不查询'}
WORDS = {'met': '未见不符', 'not_met': '疑似不符', 'incomplete': '信息不全', 'review': '需人工复核'}
VOID = {'meta', 'br', 'img', 'link', 'input', 'hr'}


class Page(html.parser.HTMLParser):
    """Text, headings, links; what is not balanced or could run is a fault."""

    def __init__(self, source):
        super().__init__()
        self.open, self.faults, self.text, self.links, self.heads, self.states = [], [], [], [], [], []
        self.style = self.policy = ''
        self.feed(source)
        self.close()
        if self.open:
            self.faults.append('left open: %s' % self.open)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ('script', 'iframe', 'object', 'embed', 'img', 'link', 'form', 'base', 'svg'):
            self.faults.append(tag)
        self.faults += [name for name in given if name.startswith('on') or name in ('style', 'src', 'srcset')]
        if tag == 'a':
            self.links.append(given['href'])
        if tag == 'meta' and given.get('http-equiv') == 'Content-Security-Policy':
            self.policy = given['content']
        if tag == 'td' and given.get('class', '').startswith('s-'):
            self.states.append(given['class'][2:])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append('</%s>' % tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == 'style':
            self.style = data
        else:
            self.text.append(data)
            if self.open and self.open[-1] == 'h2':
                self.heads.append(data)

    def whole(self):
        return ''.join(self.text)


def name_of(case_no):
    name = ''.join(chr(b) if re.match(rb'[A-Za-z0-9-]', bytes([b])) else '_%02x' % b for b in case_no.encode())
    if name[0] in 'iI-':
        name = '_%02x' % ord(name[0]) + name[1:]
    if len(name) > 120:
        name = name[:102] + '__' + hashlib.sha256(case_no.encode()).hexdigest()[:16]
    return name + '.html'


def read(path):
    with open(path, encoding='utf-8', newline='') as f:
        return f.read()


def tree(out):
    reports = os.path.join(out, 'reports')
    return {name: read(os.path.join(reports, name)) for name in sorted(os.listdir(reports))}


def batch_of(c):
    """Applications whose reports differ in every way: no authorisation, a bad number, odd case numbers."""
    rows = list(csv.reader(open(c.path('applicants.csv'), encoding='utf-8-sig')))
    head, cases = rows[0], []
    at = {name: head.index(name) for name in head}
    for row in rows[1:]:
        if row[at['case_no']] not in cases:
            cases.append(row[at['case_no']])
        number = cases.index(row[at['case_no']])
        if number == 0:
            row[at['authorised_on']] = ''
        if number == 1:
            row[at['id_no']] = row[at['id_no']][:-1] + ('1' if row[at['id_no']][-1] != '1' else '2')
        row[at['case_no']] = {2: '<script>alert(1)</script>', 3: '../../etc/passwd', 4: 'index', 5: 'INDEX-2',
                              6: '苏核字〔2026〕第0014号"><img src=x onerror=alert(1)>', 7: '-rf',
                              8: "=cmd|' /C calc'!A0", 9: '长' * 60}.get(number, row[at['case_no']])
    path = os.path.join(c.work, 'batch.csv')
    with open(path, 'w', encoding='utf-8', newline='') as f:
        csv.writer(f).writerows([head] + rows[1:])
    return path


OPTIONS = ('--reports', '--entrusting-body', '某县民政局', '--purpose', '核对<b>&"用途', '--entrust-no', "委'15号")


def contents(out, verdicts, pages):
    lines = {json.loads(line)['case_no']: line + b'\n' for line in verdicts.splitlines()}
    run = json.load(open(os.path.join(out, 'run.json'), encoding='utf-8'))
    seen, faults = set(), {key: [] for key in ('shape', 'sections', 'words', 'findings', 'states', 'digest', 'run', 'figures')}
    for case_no, v in outcomes(verdicts).items():
        source = pages[name_of(case_no)]
        page = Page(source)
        text = page.whole()
        seen.add(v['outcome'])
        policy = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
        if page.faults or "default-src 'none'" not in page.policy or "'sha256-%s'" % policy not in page.policy:
            faults['shape'].append((case_no, page.faults))
        if [head.split('、')[1] for head in page.heads] != list(SECTIONS) or case_no not in text:
            faults['sections'].append(case_no)
        if not all(word in text for word in ALWAYS + (WORDS[v['outcome']], v['checked_on'], '核对<b>&"用途', "委'15号")):
            faults['words'].append(case_no)
        for f in v['findings']:
            parts = [f['zh'], f.get('ref', ''), f['rule']] + f['settle'] + [c['limit'] for c in f['compared']]
            parts += [c.get('margin', '') for c in f['compared']]
            faults['findings'] += [(case_no, part) for part in parts if part not in text]
        for item in v['declared']:
            faults['findings'] += [(case_no, item['zh'])] * (item['zh'] not in text or item['stated'] not in text)
        said = [state for state in page.states if state != 'invalid']
        valid = [m['key'] for m in v['members'] if m['id']]
        want = [s for key in valid for s in v['coverage'][key].values()]
        if sorted(said) != sorted(want) or page.states.count('invalid') != 5 * sum(
                m.get('number') == 'invalid' for m in v['members']):
            faults['states'].append((case_no, said, want))
        for m in v['members']:
            if m['name'] not in text or (m['id'] or '无法匹配') not in text:
                faults['words'].append((case_no, m['key']))
        if v['unknown'] and '还不知道' not in text:
            faults['figures'].append(case_no)
        if hashlib.sha256(lines[case_no]).hexdigest() not in text:
            faults['digest'].append(case_no)
        if run['run'] not in text:
            faults['run'].append(case_no)
    ok(seen == set(WORDS), 'reports of every outcome: %s' % ' '.join(sorted(seen)))
    ok(not faults['shape'], 'every report is well formed, loads nothing and runs nothing %s' % faults['shape'][:2])
    ok(not faults['sections'], 'every report has its eleven parts, in order %s' % faults['sections'][:2])
    ok(not faults['words'], 'outcome, caveats, purpose, seal, members stand in every report %s' % faults['words'][:2])
    ok(not faults['findings'], 'every finding stands with limit, margin, reference and cure %s' % faults['findings'][:2])
    ok(not faults['states'], 'every member and source has the state of the verdict %s' % faults['states'][:1])
    ok(not faults['figures'], 'what is unknown says so %s' % faults['figures'][:2])
    ok(not faults['digest'], 'every report bears the digest of its line %s' % faults['digest'][:2])
    ok(not faults['run'], 'and the name of its run %s' % faults['run'][:2])


def persons(c, batch, pages):
    """Numbers and names of the county, none of them in any page."""
    everything = '\n'.join(pages.values())
    numbers, names = set(), set()
    for feed in state.FEEDS:
        for row in list(csv.reader(open(c.path(feed + '.csv'), encoding='utf-8-sig')))[1:]:
            numbers.add(row[0])
            names.add(row[1])
    for row in list(csv.reader(open(batch, encoding='utf-8-sig')))[1:]:
        numbers.add(row[4])
        names.add(row[5])
    numbers = {n for n in numbers if len(n) >= 15}
    names = {n for n in names if len(n) >= 3}  # a short one may be part of a word
    printed = set(re.findall(r'[0-9]{14,17}[0-9Xx]', everything))
    grams = {run[i:i + n] for run in set(re.findall('[\u3400-\u9fff\U00020000-\U0003ffff]{3,}', everything))
             for n in {len(name) for name in names} for i in range(len(run) - n + 1)}
    ok(len(numbers) > 1000 and not numbers & printed, 'none of %d numbers stands in a page' % len(numbers))
    ok(len(names) > 100 and not names & grams, 'none of %d names stands in a page' % len(names))
    ok(not [word for word in NEVER if word in everything], 'no page holds a word of judgement')


def overview(out, verdicts, pages, held):
    page = Page(pages['index.html'])
    cases = outcomes(verdicts)
    links = [link for link in page.links if not link.startswith('index')]
    ok(not page.faults and sorted(links) == sorted(name_of(case_no) for case_no in cases),
       'the overview is well formed and leads to every case once')
    of = {name_of(case_no): v for case_no, v in cases.items()}
    rank = ['not_met', 'review', 'incomplete', 'met']
    order = [rank.index(of[link]['outcome']) for link in links]
    ok(order == sorted(order), 'what matters comes first: not_met, review, incomplete, met')
    holds = ['hold' in [f['level'] for f in of[link]['findings']] for link in links if of[link]['outcome'] == 'review']
    ok(holds == sorted(holds, reverse=True) and any(holds), 'held cases before those that ask')
    counts = {o: sum(v['outcome'] == o for v in cases.values()) for o in rank}
    whole = re.sub(r'\s', '', page.whole())
    ok(all('%d%s' % (counts[o], WORDS[o]) in whole for o in rank), 'the counts are those of the verdicts')
    summary = json.load(open(os.path.join(out, 'summary.json'), encoding='utf-8'))
    causes = pages['index.html'].split('信息不全的原因')[1].split('</table>')[0]
    said = [int(n) for n in re.findall(r'<td class="n">(\d+)</td>', causes)]
    ok(said == [cause['cases'] for cause in summary['incomplete_causes']], 'causes stand grouped, largest first')
    refused = Page(pages['index-refused.html'])
    ok(held in refused.whole() and not refused.faults, 'who went back is listed with the reason')


def narrow(c, pages):
    """A real browser, a window of 520: no page is wider than it. A copy is measured, since the pages allow no script."""
    browser = next(filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))), None)
    if browser is None:
        print('skip - narrow screens: no browser is installed')
        return
    wide = []
    script = '<script>document.title = document.documentElement.scrollWidth + "/" + innerWidth</script></body>'
    longest = max((name for name in pages if not name.startswith('index')), key=lambda name: len(pages[name]))
    for name in ('index.html', 'index-refused.html', longest):
        path = os.path.abspath(os.path.join(c.work, 'measured.html'))
        with open(path, 'w', encoding='utf-8') as f:
            f.write(re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', '', pages[name]).replace('</body>', script))
        done = subprocess.run([browser, '--headless', '--no-sandbox', '--disable-gpu', '--window-size=520,900', '--dump-dom',
                               'file://' + path], capture_output=True, timeout=120, check=False).stdout.decode()
        found = re.search(r'<title>(\d+)/(\d+)</title>', done)
        if found is None or not int(found[1]) <= int(found[2]) <= 700:
            wide.append((name, found and found[0]))
    ok(not wide, 'no page is wider than a narrow window %s' % wide)


def main():
    c = County(scale='0.01', dirt='0')
    try:
        data = c.new_data()
        for feed in state.FEEDS:
            c.ingest(data, feed)
        batch = batch_of(c)
        with open(batch, 'a', encoding='utf-8') as f:
            last = read(batch).splitlines()[-1].split(',')
            last[0], last[6] = 'HELD-1', '房东'
            f.write(','.join(last) + '\r\n')
        verdicts = c.verify(data, batch=batch, options=OPTIONS + ('--threads', '1'))
        out, pages = c.out, tree(c.out)
        contents(out, verdicts, pages)
        persons(c, batch, pages)
        overview(out, verdicts, pages, 'HELD-1')
        narrow(c, pages)
        modes = {stat.S_IMODE(os.stat(os.path.join(out, 'reports', name)).st_mode) for name in pages}
        ok(modes == {0o600} and stat.S_IMODE(os.stat(os.path.join(out, 'reports')).st_mode) == 0o700,
           'nobody else may read them')
        sums = pages['SHA256SUMS']
        said = dict(reversed(line.split('  ')) for line in sums.splitlines())
        ok(said == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in pages.items() if name != 'SHA256SUMS'},
           'SHA256SUMS names every file')
        run = json.load(open(os.path.join(out, 'run.json'), encoding='utf-8'))
        ok(run['outputs']['reports/SHA256SUMS'] == hashlib.sha256(sums.encode()).hexdigest(), 'run.json vouches for it')
        c.verify(data, batch=batch, options=OPTIONS + ('--threads', '8'))
        ok(tree(c.out) == pages, '1 and 8 threads write the same bytes')
        c.call('replay', out, codes=(0,))
        ok(True, 'a replay finds them equal')
        keep = os.path.join(out, 'reports', 'scan.pdf')
        open(keep, 'w').close()
        half = os.path.join(c.work, 'half.csv')
        rows = read(batch).splitlines()
        with open(half, 'w', encoding='utf-8') as f:
            f.write('\n'.join(rows[:20]) + '\n')
        c.call('verify', half, '--rules', 'rules/jiangsu-dibao', '--data', data, '--out', out, '--overwrite', *OPTIONS)
        left = [name for name in os.listdir(os.path.join(out, 'reports')) if name.endswith('.html')]
        ok(0 < len(left) < len(pages) / 2 and os.path.exists(keep),
           'a smaller batch leaves no report of the larger one, and what people keep there stays')
        c.call('verify', half, '--rules', 'rules/jiangsu-dibao', '--data', data, '--out', out, '--overwrite')
        ok(os.listdir(os.path.join(out, 'reports')) == ['scan.pdf'], 'without --reports no older report stays beside new verdicts')
        silent = c.new_data()
        c.ingest(silent, 'tax')
        c.verify(silent, batch=half, options=OPTIONS)
        some = [Page(text) for name, text in tree(c.out).items() if name.endswith('.html') and not name.startswith('index')]
        ok(some and all('not_answered' in p.states and '未反馈' in p.whole() for p in some if 'invalid' not in p.states
                        and 'not_asked' not in p.states), 'a silent source stands as 未反馈, never as 无记录')
    finally:
        c.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
