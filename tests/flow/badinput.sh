#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input at the command line: a refusal or exit code 2 with a sentence in both languages, nothing
# half published, nothing personal in the messages, and no crash.
set -u
HEDUI=${HEDUI:-build/hedui}
mkdir -p build
work=$(mktemp -d build/badinput.XXXXXX)
trap 'rm -rf "$work"' EXIT
map=adapters/bank/mapping.yaml
pack=rules/jiangsu-dibao
: > "$work/all"

say() { # EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}
# run WANTED-EXIT TEXT ARGS…: the exit code, no crash, and for 2 both languages.
run() {
    want=$1 what=$2
    shift 2
    "$HEDUI" "$@" > "$work/o" 2> "$work/e"
    got=$?
    cat "$work/e" >> "$work/all"
    fine=0
    [ "$got" -eq "$want" ] || fine=1
    ! grep -qE 'Sanitizer|runtime error|Assertion' "$work/e" || fine=1
    if [ "$want" -eq 2 ]; then
        LC_ALL=C grep -q '[^ -~]' "$work/e" && grep -q '[a-z] [a-z]' "$work/e" || fine=1
    fi
    say $fine "$what"
    [ $fine -eq 0 ] || sed 's/^/#   /' "$work/e"
}
# ingest WANTED-EXIT TEXT FILE ARGS…: into a new data directory; exit 2 publishes nothing.
ingest() {
    want=$1 what=$2 file=$3
    shift 3
    rm -rf "$work/d"
    run "$want" "$what" ingest "$map" "$file" --data "$work/d" --refused "$work/r" "$@"
    if [ "$want" -eq 2 ]; then
        [ ! -e "$work/d/current" ] && [ -z "$(ls "$work/d/deliveries" 2> /dev/null)" ]
        say $? "$what: nothing was published"
    fi
}
day='--as-of 2026-06-30'

"$HEDUI" gen --scale 0.001 --seed 3 --checked-on 2026-07-01 --out "$work/c" 2> "$work/e"
made=$?
say $made "gen writes a county"
[ $made -eq 0 ] || exit 1
bank=$work/c/bank.csv
for d in tax real_estate vehicle bank; do
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/c/$d.csv" $day --data "$work/data" > "$work/o" 2>> "$work/all"
done

# department files
gzip -c "$bank" | head -c 20000 > "$work/cut.csv.gz"
ingest 2 "a cut gzip file" "$work/cut.csv.gz" $day
{ gzip -c "$bank"; echo junk; } > "$work/tail.csv.gz"
ingest 2 "a gzip file with a tail" "$work/tail.csv.gz" $day
iconv -f utf-8 -t utf-16 "$bank" > "$work/utf16.csv"
ingest 2 "UTF-16" "$work/utf16.csv" $day
head -c 100000 /dev/zero > "$work/zero.csv"
ingest 2 "a file of zeros" "$work/zero.csv" $day
: > "$work/empty.csv"
ingest 2 "an empty file" "$work/empty.csv" $day
ingest 2 "a folder for a file" "$work/c" $day
ingest 2 "a file that is not there" "$work/none.csv" $day
sed '1s/id_no/xx/' "$bank" > "$work/column.csv"
ingest 2 "a missing column" "$work/column.csv" $day
sed '1s/as_of/as_of,id_no/' "$bank" > "$work/twice.csv"
ingest 2 "a column twice" "$work/twice.csv" $day
tail -n +2 "$bank" > "$work/headless.csv"
ingest 2 "no header line" "$work/headless.csv" $day
{ head -n 1 "$bank" | tr -d '\n'; seq -f ',c%g' 5000 | tr -d '\n'; echo; } > "$work/wide.csv"
ingest 2 "5,000 columns" "$work/wide.csv" $day
{ head -n 3 "$bank"; head -c 10000000 /dev/zero | tr '\0' a; echo; sed -n 4,5p "$bank"; } > "$work/long.csv"
ingest 1 "a line of 10 MB is one refused row" "$work/long.csv" $day
{ head -n 3 "$bank"; printf '"3299,x\n'; tail -n 50 "$bank"; } > "$work/quote.csv"
ingest 1 "an open quote" "$work/quote.csv" $day
{ head -n 3 "$bank"; printf 'a\0b\n\0\n'; } > "$work/nul.csv"
ingest 1 "NUL bytes" "$work/nul.csv" $day
{ printf '\357\273\277'; head -n 3 "$bank" | sed 's/$/\r/'; } > "$work/bom.csv"
ingest 0 "a BOM and CRLF" "$work/bom.csv" $day
head -n 1 "$bank" > "$work/header.csv"
ingest 2 "a header and no row" "$work/header.csv" $day
ingest 0 "a header and no row that is meant" "$work/header.csv" $day --allow-empty
grep -q 'not one row' "$work/o"
say $? "a header and no row is remarked upon"

# options: a slip leaves no data directory behind
for slip in '--as-of nonsense' '--as-of 2026-02-30' '--as-of 9999-12-31' '--as-of=' "$day --threads 0" \
    "$day --memory 0" "$day --memory 1K" "$day --covers 2026-05..2026-01" "$day --divisions abc" "$day --divisions ,," \
    "$day --source ../x" "$day --source=" "$day --wait x" "$day --refuse-max -1" "$day --bogus" "$day $day" ''; do
    ingest 2 "ingest $slip" "$bank" $slip
    case $slip in
    *1K*) ;;
    *)
        [ ! -e "$work/d" ]
        say $? "ingest $slip: no folder was made"
        ;;
    esac
