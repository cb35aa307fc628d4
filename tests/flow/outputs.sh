#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# outputs.sh: verify --outputs writes what is asked for and nothing else; figures.csv says what verdicts.jsonl says; replay
# compares what was written.
set -u
HEDUI=${HEDUI:-build/hedui}
mkdir -p build
work=$(mktemp -d build/outputs.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
TMPDIR=$(cd "$work" && pwd)/tmp
export TMPDIR
mkdir "$TMPDIR"
say() { # CONDITION-EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - outputs: $2"; else echo "not ok - outputs: $2"; sed 's/^/    /' "$work/log"; fi
}
"$HEDUI" gen --scale 0.004 --seed 7 --checked-on 2026-07-01 --out "$work/c" > "$work/log" 2>&1
for d in tax real_estate vehicle bank; do
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/c/$d.csv" --as-of 2026-06-30 --data "$work/data" \
        --refused "$work/refused" > "$work/log" 2>&1
done
verify() { # OUT ARGUMENT…
    out=$1
    shift
    "$HEDUI" verify "$work/c/applicants.csv" --rules rules/jiangsu-dibao --data "$work/data" --out "$out" "$@" \
        > "$work/log" 2>&1
}
verify "$work/all"
[ $? -le 1 ] && [ ! -e "$work/all/figures.csv" ]
say $? "what is not asked for is not there: figures.csv"
verify "$work/all" --outputs figures.csv
[ $? -le 1 ] && [ -s "$work/all/figures.csv" ] && [ ! -e "$work/all/verdicts.jsonl" ] && \
    [ ! -e "$work/all/provenance.jsonl" ]
say $? "the same run with one output: the others of before are gone"
verify "$work/two" --outputs verdicts.jsonl,figures.csv
[ $? -le 1 ] && [ -s "$work/two/verdicts.jsonl" ] && [ ! -e "$work/two/findings.csv" ]
say $? "two outputs, and no third"
cmp "$work/all/figures.csv" "$work/two/figures.csv" > "$work/log" 2>&1
say $? "figures.csv alone, where findings are named and not told, is the same bytes"
"$HEDUI" replay "$work/two" --data "$work/data" > "$work/log" 2>&1 && ! grep -q findings.csv "$work/log"
say $? "replay compares what was written"
verify "$work/no" --outputs figures
[ $? -eq 2 ] && grep -q 'figures.csv' "$work/log" && [ ! -e "$work/no" ]
say $? "a name that is none: the names that there are, and nothing is written"
verify "$work/no" --outputs figures.csv --reports
[ $? -eq 2 ] && [ ! -e "$work/no" ]
say $? "reports rest on verdicts.jsonl"
# A pack whose program decides most households takes a short way for figures.csv alone; dirt, other names, late and missing
# sources, papers that lack and partial answers must all lead to the same lines.
"$HEDUI" gen --scale 0.004 --seed 11 --dirt 2 --optional --households 900 --checked-on 2026-07-01 --out "$work/d" > "$work/log" 2>&1
for d in tax real_estate vehicle bank; do
    for data in whole part; do
        [ $data$d = partbank ] || "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/d/$d.csv" --as-of 2026-07-05 \
            --data "$work/$data" --refused "$work/refused" > "$work/log" 2>&1
    done
done
mkdir "$work/shared"
cat > "$work/shared/pack.yaml" << 'EOF'
hedui: 1
pack: shared
zh: 共有的算一次
level: county
programme: dibao
facts:
  savings: {zh: 存款, type: money, is: "sum(accounts.map(a, a.balance))", output: yes}
  homes:   {zh: 房屋, type: int, is: "size(properties)", output: yes}
  area:    {zh: 面积, type: rate, is: "sum(properties.map(h, h.area * h.share))", output: yes}
rules:
  rich: {zh: 存款多, deny_when: savings > yuan(30000), reason: RICH}
reasons:
  RICH: {zh: "存款 {savings} 元"}
evidence:
  real_estate: {zh: 不动产, kinds: [property], valid_days: 3650, grade: final}
  bank:        {zh: 银行, kinds: [account], valid_days: 3650, grade: final}
EOF
# engine rules speak of whoever has an invalid number, whatever sources apply to him; a thing speaks by its first row
mkdir "$work/who" "$work/seen"
sed "s/kinds: \[\(property\|account\)\],/kinds: [\1], who: 'member.role == \"member\"',/; s/^pack: shared/pack: who/" \
    "$work/shared/pack.yaml" > "$work/who/pack.yaml"
sed "s/^pack: shared/pack: seen/; s/size(properties)/size(properties.filter(a, a.seen >= date('2026-07-01')))/" \
    "$work/shared/pack.yaml" > "$work/seen/pack.yaml"
grep -q 'who:' "$work/who/pack.yaml" && grep -q 'a.seen' "$work/seen/pack.yaml"
say $? "two packs beside the first"
awk -F, 'NR > 1 && n < 40 && !seen[$1]++ {n++; $5 = "329901198001010000"; $6 = "某某"; $7 = "子"; $8 = "supporter"; OFS = ","; print}' \
    "$work/d/applicants.csv" > "$work/extra"
head -n 1 "$work/d/applicants.csv" | grep -q '^case_no,programme,division,applied_on,id_no,name,relation,role' && [ -s "$work/extra" ] && \
    cat "$work/extra" >> "$work/d/applicants.csv"
say $? "supporters whose number is invalid join the batch"
for pack in "$work/shared" "$work/who" "$work/seen" bench/packs/six-wide bench/packs/six docs/examples/grades docs/examples/supporters docs/examples/assume; do
    for data in whole part; do
        for way in "short --outputs figures.csv" "long --outputs figures.csv,findings.csv"; do
            "$HEDUI" verify "$work/d/applicants.csv" --rules $pack --data "$work/$data" --out "$work/"$way --overwrite \
                > "$work/log" 2>&1
        done
        [ "$(wc -l < "$work/short/figures.csv")" -gt 500 ] && cmp "$work/short/figures.csv" "$work/long/figures.csv" \
            > "$work/log" 2>&1 && cmp "$work/short/summary.json" "$work/long/summary.json" >> "$work/log" 2>&1
        say $? "$(basename "$pack") over $data data: one answer by the short way and the long"
    done
done
python3 - "$work/two" > "$work/log" 2>&1 << 'EOF'
import csv, json, sys
from decimal import Decimal
from fractions import Fraction

verdicts = {}
for line in open(sys.argv[1] + '/verdicts.jsonl', encoding='utf-8'):
    verdict = json.loads(line)
    verdicts[verdict['case_no']] = verdict
rows = list(csv.DictReader(open(sys.argv[1] + '/figures.csv', encoding='utf-8', newline='')))
assert len(rows) == len(verdicts) > 50
known = 0
for row in rows:
    verdict = verdicts[row['case_no']]
    assert row['outcome'] == verdict['outcome'] and row['checked_on'] == verdict['checked_on']
    assert row['reasons'].split() == sorted({f['reason'] for f in verdict['findings']}), row
    assert int(row['members']) == sum(m['role'] == 'member' for m in verdict['members'])
    for name, value in verdict['figures'].items():
        if value is None:
            assert row[name] == '', (name, row)
            continue
        known += 1
        places = 2 if isinstance(value, dict) and 'exact' in value else 4
        if isinstance(value, dict):
            number = Fraction(next(iter(value.values()))) / (100 if places == 2 else 1)
            assert abs(Fraction(Decimal(row[name])) - number) <= Fraction(1, 2 * 10 ** 4), (name, row)
        else:
            assert row[name] == str(value), (name, row)
assert known > 500
EOF
say $? "case for case what verdicts.jsonl says; unknown is blank"
