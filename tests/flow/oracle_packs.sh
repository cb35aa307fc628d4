#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# oracle_packs.sh: counties through the engine and through tests/oracle/oracle.py: two packs, with all feeds and with one
# fewer; every outcome and every figure, unknown ones too, must agree. ORACLE_SCALE: size (0.05 is 1,000 households).
set -u
HEDUI=${HEDUI:-build/hedui}
scale=${ORACLE_SCALE:-0.05}
command -v python3 > /dev/null || { echo "skip - oracle: python3 is not installed"; exit 0; }
mkdir -p build
work=$(mktemp -d build/oracle.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT

county() { # NAME PACK CHECKED-ON AS-OF SEED DIRT FEED…
    name=$1 pack=$2 checked=$3 as_of=$4 seed=$5 dirt=$6
    shift 6
    rm -rf "$work/c" "$work/data" "$work/out"
    "$HEDUI" gen --scale "$scale" --seed "$seed" --dirt "$dirt" --dirt-kinds sql --checked-on "$checked" \
        --out "$work/c" > "$work/log" 2>&1 || { echo "not ok - oracle $name: gen failed"; return; }
    for d in "$@"; do
        "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/c/$d.csv" --as-of "$as_of" --data "$work/data" \
            --refused "$work" > "$work/log" 2>&1
        [ $? -le 1 ] || { echo "not ok - oracle $name: ingest $d: $(tail -n 1 "$work/log")"; return; }
    done
    "$HEDUI" verify "$work/c/applicants.csv" --rules "$pack" --data "$work/data" --out "$work/out" > "$work/log" 2>&1
    [ $? -le 1 ] || { echo "not ok - oracle $name: verify: $(tail -n 1 "$work/log")"; return; }
    if python3 tests/oracle/oracle.py "$name" "$work/c" "$work/out/verdicts.jsonl" "$@" > "$work/answer" 2>&1; then
        echo "ok - oracle $name, dirt $dirt%, $# feeds: $(head -n 1 "$work/answer")"
    else
        echo "not ok - oracle $name, dirt $dirt%, $# feeds: $(tail -n 1 "$work/answer")"
        sed 's/^#*/#/' "$work/answer"
    fi
}

county six bench/packs/six 2025-01-15 2025-01-10 7 1 tax real_estate vehicle bank
county six bench/packs/six 2025-01-15 2025-01-10 8 1 tax real_estate bank
county dibao rules/jiangsu-dibao 2026-07-01 2026-06-30 9 1 tax real_estate vehicle bank
county dibao rules/jiangsu-dibao 2026-07-01 2026-06-30 10 2 tax vehicle bank
