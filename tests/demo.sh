#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/demo.sh [DIR]: a synthetic county from files to verdicts, in DIR (default build/demo).
# DEMO_SCALE=1 is 1,000,000 residents and 20,000 households; 0.01 takes seconds.
set -eu
hedui=${HEDUI:-build/hedui}
dir=${1:-build/demo}
scale=${DEMO_SCALE:-1}

say() {
    printf '\n== %s\n' "$*"
}

rm -rf "$dir" # only what an earlier demo made
mkdir -p "$dir"

say "a synthetic county, scale $scale"
"$hedui" gen --scale "$scale" --seed 1 --checked-on 2026-07-01 --out "$dir/county"

for department in tax real_estate vehicle bank; do
    say "ingest $department"
    code=0
    "$hedui" ingest "adapters/$department/mapping.yaml" "$dir/county/$department.csv" \
        --as-of 2026-06-30 --data "$dir/data" || code=$?
    # 1: rows were refused, as about one in a hundred of this county should be
    [ "$code" -le 1 ] || exit "$code"
done

say "verify the applications by rules/jiangsu-dibao"
code=0
"$hedui" verify "$dir/county/applicants.csv" --rules rules/jiangsu-dibao --data "$dir/data" \
    --out "$dir/out" --overwrite || code=$?
[ "$code" -le 1 ] || exit "$code"

# a case that was found not to fit, else the first one
case_no=$(grep -m 1 '"outcome":"not_met"' "$dir/out/verdicts.jsonl" ||
    head -n 1 "$dir/out/verdicts.jsonl")
case_no=$(printf '%s\n' "$case_no" | sed 's/.*"case_no":"\([^"]*\)".*/\1/')
say "explain $case_no"
"$hedui" explain "$dir/out" --case "$case_no"

say "summary: $dir/out/summary.json"
cat "$dir/out/summary.json"
printf '\n'
