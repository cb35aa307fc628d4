#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every household of a county of 100,000 residents against an independent oracle (Python, raw files).
set -u
HEDUI=${HEDUI:-build/hedui}
work=$(mktemp -d build/oracle.XXXXXX)
trap 'rm -rf "$work"' EXIT
"$HEDUI" gen --scale 0.1 --seed 21 --checked-on 2025-01-15 --dirt-kinds sql --dirt 3 --out "$work/county" || exit 1
for d in tax real_estate vehicle bank; do
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/county/$d.csv" --as-of 2025-01-10 \
        --data "$work/data" > /dev/null 2>&1
    [ $? -le 1 ] || { echo "not ok - oracle: ingest of $d"; exit 1; }
done
"$HEDUI" verify "$work/county/applicants.csv" --rules bench/packs/six --data "$work/data" \
    --out "$work/out" > /dev/null 2>&1
[ $? -le 1 ] || { echo "not ok - oracle: verify"; exit 1; }
if report=$(python3 tests/oracle/six.py "$work/county" "$work/out/verdicts.jsonl"); then
    echo "ok - six: every household equals the oracle ($report)"
else
    echo "not ok - six: $report"
fi