done
ingest 2 "--mends of nothing" "$bank" --mends 0123456789
run 2 "verify on a data directory that is not there" verify "$work/c/applicants.csv" --rules $pack --data "$work/typo" --out "$work/out"
[ ! -e "$work/typo" ] && [ ! -e "$work/out" ]
say $? "verify on a data directory that is not there makes no folder"
run 2 "--data is a file" ingest $map "$bank" $day --data "$work/empty.csv"
run 2 "--out is a file" verify "$work/c/applicants.csv" --rules $pack --data "$work/data" --out "$work/empty.csv"
run 2 "no rules" verify "$work/c/applicants.csv" --rules "$work/none" --data "$work/data" --out "$work/out"
run 2 "no such snapshot" verify "$work/c/applicants.csv" --rules $pack --data "$work/data" --out "$work/out" --snapshot 99
if [ -w /dev/full ]; then
    "$HEDUI" snapshot show --data "$work/data" > /dev/full 2>> "$work/all"
    [ $? -eq 2 ]
    say $? "standard output is full"
fi

# files that people wrote; a department's file in their place shows no row of it
wrong() { # TEXT: the mapping is on standard input
    cat > "$work/m.yaml"
    run 2 "mapping: $1" feed check "$work/m.yaml" "$bank"
}
sed 's/^fields:/fields: \&a/' $map | wrong "an anchor"
sed 's/^  owner:/\towner:/' $map | wrong "a tab"
{ cat $map; echo 'unknown: 1'; } | wrong "an unknown key"
sed 's/kind: account/kind: bogus/' $map | wrong "an unknown kind"
sed 's/CUR: current/CUR: bogus/' $map | wrong "an unknown code"
sed 's/version: 1/version: 1\nversion: 2/' $map | wrong "a key twice"
{ printf 'a: '; head -c 100000 /dev/zero | tr '\0' '['; } | wrong "deep nesting"
{ printf 'a: '; head -c 500000 /dev/zero | tr '\0' x; } | wrong "a huge value"
head -c 3000000 /dev/zero | tr '\0' x | wrong "a huge file"
: | wrong "nothing in it"
{ cat $map; sed -n 2p "$bank"; } | wrong "a row pasted behind it"
{ cat $map; sed -n '2s/,.*/: x/p' "$bank"; } | wrong "an identity number for a key"
run 2 "a feed for a mapping" feed check "$work/headless.csv" $map
run 2 "a feed for the model" feed check $map "$bank" --model "$work/headless.csv"

