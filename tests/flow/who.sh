#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# who.sh: whom a source is asked about (`who` of evidence) is decided before anything is looked up; a rule that cannot be
# computed asks for a person, says where, and hides nothing of the others.
set -u
HEDUI=${HEDUI:-build/hedui}
mkdir -p build
work=$(mktemp -d build/who.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
say() { # CONDITION-EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - who: $2"; else echo "not ok - who: $2"; head -n 5 "$work/log" | sed 's/^/    /'; fi
}
verify() { # PACK OUT
    "$HEDUI" verify "$work/c/applicants.csv" --rules "$1" --data "$work/data" --out "$2" > "$work/log" 2>&1
    [ $? -le 1 ]
}
"$HEDUI" gen --scale 0.004 --seed 21 --checked-on 2026-07-01 --out "$work/c" > "$work/log" 2>&1
for d in tax bank; do
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/c/$d.csv" --as-of 2026-06-30 --data "$work/data" \
        --refused "$work/refused" > "$work/log" 2>&1
done
verify rules/jiangsu-dibao "$work/all"
say $? "the pack as it is"
mkdir "$work/adults"
sed 's/^\( *bank: *{\)/\1who: member.age >= 18, /' rules/jiangsu-dibao/pack.yaml > "$work/adults/pack.yaml"
cmp -s rules/jiangsu-dibao/pack.yaml "$work/adults/pack.yaml"
[ $? -eq 1 ]
say $? "a pack that asks the banks about adults only"
verify "$work/adults" "$work/some"
say $? "it verifies"
python3 - "$work" << 'P' > "$work/log" 2>&1
import json, sys
work = sys.argv[1]
read = lambda name: [json.loads(line) for line in open(work + '/' + name + '/verdicts.jsonl')]
minors = others = 0
for before, after in zip(read('all'), read('some')):
    assert before['case_no'] == after['case_no']
    for member in after['members']:
        key, number = member['key'], member['id']
        if number is None:
            continue
        was, now = before['coverage'][key]['bank'], after['coverage'][key]['bank']
        if now == 'not_applicable':
            minors += 1
            assert was != 'not_applicable'
        else:
            others += 1
            assert was == now, (after['case_no'], key, was, now)
probed = [json.load(open('%s/%s/summary.json' % (work, n)))['probed'] for n in ('all', 'some')]
assert minors > 10 and others > 100, (minors, others)
assert probed[0] - probed[1] <= minors and probed[0] > probed[1], (probed, minors)
P
say $? "minors are not looked up, and nobody else's answer changes"

mkdir "$work/broken"
sed 's/deny_when: savings > savings_limit/deny_when: headcount \/ (headcount - headcount) > 1/' rules/jiangsu-dibao/pack.yaml \
    > "$work/broken/pack.yaml"
line=$(grep -n 'headcount - headcount' "$work/broken/pack.yaml" | cut -d: -f1)
[ -n "$line" ] && verify "$work/broken" "$work/error"
say $? "a rule that divides by nothing loads and verifies"
python3 - "$work" "$line" << 'P' > "$work/log" 2>&1
import json, sys
work, line = sys.argv[1:]
errors = 0
for text in open(work + '/error/verdicts.jsonl'):
    verdict = json.loads(text)
    found = [f for f in verdict['findings'] if f['rule'] == 'ENG-ERROR']
    others = {f['rule'] for f in verdict['findings']} - {'ENG-ERROR'}
    if verdict["figures"].get("headcount") is None:
        continue
    assert len(found) == 1, verdict['case_no']
    assert 'pack.yaml:' + line in found[0]['zh'] and found[0]['level'] == 'ask', found
    assert verdict['outcome'] != 'met'
    errors += 1
    assert 'savings' not in others
assert errors > 20, errors
P
say $? "it asks for a person, and says in which line"
