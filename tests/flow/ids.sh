#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ids as people copy them: a digest cut, in capitals, with the mark that says it is cut; and what
# names nothing, or too many.
set -u
HEDUI=${HEDUI:-build/hedui}
mkdir -p build
work=$(mktemp -d build/ids.XXXXXX)
trap 'rm -rf "$work"' EXIT
say() { # EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}
"$HEDUI" gen --scale 0.0005 --seed 5 --checked-on 2026-07-01 --out "$work/c" > "$work/o" 2> "$work/e"
for d in tax vehicle; do
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/c/$d.csv" --as-of 2026-06-30 --data "$work/d" > "$work/$d.txt" 2>> "$work/e"
done
"$HEDUI" snapshot list --data "$work/d" > "$work/list"
say $? "snapshot list"
[ "$(grep -c 'tax  2026-06-30  [0-9]* 行 rows' "$work/list")" -eq 2 ] && grep -q 'vehicle  2026-06-30' "$work/list"
say $? "sources, their days and rows stand beside each snapshot"
first=$(sed -n 's/^1 .* \([0-9a-f]*…\).*/\1/p' "$work/list")
for id in 1 "$first" "${first%…}" "${first%…}..." "$(printf %.8s "$first")" "$(echo "${first%…}" | tr a-f A-F)"; do
    "$HEDUI" snapshot show "$id" --data "$work/d" > "$work/o" 2> "$work/e"
    grep -q '快照 snapshot 1$' "$work/o"
    say $? "snapshot show $id"
done
"$HEDUI" verify "$work/c/applicants.csv" --rules rules/jiangsu-dibao --data "$work/d" --out "$work/out" --snapshot "$first" > "$work/o" 2> "$work/e"
[ $? -le 1 ] && grep -q '"snapshot":{"id":1,' "$work/out/run.json"
say $? "verify --snapshot by digest"
for id in 3 0 abc "$(printf %.7s "$first")" 0123456789abcdef zzzzzzzzzz ''; do
    "$HEDUI" snapshot show "$id" --data "$work/d" > "$work/o" 2> "$work/e"
    [ $? -eq 2 ] && [ "$(wc -l < "$work/e")" -eq 2 ]
    say $? "snapshot show '$id' is refused in two languages"
done
tax=$(sed -n 's/^数据 delivery \([0-9a-f]*…\).*/\1/p' "$work/tax.txt")
sed 's/9999/0101/' "$work/c/tax.csv.refused.csv" > "$work/tax.csv.mended.csv"
"$HEDUI" ingest adapters/tax/mapping.yaml "$work/tax.csv.mended.csv" --mends "$tax" --data "$work/d" --refused "$work" > "$work/o" 2> "$work/e"
[ $? -le 1 ] && grep -q '快照 snapshot 3$' "$work/o"
say $? "--mends takes the digest as ingest printed it"
cp "$work/d/snapshots/00000002.json" "$work/keep"
head -c 40 "$work/keep" > "$work/d/snapshots/00000002.json"
"$HEDUI" snapshot list --data "$work/d" > "$work/o" 2> "$work/e" && grep -q '^2 .*damaged' "$work/o" && grep -q '^3 .*current' "$work/o"
say $? "a damaged manifest hides no other snapshot"
