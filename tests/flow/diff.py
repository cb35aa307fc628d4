#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`rules diff` says what comparing two full runs says: the moves, findings by rule and reason, figures and their money, by
division, the cases of the sheet. Over a county's batch (RUN) and over written households (CASES); for a change of a
parameter, of a rule, of whom a source is asked about, and for packs that mean the same."""
import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import FEEDS, HEDUI, County, ok  # noqa: E402
import county as state  # noqa: E402

PACK = 'rules/jiangsu-dibao'
CHANGES = (  # name, what stood there, what stands there now, the entry that is told
    ('a parameter', 'value: 1208', 'value: 1300', ('param', 'standard', 'altered')),
    ('a rule is another', 'cars > 0', 'cars > 1', ('rule', 'vehicle', 'altered')),
    ('a figure is computed otherwise', 'round: up_yuan', 'round: down_yuan', ('fact', 'allowance', 'altered')),
    ('whom a source is asked about', 'kinds: [account], valid_days: 60,', 'kinds: [account], valid_days: 60, who: member.age >= 16,',
     ('evidence', 'bank', 'altered')),
    ('an answer is sooner too old', 'kinds: [account], valid_days: 60', 'kinds: [account], valid_days: 0', ('evidence', 'bank', 'altered')),
    ('quotes, comments and order only', '  homes_max:', '  # a remark\n  homes_max:', None))


def changed_pack(work, number, old, new):
    path = os.path.join(work, 'pack%d' % number)
    shutil.copytree(PACK, path)
    with open(os.path.join(path, 'pack.yaml'), encoding='utf-8') as f:
        text = f.read()
    assert old in text, old
    with open(os.path.join(path, 'pack.yaml'), 'w', encoding='utf-8') as f:
        f.write(text.replace(old, new, 1))
    return path


def by_case(verdicts):
    return {v['case_no']: v for v in map(json.loads, verdicts.splitlines())}


def names(said):
    """What is gained, lost or of another level, by name, of pairs (old, new) of {name: levels}."""
    out = defaultdict(Counter)
    for old, new in said:
        for name in old.keys() | new.keys():
            if name not in old:
                out[name]['gained'] += 1
            elif name not in new:
                out[name]['lost'] += 1
            elif old[name] - new[name]:
                out[name]['altered'] += 1
    return {name: {k: count[k] for k in ('gained', 'lost', 'altered')} for name, count in out.items()}


def levels(verdict):
    out = defaultdict(set)
    for f in verdict['findings']:
        out[f['rule']].add(f['level'])
    return out


def reasons(verdict):
    return {f['reason']: set() for f in verdict['findings'] if f['level'] != 'doubt'}


def figure(verdict, name):
    return json.dumps([verdict['figures'].get(name), verdict['unknown'].get(name) if 'unknown' in verdict else None,
                       verdict.get('at_least', {}).get(name), verdict.get('at_most', {}).get(name)])


def is_money(value):
    return isinstance(value, str) and value.replace('.', '', 1).replace('-', '', 1).isdigit()


def expected(old, new):
    """The same counts, from the verdicts of two full runs."""
    pairs = [(old[c], new[c]) for c in sorted(old)]
    changed = [o['case_no'] for o, n in pairs if o['outcome'] != n['outcome'] or levels(o) != levels(n) or
               reasons(o) != reasons(n) or any(figure(o, f) != figure(n, f) for f in o['figures'])]
    matrix = Counter((o['outcome'], n['outcome']) for o, n in pairs)
    figures = {}
    for f in pairs[0][0]['figures'] if pairs else ():
        both = [(o['figures'][f], n['figures'][f]) for o, n in pairs]
        figures[f] = {'changed': sum(figure(o, f) != figure(n, f) for o, n in pairs)}
        known = [(Fraction(a), Fraction(b)) for a, b in both if is_money(a) and is_money(b)]
        if any(is_money(a) for a, _ in both):
            figures[f].update(summed=len(known), old='%.2f' % sum(a for a, _ in known), new='%.2f' % sum(b for _, b in known))
    divisions = defaultdict(lambda: dict(cases=0, moved=0, old_met=0, new_met=0))
    for o, n in pairs:
        d = divisions[o['division']]
        d['cases'] += 1
        d['moved'] += o['outcome'] != n['outcome']
        d['old_met'] += o['outcome'] == 'met'
        d['new_met'] += n['outcome'] == 'met'
    return changed, matrix, figures, divisions, pairs


def diffed(*arguments):
    done = subprocess.run([HEDUI, 'rules', 'diff', *arguments, '--json'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr.decode()


def sheet(path):
    with open(path, encoding='utf-8-sig', newline='') as f:
        return [row[0] for row in csv.reader(f)][1:]


def held(name, said, code, out, old, new, entry):
    changed, matrix, figures, divisions, pairs = expected(old, new)
    differs = []

    def want(what, got, wanted):
        if got != wanted:
            differs.append('%s: %s, by two runs %s' % (what, str(got)[:300], str(wanted)[:300]))
    want('exit', code, 0 if entry is None else 1)
    want('meaning', [(m['section'], m['name'], m['is']) for m in said['meaning']], [] if entry is None else [entry])
    want('cases', said['cases'], len(old))
    want('changed', said['changed'], len(changed))
    want('matrix', {(o, n): c for o, row in said['matrix'].items() for n, c in row.items() if c}, dict(matrix))
    want('sheet', sheet(out), changed)
    want('rules', said['rules'], names((levels(o), levels(n)) for o, n in pairs))
    want('reasons', said['reasons'], names((reasons(o), reasons(n)) for o, n in pairs))
    for f, wanted in figures.items():
        got = dict(said['figures'].get(f, {}))
        got.pop('difference', None)
        want('figure ' + f, got, wanted)
    want('divisions', said['divisions'], dict(divisions))
    for sample in said['samples']:
        move = [c for c in sorted(old) if (old[c]['outcome'], new[c]['outcome']) == (sample['old'], sample['new'])]
        want('samples', sample['cases'], move[:5])
    if entry is not None:
        want('cases of the change', said['meaning'][0]['cases'], len(changed))
    ok(not differs, '%s: %d of %d cases changed' % (name, len(changed), len(old)))
    for line in differs[:8]:
        print('# ' + line)


def written(work):
    """Households as `rules eval --in` takes them: the moves are those of their outcomes under either pack."""
    old, new = PACK, changed_pack(work, 99, 'value: 1208', 'value: 1300')
    lines = [json.dumps({'case': {'applied_on': '2026-07-01', 'case_no': 'H%03d' % n}, 'members': {'A': {
        'born': '1980-03-02', 'student': 'no', 'labour': 'yes', 'declared_financial_assets': 0,
        'declared_annual_income': round(12 * income, 2)}}}) for n, income in enumerate((0, 1207.99, 1208, 1299.99, 1300, 1300.01))]
    path = os.path.join(work, 'cases.jsonl')
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(lines) + '\n')
    outcomes = [[json.loads(line)['outcome'] for line in subprocess.run(
        [HEDUI, 'rules', 'eval', pack, '--in', path], stdout=subprocess.PIPE).stdout.splitlines()] for pack in (old, new)]
    out = os.path.join(work, 'cases.csv')
    code, said = diffed(old, new, '--in', path, '--csv', out)
    moves = Counter(zip(*outcomes))
    ok(code == 1 and {(o, n): c for o, row in said['matrix'].items() for n, c in row.items() if c} == moves and
       moves[('not_met', 'review')] == 2, 'written households move as eval says of either pack')
    ok(sheet(out) == ['H%03d' % n for n in range(6)], 'each is in the sheet, for its allowance is another')
    told = [subprocess.run([HEDUI, 'rules', 'explain', pack, '--in', path, '--case', 'H002', *more], stdout=subprocess.PIPE).stdout.decode()
            for pack, more in ((old, ()), (new, ()), (old, ('--lang', 'en')), (old, ('--json',)))]
    ok('INC-01' in told[0] and '1,208.00' in told[0] and 'INC-01' not in told[1] and told[2].startswith('Case H002') and
       json.loads(told[3])['outcome'] == 'not_met', 'one of them in plain words, by either pack')
    ok(subprocess.run([HEDUI, 'rules', 'explain', old, '--in', path, '--case', 'H999'], stderr=subprocess.PIPE).returncode == 2,
       'a case that is not among them is exit 2')
    ok(diffed(old, old, '--in', path)[0] == 0, 'a pack beside itself is exit 0')
    ok(diffed(old, new)[0] == 1 and 'matrix' not in diffed(old, new)[1], 'without households the meaning alone is told')
    with open(path, 'a', encoding='utf-8') as f:
        f.write('{}\n')
    ok(diffed(old, new, '--in', path)[0] == 2, 'a line that is no household is exit 2')


def explained(run, old, new, number):
    """A case of a folder of results in plain words: by its own pack as `explain` tells it, by another as that one's verdict."""
    case = sorted(n for n in old if old[n]['outcome'] != new[n]['outcome'])[0]
    own = subprocess.run([HEDUI, 'rules', 'explain', PACK, '--in', run, '--case', case], stdout=subprocess.PIPE).stdout
    told = subprocess.run([HEDUI, 'explain', run, '--case', case], stdout=subprocess.PIPE).stdout
    ok(own == told and case.encode() in own, 'a case of a run, explained by the pack of then, is what explain says')
    said = subprocess.run([HEDUI, 'rules', 'explain', number, '--in', run, '--case', case, '--json'], stdout=subprocess.PIPE).stdout
    ok(said and json.loads(said) == new[case], 'by a changed pack it is the verdict that this pack would give')
    wrong = subprocess.run([HEDUI, 'rules', 'explain', PACK, '--in', run, '--case', 'nobody'], stderr=subprocess.PIPE)
    ok(wrong.returncode == 2 and b'nobody' in wrong.stderr, 'a case that the batch does not hold is exit 2')


def main():
    c = County(scale='0.05', seed=23)
    data = c.new_data()
    for feed in FEEDS:
        c.ingest(data, feed)
    old = by_case(c.verify(data).decode())
    run = c.out
    for number, (name, was, now, entry) in enumerate(CHANGES):
        pack = changed_pack(c.work, number, was, now)
        new = by_case(c.verify(data, pack=pack).decode())
        out = os.path.join(c.work, 'diff.csv')
        code, said = diffed(PACK, pack, '--in', run, '--csv', out)
        if not isinstance(said, dict):
            ok(False, name + ': ' + said)
            continue
        held(name, said, code, out, old, new, entry)
        if number == 0:
            explained(run, old, new, pack)
        again = [diffed(PACK, pack, '--in', run, '--threads', t)[1] for t in ('1', '4')]
        ok(again == [said, said], name + ': any number of threads')
    wrong = diffed(PACK, 'bench/packs/six', '--in', os.path.join(c.work, 'nothing'))
    ok(wrong[0] == 2, 'a batch that is not there is exit 2')
    written(c.work)
    c.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
