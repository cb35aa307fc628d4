#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# oracle.sh: counties with all kinds of dirt through the engine and through tests/oracle/oracle.py: three packs, every feed or
# one fewer, a month that is missing, an answer too old, a feed too dirty to trust, forms of cells that gen does not make.
# Every household must agree in all that its verdict says. ORACLE_SCALE: size (1 is 20,000 households; default 0.02),
# ORACLE_SEED: another county.
set -u
HEDUI=${HEDUI:-build/hedui}
scale=${ORACLE_SCALE:-0.02}
seed=${ORACLE_SEED:-7}
command -v python3 > /dev/null || { echo "skip - oracle: python3 is not installed"; exit 0; }
mkdir -p build
work=$(mktemp -d build/oracle.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
county=$work/county
failed=0

new_county() { # CHECKED-ON DIRT KINDS
    rm -rf "$work"/*
    seed=$((seed + 1)) runs=''
    "$HEDUI" gen --scale "$scale" --seed "$seed" --dirt "$2" --dirt-kinds "$3" --checked-on "$1" --out "$county" \
        > "$work/log" 2>&1 || { echo "not ok - oracle: gen"; exit 1; }
}

ingest() { # FEED[/PART] AS-OF
    file=$(echo "$1" | tr / .)
    "$HEDUI" ingest "adapters/${1%%/*}/mapping.yaml" "$county/$file.csv" --as-of "$2" --data "$work/data" \
        --refused "$work" --json > "$county/$file.json" 2> "$work/log"
    [ $? -le 1 ] || { echo "not ok - oracle: ingest of $1: $(tail -n 1 "$work/log")"; exit 1; }
    feeds=${feeds:+$feeds,}$1@$2
}

verify() { # PACK FOLDER [CODE]: over what was ingested so far; CODE: the programme that all ask for
    out=$work/out$(echo "$runs" | wc -w)
    sed "s/DIBAO/${3:-DIBAO}/" "$county/applicants.csv" > "$county/batch.csv"
    "$HEDUI" verify "$county/batch.csv" --rules "$2" --data "$work/data" --out "$out" > "$work/log" 2>&1
    [ $? -le 1 ] || { echo "not ok - oracle: verify: $(tail -n 1 "$work/log")"; exit 1; }
    runs="$runs $1:$out:$feeds"
}

compare() {
    # shellcheck disable=SC2086 # a run a word
    python3 tests/oracle/oracle.py "$county" $runs || failed=1
}

dibao=rules/jiangsu-dibao six=bench/packs/six zhichu=rules/jiangsu-zhichu

new_county 2025-01-15 2 all
feeds=''
ingest tax 2025-01-10
ingest real_estate 2025-01-10
ingest bank 2025-01-10
verify six $six
ingest vehicle 2025-01-10
verify six $six
compare

new_county 2026-07-01 1.5 all
feeds=''
ingest tax 2026-06-30
ingest vehicle 2026-06-20
ingest bank 2026-06-30
verify dibao $dibao
ingest real_estate 2026-05-30
verify dibao $dibao
compare

# so many rows without a readable owner that two of the feeds are partial for everyone
new_county 2026-07-01 6 all
feeds=''
for d in tax real_estate vehicle bank; do ingest $d 2026-06-30; done
verify zhichu $zhichu ZHICHU
verify dibao $dibao
verify six $six
compare

# the first month of the window is not delivered, the last was not over; the bank's answer is 61 days old
new_county 2026-07-01 1 sql
feeds=''
grep -v -e ',202507,' -e ',2025-07,' "$county/tax.csv" > "$county/tax.short.csv"
ingest tax/short 2026-06-29
ingest real_estate 2026-06-30
ingest vehicle 2026-06-30
verify dibao $dibao
ingest bank 2026-05-01
verify dibao $dibao
compare
# what gen does not make: other headers, forms of money, days, numbers and names; things that two members hold
new_county 2026-07-01 1 all
feeds=''
python3 tests/oracle/soil.py "$county" "$seed" || failed=1
for d in tax real_estate vehicle bank; do ingest $d 2026-06-30; done
verify dibao $dibao
verify zhichu $zhichu ZHICHU
verify six $six
compare
exit $failed
