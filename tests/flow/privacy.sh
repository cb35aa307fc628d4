#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# privacy.sh: what may not rest and may not be said. Numbers and names of a whole county are looked for, byte by byte, in the data
# directory, the results, the messages and the explanations; also what no mapping declares.
set -u
HEDUI=${HEDUI:-build/hedui}
mkdir -p build
work=$(mktemp -d build/privacy.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
say() { # EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}
none() { # PATTERNS TEXT FILE…: none of the lines of PATTERNS in the files
    patterns=$1 text=$2
    shift 2
    [ -s "$patterns" ] || { echo "not ok - $text: nothing to look for"; return; }
    found=$(LC_ALL=C grep -raloFf "$patterns" "$@" | tr '\n' ' ')
    if [ -z "$found" ]; then echo "ok - $text"; else echo "not ok - $text: in $found"; fi
}

"$HEDUI" gen --scale 0.002 --seed 6 --dirt 5 --checked-on 2026-07-01 --out "$work/c" > /dev/null 2>&1
# a column that no mapping declares
sed -e '1s/$/,mobile/' -e '2,$s/$/,13900SECRET/' "$work/c/tax.csv" > "$work/tax.csv" && mv "$work/tax.csv" "$work/c/tax.csv"
for d in tax real_estate vehicle bank; do
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/c/$d.csv" --as-of 2026-06-30 --data "$work/data" \
        --refused "$work/refused" >> "$work/said" 2>&1
    [ $? -le 1 ] || echo "not ok - privacy: ingest $d"
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/c/$d.csv" --as-of 2026-06-30 --data "$work/data" \
        --refused "$work/refused" --json >> "$work/said" 2>&1
done
"$HEDUI" verify "$work/c/applicants.csv" --rules rules/jiangsu-dibao --data "$work/data" --out "$work/out" \
    --reports >> "$work/said" 2>&1
[ $? -le 1 ] || echo "not ok - privacy: verify"
"$HEDUI" snapshot show --data "$work/data" --json >> "$work/said" 2>&1
for case in $(cut -d'"' -f4 "$work/out/verdicts.jsonl" | head -n 10); do
    "$HEDUI" explain "$work/out" --case "$case" >> "$work/said" 2>&1
    "$HEDUI" explain "$work/out" --case "$case" --lang en >> "$work/said" 2>&1
done
# what people do wrong: the wrong mapping, a file that is no table, a row cut short, a number where a path should be
head -n 3 "$work/c/bank.csv" | tail -n 1 > "$work/c/headless.csv"
{ head -n 2 "$work/c/bank.csv"; sed -n 3p "$work/c/bank.csv" | cut -c1-25; } > "$work/c/short.csv"
for f in tax headless short; do
    "$HEDUI" ingest adapters/bank/mapping.yaml "$work/c/$f.csv" --as-of 2026-06-30 --data "$work/data2" \
        --refused "$work/refused2" >> "$work/said" 2>&1
done
"$HEDUI" verify "$work/c/headless.csv" --rules rules/jiangsu-dibao --data "$work/data" --out "$work/out2" >> "$work/said" 2>&1

cat "$work/c/tax.csv" "$work/c/real_estate.csv" "$work/c/vehicle.csv" "$work/c/bank.csv" > "$work/feeds"
{ cut -d, -f1 "$work/feeds"; cut -d, -f5 "$work/c/applicants.csv"; } | grep -aE '^[0-9]{14,17}[0-9Xx]$' | sort -u > "$work/ids"
# a short name may be part of a word: those of three characters and more (nine bytes of UTF-8)
{ cut -d, -f2 "$work/feeds"; cut -d, -f6 "$work/c/applicants.csv"; } | LC_ALL=C grep -aE '^[^ -~]{9,}$' | sort -u > "$work/names"
cut -d, -f6 "$work/c/applicants.csv" | LC_ALL=C grep -aE '^[^ -~]{9,}$' | sort -u > "$work/applied"
# what is sealed: a thousand of each sort that the feeds have
for sort in vehicle:3 real_estate:3 bank:4; do
    tail -n +2 "$work/c/${sort%:*}.csv" | cut -d, -f"${sort#*:}" | grep -aE '^[^ "]{8,}$' | sort -u | head -n 1000
done > "$work/sealed"
echo 13900SECRET > "$work/marker"
none "$work/ids" "no number ($(wc -l < "$work/ids")) rests in the data" "$work/data"
none "$work/ids" "no number stands in verdicts, provenance, summary and findings" "$work"/out/*.jsonl "$work"/out/*.json "$work"/out/*.csv
none "$work/ids" "no number stands in a report" "$work/out/reports"
none "$work/ids" "no number is said" "$work/said"
none "$work/names" "no name ($(wc -l < "$work/names")) rests in the data" "$work/data"
none "$work/sealed" "no plate, unit or account number ($(wc -l < "$work/sealed")) rests in the data; of what overflows memory: sealed.py" "$work/data"
none "$work/sealed" "none is said" "$work/said"
none "$work/applied" "no name stands in verdicts, provenance and summary" "$work"/out/*.jsonl "$work"/out/*.json "$work"/out/*.csv
none "$work/names" "no name stands in a report" "$work/out/reports"
none "$work/names" "no name is said" "$work/said"
none "$work/marker" "an undeclared column does not rest" "$work/data"
[ "$(wc -c < "$work/said")" -gt 5000 ]
say $? "there was much to say"
open=$(find "$work/data" "$work/refused" "$work/out" -type f -perm /077 | head -n 3 | tr '\n' ' ')
[ -z "$open" ]
say $? "nobody else may read the data, the refused rows and the results${open:+: $open}"
"$HEDUI" ingest adapters/bank/mapping.yaml "$work/c/bank.csv" --as-of 2026-06-30 --data "$work/data" \
    --refused "$work/data/refused" > /dev/null 2>&1
[ $? -eq 2 ] && [ ! -e "$work/data/refused" ]
say $? "refused rows, which are in clear, never go under the data directory"
# another key: the same person is another pseudonym
"$HEDUI" ingest adapters/bank/mapping.yaml "$work/c/bank.csv" --as-of 2026-06-30 --data "$work/other" \
    --refused "$work/refused" > /dev/null 2>&1
! cmp -s "$work/data/key" "$work/other/key"
say $? "each data directory has a key of its own"
