#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One source that tells of two kinds: each kind has its own state, and an old answer of one is not hidden by the silence of
the other."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import ok  # noqa: E402
from deliveries import A, B, Family  # noqa: E402
import county as state  # noqa: E402

PACK = """hedui: 1
pack: registry
zh: 登记机构
level: county
programme: dibao
facts:
  cars:  {zh: 车辆数, type: int, is: size(vehicles), output: yes}
  homes: {zh: 不动产数, type: int, is: size(properties), output: yes}
rules:
  car:  {zh: 名下有机动车, deny_when: "cars > 0", reason: R1}
  home: {zh: 名下有不动产, deny_when: "homes > 0", reason: R2}
reasons: {R1: {zh: 有车}, R2: {zh: 有房}}
evidence:
  registry: {zh: 登记机构, kinds: [vehicle, property], valid_days: 90, grade: final}
"""
CASES = """base:
  case: {applied_on: 2026-07-01, programme: dibao}
  members: {A: {born: 1980-01-01, vehicles: [{plate: v1, category: car, use: own, status: normal}]}}
tests:
  - {name: 一, expect: {outcome: not_met, reasons: [R1]}}
  - {name: 二, set: {coverage.A.registry.vehicle: 2026-01-15}, expect: {outcome: incomplete, missing: [A.vehicles@registry]}}
  - {name: 三, set: {coverage.A.registry: {vehicle: stale, property: not_answered}}, expect: {outcome: incomplete, missing: [A.properties@registry, A.vehicles@registry]}}
  - {name: 四, set: {coverage.A.registry.property: not_answered}, expect: {outcome: not_met, reasons: [R1]}}
"""
OLD, NEW = '2026-01-15', '2026-06-30'
CAR = '%s,汪建国,苏EZ0001,小型轿车,非营运,2015-01-01,90000.00,正常' % A
HOME = '%s,汪建国,U1,320581001,80.00,住宅,100,2010-01-01,500000.00' % A
# belief; vehicles: day and row, or None; properties: the same; outcome, word, causes, figures
ROWS = (
    ('both fresh, nothing there', (NEW, None), (NEW, None), 'met', 'none', [], (0, 0)),
    ('both fresh, a car', (NEW, CAR), (NEW, None), 'not_met', 'found', [], (1, 0)),
    ('an old car beside silence is no car', (OLD, CAR), None, 'incomplete', 'not_answered',
     ['A.properties@registry', 'A.vehicles@registry'], (None, None)),
    ('an old car beside a fresh answer is no car', (OLD, CAR), (NEW, None), 'incomplete', 'stale',
     ['A.vehicles@registry'], (None, 0)),
    ('old silence about cars is no innocence', (OLD, None), (NEW, None), 'incomplete', 'stale',
     ['A.vehicles@registry'], (None, 0)),
    ('a fresh car objects whatever the other kind is', (NEW, CAR), None, 'not_met', 'not_answered', None, (1, None)),
    ('and beside old homes', (NEW, CAR), (OLD, HOME), 'not_met', 'stale', None, (1, None)),
    ('a fresh home beside an old car', (OLD, CAR), (NEW, HOME), 'not_met', 'stale', None, (None, 1)),
    ('a fresh answer about homes alone', None, (NEW, None), 'incomplete', 'not_answered', ['A.vehicles@registry'], (None, 0)),
)


def causes(verdict, member):
    return sorted({c for f in verdict['findings'] if f['level'] == 'doubt' for c in f['open'] if c.startswith(member)})


def main():
    f = Family(scale='0.0001')
    pack = os.path.join(f.work, 'registry')
    os.makedirs(os.path.join(pack, 'tests'))
    for name, text in (('pack.yaml', PACK), ('tests/all.yaml', CASES)):
        with open(os.path.join(pack, name), 'w', encoding='utf-8') as out:
            out.write(text)
    batch = f.file('applicants', 'batch.csv',
                   'H1,DIBAO,320581001,2026-07-01,%s,汪建国,本人,member,18000,0,2026-06-20,否,是' % A,
                   'H1,DIBAO,320581001,2026-07-01,%s,李芳,配偶,member,0,0,2026-06-20,否,否' % B)
    try:
        for n, (belief, vehicles, properties, outcome, word, missing, figures) in enumerate(ROWS):
            data = f.new_data()
            for feed, said in (('vehicle', vehicles), ('real_estate', properties)):
                if said is not None:
                    f.as_of, row = said
                    f.ingest(data, feed, f.file(feed, '%s%d.csv' % (feed, n), *([row] if row else [])), source='registry')
            v = json.loads(f.verify(data, batch=batch, pack=pack))
            seen = (v['outcome'], v['coverage']['A']['registry'], (v['figures']['cars'], v['figures']['homes']))
            ok(seen == (outcome, word, figures), '%s: %s' % (belief, seen))
            if missing is not None:
                ok(causes(v, 'A.') == missing, '%s: missing %s' % (belief, causes(v, 'A.')))
        said = f.call('rules', 'test', pack)
        ok(said.count('\nok') + said.startswith('ok') == 4 and 'not ok' not in said, 'and so do the tests of a pack: ' + said[-80:])
        silent = [x['zh'] for x in v['findings'] if x['rule'] == 'ENG-SILENT']
        ok('A 登记机构（机动车）未反馈' in silent[0] and '不动产' not in silent[0], 'the finding names the kind: ' + silent[0])
        with open(os.path.join(f.out, 'summary.json'), encoding='utf-8') as s:
            groups = [g['cause'] for g in json.load(s)['incomplete_causes']]
        ok(groups == ['registry × not_answered'], 'and so does the summary: %s' % groups)
    finally:
        f.close()
    return 1 if state.failures else 0


if __name__ == '__main__':
    sys.exit(main())
