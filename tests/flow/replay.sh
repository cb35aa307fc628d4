#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# replay.sh: results computed again are the same bytes, with any number of threads and by another build (HEDUI_ALSO); a
# difference is told by case and key; an input that is not the one of then ends it. SCALE=0.1 for a whole batch.
set -u
HEDUI=${HEDUI:-build/hedui}
mkdir -p build
work=$(mktemp -d build/replay.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
TMPDIR=$(cd "$work" && pwd)/tmp
export TMPDIR
mkdir "$TMPDIR"
say() { # CONDITION-EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - replay: $2"; else echo "not ok - replay: $2"; sed 's/^/    /' "$work/log"; fi
}
# ends EXIT WORD TEXT ARGUMENT…: replay ends with EXIT and its words hold WORD
ends() {
    want=$1 word=$2 text=$3
    shift 3
    "$HEDUI" replay "$@" > "$work/log" 2>&1
    [ $? -eq "$want" ] && grep -q -e "$word" "$work/log"
    say $? "$text"
}
"$HEDUI" gen --scale "${SCALE:-0.004}" --seed 11 --checked-on 2026-07-01 --out "$work/c" > "$work/log" 2>&1
for d in tax real_estate vehicle bank; do
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/c/$d.csv" --as-of 2026-06-30 --data "$work/data" \
        --refused "$work/refused" > "$work/log" 2>&1
done
cp -R rules/jiangsu-dibao "$work/pack"
sed -i '3s/^\([^,]*\),[^,]*,/\1,nobody,/' "$work/c/applicants.csv" # the case goes back
"$HEDUI" verify "$work/c/applicants.csv" --rules "$work/pack" --data "$work/data" --out "$work/out" \
    --checked-on 2026-07-01 --purpose 低保 --entrusting-body 民政局 > "$work/log" 2>&1
[ $? -le 1 ]
say $? "a batch is verified"
for threads in 1 2 8; do
    ends 0 'byte for byte' "$threads threads, equal" "$work/out" --threads "$threads"
    [ -z "${HEDUI_ALSO:-}" ] || { first=$HEDUI HEDUI=$HEDUI_ALSO
        ends 0 'byte for byte' "the other build, $threads threads, equal" "$work/out" --threads "$threads"
        HEDUI=$first; }
done
[ -z "$(ls -A "$TMPDIR")" ]
say $? "nothing stays in the temporary folder"
# a replay that is killed: its folder stays for now, and the next one takes it away
bin=${HEDUI_FP_BIN:-build/fp/hedui}
if [ -x "$bin" ]; then
    HEDUI_FP=run.out.rename:kill "$bin" replay "$work/out" > "$work/log" 2>&1
    [ "$(find "$TMPDIR" -name '.tmp-verdicts.jsonl' | wc -l)" -eq 1 ]
    say $? "a killed replay leaves its folder"
    ends 0 'byte for byte' "the next replay" "$work/out"
    [ -z "$(ls -A "$TMPDIR")" ]
    say $? "takes it away"
else
    echo "skip - replay: $bin is not built, so none is killed"
fi
case_no=$(sed -n 2p "$work/out/verdicts.jsonl" | cut -d'"' -f4)
ends 0 "$case_no" "one case, with its explanation" "$work/out" --case "$case_no"
held=$(sed -n 2p "$work/out/refused.csv" | cut -d'"' -f2)
ends 0 'the case went back' "a case that went back" "$work/out" --case "$held"
ends 2 'no such case' "a case that is not there" "$work/out" --case nobody
ends 2 'no run.json' "a folder that holds no results" "$work/c"

# what was computed is not what stands there
cp -R "$work/out" "$work/forged"
sed -i '2s/"outcome":"[a-z_]*"/"outcome":"none"/' "$work/forged/verdicts.jsonl"
ends 1 "case $case_no, outcome" "a changed verdict is told by case and key" "$work/forged"
grep -q 'changed after the run' "$work/log"
say $? "and that the file was changed since"
ends 1 'outcome' "also where it is the one case" "$work/forged" --case "$case_no"
sed -i 2d "$work/forged/verdicts.jsonl"
ends 1 "is there now, was not then, line 2, case $case_no" "a case taken away" "$work/forged"
rm "$work/forged/verdicts.csv"
ends 2 verdicts.csv "a file of results that is gone" "$work/forged"
cp -R "$work/out" "$work/older"
sed -i 's/"engine":"[^"]*"/"engine":"0.0.1"/' "$work/older/run.json"
ends 0 'the engine was 0.0.1 then' "an older engine is told, and compared all the same" "$work/older"
sed -i 's/"hedui_run":1/"hedui_run":9/' "$work/older/run.json"
ends 2 'another version' "a run.json of a later form" "$work/older"

# reports, one by one
"$HEDUI" verify "$work/c/applicants.csv" --rules "$work/pack" --data "$work/data" --out "$work/pages" --reports \
    --checked-on 2026-07-01 --purpose 低保 --entrusting-body 民政局 > "$work/log" 2>&1
count=$(wc -l < "$work/pages/reports/SHA256SUMS")
ends 0 "$count reports compared one by one, 0 not equal" "every report is compared" "$work/pages"
cp -R "$work/pages" "$work/edited"
page=$work/edited/reports/$case_no.html
sed -i '0,/核对/s//和对/' "$page"
ends 1 "$count reports compared one by one, 1 not equal" "a report that somebody edited is found" "$work/edited"
grep -q "^  reports/$case_no.html .*differs, line" "$work/log" && grep -q 'changed after the run' "$work/log"
say $? "and told by name and line"
rm "$page"
ends 1 "reports/$case_no.html .*is there now, was not then" "a report that is gone" "$work/edited"
sed -i "/ $case_no.html/d" "$work/edited/reports/SHA256SUMS"
ends 1 "$count reports compared one by one, 1 not equal" "even where the list hides it" "$work/edited"
echo more >> "$work/pages/reports/SHA256SUMS"
ends 1 'reports/SHA256SUMS .*was there then' "a list of reports that is not the one of then" "$work/pages"

# inputs that are not those of then
back() { rm -rf "$work/data" "$work/pack" "$work/c/applicants.csv"; cp -R "$work/was/." "$work/"; }
mkdir "$work/was"
cp -R "$work/data" "$work/pack" "$work/was/"
mkdir "$work/was/c"
cp "$work/c/applicants.csv" "$work/was/c/"
sed -i '2s/,/ ,/' "$work/c/applicants.csv"
ends 2 applicants.csv "a changed batch" "$work/out"
rm "$work/c/applicants.csv"
ends 2 applicants.csv "a batch that is gone" "$work/out"
ends 0 'byte for byte' "a batch that lies elsewhere now" "$work/out" --batch "$work/was/c/applicants.csv"
back
echo '# seen' >> "$work/pack/pack.yaml"
ends 2 pack.yaml "a changed pack, if only by a comment" "$work/out"
ends 0 'byte for byte' "the pack of then, elsewhere" "$work/out" --rules "$work/was/pack"
back
echo 'hedui: 1' > "$work/pack/more.yaml"
ends 2 more.yaml "one file more in the pack" "$work/out"
back
rm "$work/pack/pack.yaml"
ends 2 pack.yaml "a pack that is gone" "$work/out"
back
for delivery in "$work"/data/deliveries/*.hdl; do
    python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(-100, 2)
    b = f.read(1)[0]
    f.seek(-100, 2)
    f.write(bytes([b ^ 1]))' "$delivery"
    ends 2 "$(basename "$delivery" .hdl | cut -c 1-12)" "one byte of a delivery changed" "$work/out"
    back
    rm "$delivery"
    ends 2 "$(basename "$delivery")" "a delivery that is gone" "$work/out"
    back
done
tr 0-9a-f 1-9a-f0 < "$work/data/key" > "$work/otherkey"
chmod 600 "$work/otherkey"
ends 2 'key' "another key" "$work/out" --key "$work/otherkey"
"$HEDUI" ingest adapters/bank/mapping.yaml "$work/c/bank.csv" --as-of 2026-07-31 --data "$work/data" \
    --refused "$work/refused" > /dev/null 2>&1
ends 0 'byte for byte' "a newer snapshot changes nothing" "$work/out"
ends 0 'byte for byte' "the data directory elsewhere" "$work/out" --data "$work/was/data"
# a batch of several leaves, a file's digest being over those (engine/feed/input.h)
awk -v pad="$(printf '%8000s' '' | tr ' ' x)" 'NR == 1 { print $0 ",pad"; next } { print $0 "," pad }' \
    "$work/c/applicants.csv" > "$work/c/wide.csv"
"$HEDUI" verify "$work/c/wide.csv" --rules rules/jiangsu-dibao --data "$work/data" --out "$work/wide" \
    --checked-on 2026-07-01 --purpose 低保 --entrusting-body 民政局 > "$work/log" 2>&1
[ "$(wc -c < "$work/c/wide.csv")" -gt 1500000 ]
say $? "a batch of $(wc -c < "$work/c/wide.csv") bytes"
ends 0 'byte for byte' "it is replayed, too" "$work/wide"
