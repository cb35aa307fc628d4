#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The whole road on a county of 1,000 residents: every verb once, balances, nothing personal in clear.
set -u
HEDUI=${HEDUI:-build/hedui}
work=$(mktemp -d build/smoke.XXXXXX)
trap 'rm -rf "$work"' EXIT
say() { # CONDITION-EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}
"$HEDUI" gen --scale 0.002 --seed 3 --checked-on 2026-07-01 --out "$work/county" 2> "$work/err"
say $? "gen writes a county"
for d in tax real_estate vehicle bank; do
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/county/$d.csv" --as-of 2026-06-30 \
        --data "$work/data" --json > "$work/$d.json" 2>> "$work/err"
    [ $? -le 1 ]
    say $? "ingest takes $d"
    python3 - "$work/$d.json" "$work/county/$d.csv" <<'P'
import json, sys
b = json.load(open(sys.argv[1]))['balance']
rows = sum(1 for _ in open(sys.argv[2], 'rb')) - 1
sys.exit(not b['accepted'] + b['refused'] + b['collapsed'] + b['ignored'] == b['physical'] == rows)
P
    say $? "every row of $d is accounted for"
done
"$HEDUI" snapshot verify --data "$work/data" > /dev/null 2>> "$work/err"
say $? "the snapshot is whole"
[ "$("$HEDUI" snapshot show --data "$work/data" --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["deliveries"]))')" = 4 ]
say $? "the snapshot holds four deliveries"
"$HEDUI" verify "$work/county/applicants.csv" --rules rules/jiangsu-dibao --data "$work/data" \
    --out "$work/out" > /dev/null 2>> "$work/err"
[ $? -le 1 ]
say $? "verify ends"
set --
for d in tax real_estate vehicle bank; do
    set -- "$@" "adapters/$d/mapping.yaml" "$work/county/$d.csv"
done
"$HEDUI" ingest "$@" --as-of 2026-06-30 --data "$work/at_once" > "$work/at_once.log" 2>> "$work/err"
[ $? -le 1 ] && [ "$(grep -c '^数据 delivery' "$work/at_once.log")" = 4 ]
say $? "one ingest takes all four feeds"
"$HEDUI" verify "$work/county/applicants.csv" --rules rules/jiangsu-dibao --data "$work/at_once" \
    --out "$work/out_at_once" > /dev/null 2>> "$work/err"
cmp -s "$work/out/verdicts.jsonl" "$work/out_at_once/verdicts.jsonl"
say $? "and its verdicts are the same bytes"
"$HEDUI" ingest "$@" adapters/bank/mapping.yaml --as-of 2026-06-30 --data "$work/nothing" > /dev/null 2>&1
[ $? -eq 2 ] && [ ! -e "$work/nothing/deliveries" ]
say $? "a mapping without a file stops it before anything is taken"
cases=$(cut -d, -f1 "$work/county/applicants.csv" | tail -n +2 | sort -u | wc -l)
verdicts=$(wc -l < "$work/out/verdicts.jsonl")
held=$(tail -n +2 "$work/out/refused.csv" | cut -d, -f1 | sort -u | wc -l)
[ $((verdicts + held)) -eq "$cases" ]
say $? "every case has a verdict or goes back: $verdicts + $held = $cases"
[ "$(wc -l < "$work/out/provenance.jsonl")" -eq "$verdicts" ]
say $? "provenance stands line for line"
first=$(head -n 1 "$work/out/verdicts.jsonl" | cut -d'"' -f4)
"$HEDUI" explain "$work/out" --case "$first" | grep -q "$first" && "$HEDUI" explain "$work/out" --case "$first" --lang en | grep -q 'Case'
say $? "explain speaks two languages"
# identity numbers: none in clear in the data, the results or the messages
cut -d, -f1 "$work/county/bank.csv" | grep -E '^[0-9]{17}[0-9X]$' | sort -u | head -n 1000 > "$work/ids"
found=$(LC_ALL=C grep -raoFf "$work/ids" "$work/data" "$work/out" "$work/err" | wc -l)
[ "$found" -eq 0 ]
say $? "of $(wc -l < "$work/ids") numbers none rests in clear"