# key, deliveries, snapshots
copy() {
    rm -rf "$work/k"
    cp -r "$work/data" "$work/k"
}
broken() { # TEXT: neither verb goes on
    run 2 "$1 (snapshot verify)" snapshot verify --data "$work/k"
    rm -rf "$work/o2"
    run 2 "$1 (verify)" verify "$work/c/applicants.csv" --rules $pack --data "$work/k" --out "$work/o2"
    [ ! -e "$work/o2" ]
    say $? "$1: no results"
}
copy; head -c 10 "$work/data/key" > "$work/k/key"; broken "a short key"
copy; chmod 644 "$work/k/key"; broken "a key that others may read"
copy; rm "$work/k/key"; broken "the key is gone"
copy; tr 0-9a-f 1-9a-f0 < "$work/data/key" > "$work/k/key"; broken "another key"
first=$(ls "$work/data/deliveries" | head -n 1)
for cut in 0 100 4096 9000; do
    copy; head -c $cut "$work/data/deliveries/$first" > "$work/k/deliveries/$first"; broken "a delivery cut at $cut"
done
copy; rm "$work/k/deliveries/$first"; broken "a delivery is gone"
copy; printf x | dd of="$work/k/deliveries/$first" bs=1 seek=70 conv=notrunc 2> "$work/o"; broken "a byte of the head changed"
copy; : > "$work/k/current"; broken "current is empty"
copy; rm "$work/k/current"; broken "current is gone"
copy; for f in "$work/k/snapshots"/*; do head -c 50 "$f" > "$work/o"; cat "$work/o" > "$f"; done; broken "cut manifests"

# batches
head=$(head -n 1 "$work/c/applicants.csv")
row=$(sed -n '2s/^[^,]*,//p' "$work/c/applicants.csv")
{
    echo "$head"
    for no in '"a""b"' '"=cmd|x"' '"line
break"' '"a,b"' -1 @x '<s>' '"%s%n"'; do echo "$no,$row"; done
} > "$work/numbers.csv"
run 0 "odd case numbers" verify "$work/numbers.csv" --rules $pack --data "$work/data" --out "$work/out"
[ "$(wc -l < "$work/out/verdicts.jsonl")" -eq 8 ] && ! grep -qE '^"?[=@-]' "$work/out/verdicts.csv"
say $? "odd case numbers: eight lines, no formula in the table"
run 0 "explain an odd case number" explain "$work/out" --case 'a"b'
{ echo "$head"; echo "T1,$row"; echo "T1,$row"; } > "$work/double.csv"
run 1 "one person twice in a case goes back" verify "$work/double.csv" --rules $pack --data "$work/data" --out "$work/out"
{ echo "$head"; yes "T1,$row" | head -n 3000; } > "$work/crowd.csv"
run 1 "a case of 3,000 rows goes back" verify "$work/crowd.csv" --rules $pack --data "$work/data" --out "$work/out"
printf '{"case_no":"x","a":[[[\n' > "$work/out/verdicts.jsonl"
run 2 "explain a damaged line" explain "$work/out" --case x

# two at once, and killed
rm -rf "$work/two"
"$HEDUI" ingest $map "$bank" $day --data "$work/two" > "$work/o" 2> "$work/e1" &
"$HEDUI" ingest adapters/tax/mapping.yaml "$work/c/tax.csv" $day --data "$work/two" > "$work/o2.txt" 2> "$work/e2"
wait
[ "$("$HEDUI" snapshot show --data "$work/two" --json | grep -o '"source"' | wc -l)" -eq 2 ]
say $? "two ingests at once both arrive"
for i in 1 2 3 4 5; do
    "$HEDUI" ingest $map "$bank" $day --data "$work/killed" > "$work/o" 2> "$work/e" &
    sleep 0.0$i
    kill -9 $! 2> "$work/e"
    wait $! 2> "$work/e"
done
run 1 "an ingest after five that were killed" ingest $map "$bank" $day --data "$work/killed"
run 0 "its snapshot is whole" snapshot verify --data "$work/killed"
[ -z "$(find "$work/killed" -name '.tmp*' -o -name '*.tmp')" ]
say $? "nothing half done is left"

# no identity number and no name in any message
tail -n +2 "$bank" | cut -d, -f1 | grep -E '^[0-9]{17}[0-9X]$' | sort -u > "$work/ids"
tail -n +2 "$bank" | cut -d, -f2 | sort -u | grep . > "$work/names"
[ -s "$work/ids" ] && [ -s "$work/names" ]
say $? "there are numbers and names to look for"
! LC_ALL=C grep -qFf "$work/ids" "$work/all"
say $? "no identity number in any message"
! awk 'length > 5' "$work/names" | LC_ALL=C grep -qFf - "$work/all"
say $? "no name in any message"
