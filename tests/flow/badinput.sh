#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input at the command line: a refusal or exit code 2 with a sentence in both languages that says where and what to do,
# nothing half published, nothing personal in the messages, and no crash. Also run under sanitizers (HEDUI=build/asan/hedui).
#
# The kinds, by what is wrong (exit):
#   department files   1 cut gzip (2)  2 gzip with something behind it (2)  3 UTF-16 (2)  4 another character set than the mapping's
#     (rows: 1)  5 zeros (2)  6 empty (2)  7 a folder (2)  8 a pipe (2)  9 a socket (2)  10 a device (2)  11 not there (2)  12 not to be
#     read (2)  13 a column missing (2)  14 a column twice (2)  15 no header (2)  16 5,000 columns (2)  17 a line of 10 MB (row: 1)
#     18 an open quote (row: 1)  19 NUL bytes (rows: 1)  20 not one row (2)  21 the same file twice (2)  22 a spreadsheet (2)
#   options            23 days, numbers, sizes, months, divisions, names that are none (2)  24 --mends of nothing, of another's file (2)
#     25 an option twice, unknown, without its value (2)  26 --refused under the data directory (2)
#   places             27 data directory not there (2)  28 is a file (2)  29 read-only (2)  30 results over a file (2)  31 into a folder
#     that cannot be written (2)  32 standard output full (2)
#   mapping, model     33 anchors, tabs, deep nesting, huge values and files, nothing (2)  34 unknown keys, kinds, codes, keys twice (2)
#     35 a feed in their place (2)  36 a folder, a pipe in their place (2)
#   pack               37 a folder without one, a broken file (2)  38 unknown names, wrong types, a rule without an end (2)
#   key                39 short, long, other letters, gone, another one (2)  40 open to others (2)  41 a link, a folder (2)
#   deliveries         42 cut, changed, gone (2)  43 of a newer version (2)  44 a stranger's file under its name (2)
#   snapshots          45 current empty, gone, torn, naming nothing (2)  46 manifests cut (2)  47 no such snapshot (2)
#   batches            48 odd case numbers (0)  49 a person twice, a crowd (1)  50 without a case (0, said)  51 a column missing, a
#     programme that the pack does not serve (2, 1)
#   results            52 explain and replay of no results, of a damaged line, of a case that is not there (2)
set -u
HEDUI=${HEDUI:-build/hedui}
mkdir -p build
work=$(mktemp -d build/badinput.XXXXXX)
trap 'umount "$work/fixed" 2> /dev/null; rm -rf "$work"' EXIT
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
    timeout 60 "$HEDUI" "$@" > "$work/o" 2> "$work/e" # 124: it hung
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
iconv -f utf-8 -t gb18030 "$bank" > "$work/gb.csv"
sed 's/charset: \[utf-8, gb18030\]/charset: utf-8/' $map > "$work/utf8.yaml"
rm -rf "$work/d"
run 1 "GB18030 where the mapping says UTF-8: rows go back" ingest "$work/utf8.yaml" "$work/gb.csv" $day --data "$work/d" --refused "$work/r"
mkfifo "$work/pipe.csv"
ingest 2 "a pipe for a file" "$work/pipe.csv" $day
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$work/socket.csv"
ingest 2 "a socket for a file" "$work/socket.csv" $day
ingest 2 "a device for a file" /dev/zero $day
if [ "$(id -u)" -ne 0 ]; then
    cp "$bank" "$work/closed.csv"
    chmod 000 "$work/closed.csv"
    ingest 2 "a file that may not be read" "$work/closed.csv" $day
else # root may read everything: a file whose bytes the kernel refuses
    ingest 2 "a file that may not be read" /proc/self/mem $day
fi
rm -rf "$work/d"
run 2 "the same file twice" ingest $map "$bank" "$bank" $day --data "$work/d" --refused "$work/r"
[ ! -e "$work/d/current" ]
say $? "the same file twice: nothing was published"
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
{ head -n 1 "$work/gb.csv"; printf '329901193001010000,X,102305000784,'; head -c 65400 /dev/zero | tr '\0' '\261'; echo ',CUR,37.25,2026-06-30'
    sed -n 3p "$work/gb.csv"; } > "$work/wide.csv"
ingest 1 "a number that GB18030 makes longer than 64 KiB is one refused row" "$work/wide.csv" $day
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
run 2 "a mended file of another name" ingest $map "$work/column.csv" --mends "$(ls "$work/data/deliveries" | head -n 1 | cut -c1-12)" --data "$work/data"
run 2 "refused rows under the data directory" ingest $map "$bank" $day --data "$work/data" --refused "$work/data/refused"
run 2 "--data under a folder that takes none" ingest $map "$bank" $day --data /proc/hedui
run 2 "--out under a folder that takes none" verify "$work/c/applicants.csv" --rules $pack --data "$work/data" --out /proc/hedui
mkdir "$work/fixed"
if mount -t tmpfs -o size=8m hedui "$work/fixed" 2> /dev/null; then
    cp -r "$work/data" "$work/fixed/data"
    mount -o remount,ro "$work/fixed"
    run 2 "ingest into a read-only data directory" ingest $map "$bank" $day --data "$work/fixed/data" --refused "$work/r"
    run 2 "results into a read-only folder" verify "$work/c/applicants.csv" --rules $pack --data "$work/data" --out "$work/fixed/out"
    run 0 "verify reads from a read-only data directory" verify "$work/c/applicants.csv" --rules $pack --data "$work/fixed/data" --out "$work/out.ro"
    umount "$work/fixed"
else
    echo "skip - a read-only data directory: no tmpfs may be mounted here"
fi
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
run 2 "a folder for a mapping" feed check "$work" "$bank"
run 2 "a pipe that nobody writes to for a mapping" feed check "$work/pipe.csv" "$bank"
sed 's/code(vehicle_use)/code(no_such)/' rules/model.yaml > "$work/no_such.yaml"
run 2 "a vocabulary with a list that is not there" verify "$work/c/applicants.csv" --rules $pack --data "$work/data" --out "$work/v9" --model "$work/no_such.yaml"
grep -q 'N104.*no_such' "$work/e" && grep -q 'no_such.yaml:[0-9]' "$work/e"
say $? "and it says where"
# a code that no table knows is quoted in refused.csv, a long number in its place is not
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "relation") at = i }
    NR == 2 { $at = "表姐夫" } NR == 4 { $at = "329901197001010017" } { print }' "$work/c/applicants.csv" > "$work/words.csv"
run 1 "a relation that no table knows" verify "$work/words.csv" --rules $pack --data "$work/data" --out "$work/v8"
grep -q 'R-CODE.*"表姐夫"' "$work/v8/refused.csv" && [ "$(grep -c '"R-CODE","relation"' "$work/v8/refused.csv")" -ge 2 ] && ! grep -q 329901 "$work/v8/refused.csv"
say $? "refused.csv quotes the word, not what may be a person's number"
run 2 "--outputs without a name" verify "$work/c/applicants.csv" --rules $pack --data "$work/data" --out "$work/v7" --outputs ''
run 2 "a folder for the model" feed check $map "$bank" --model "$work"
run 2 "a feed for a mapping" feed check "$work/headless.csv" $map
run 2 "a feed for the model" feed check $map "$bank" --model "$work/headless.csv"

# packs
broken_pack() { # TEXT: the pack is on standard input
    rm -rf "$work/pack"
    mkdir "$work/pack"
    cat > "$work/pack/pack.yaml"
    run 2 "pack: $1" verify "$work/c/applicants.csv" --rules "$work/pack" --data "$work/data" --out "$work/o3"
    [ ! -e "$work/o3" ]
    say $? "pack: $1: no results"
}
: | broken_pack "nothing in it"
{ cat $pack/pack.yaml; echo '  - [broken'; } | broken_pack "a broken line"
sed '0,/ is: /s/ is: / is: nobody_knows + /' $pack/pack.yaml | broken_pack "an unknown name"
sed '0,/ is: .*/s// is: "1 + true"/' $pack/pack.yaml | broken_pack "a wrong type"
sed '0,/ is: .*/s// is: "sum("/' $pack/pack.yaml | broken_pack "an expression without an end"
head -c 3000000 /dev/zero | tr '\0' x | broken_pack "a huge file"
head -n 40 "$bank" | broken_pack "a feed in its place"
mkdir "$work/nopack"
run 2 "pack: a folder without one" verify "$work/c/applicants.csv" --rules "$work/nopack" --data "$work/data" --out "$work/o3"

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
copy; echo 00 >> "$work/k/key"; broken "a key that is too long"
copy; tr 0-9a-f g-v < "$work/data/key" > "$work/k/key"; broken "a key of other letters"
copy; mv "$work/k/key" "$work/k/key2"; ln -s key2 "$work/k/key"; broken "a key that is a link"
copy; rm "$work/k/key"; mkdir -m 700 "$work/k/key"; broken "a key that is a folder"
copy; tr 0-9a-f 1-9a-f0 < "$work/data/key" > "$work/k/key"; broken "another key"
first=$(ls "$work/data/deliveries" | head -n 1)
for cut in 0 100 4096 9000; do
    copy; head -c $cut "$work/data/deliveries/$first" > "$work/k/deliveries/$first"; broken "a delivery cut at $cut"
done
copy; rm "$work/k/deliveries/$first"; broken "a delivery is gone"
copy; printf x | dd of="$work/k/deliveries/$first" bs=1 seek=70 conv=notrunc 2> "$work/o"; broken "a byte of the head changed"
copy; printf '\377' | dd of="$work/k/deliveries/$first" bs=1 seek=8 conv=notrunc 2> "$work/o"; broken "a delivery of a newer version"
grep -q 'version' "$work/e"
say $? "a delivery of a newer version: the message says so"
copy; cp "$work/data/deliveries/$(ls "$work/data/deliveries" | tail -n 1)" "$work/k/deliveries/$first"; broken "another delivery under its name"
copy; head -c 100000 /dev/urandom > "$work/k/deliveries/$first"; broken "noise under a delivery's name"
copy; sed 's/^0*4 /00000099 /' "$work/data/current" > "$work/k/current"; broken "current names a snapshot that is not there"
copy; sed 's/ ..../ 0000/' "$work/data/current" > "$work/k/current"; broken "current and manifest do not agree"
copy; head -c 30 "$work/data/current" > "$work/k/current"; broken "current is torn"
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
run 1 "one person twice in a case goes back" verify "$work/double.csv" --rules $pack --data "$work/data" --out "$work/out" --overwrite
{ echo "$head"; yes "T1,$row" | head -n 3000; } > "$work/crowd.csv"
run 1 "a case of 3,000 rows goes back" verify "$work/crowd.csv" --rules $pack --data "$work/data" --out "$work/out" --overwrite
run 2 "results of another run are not written over" verify "$work/numbers.csv" --rules $pack --data "$work/data" --out "$work/out"
run 1 "the same run again is" verify "$work/crowd.csv" --rules $pack --data "$work/data" --out "$work/out"
echo "$head" > "$work/nobody.csv"
run 0 "a batch without a case" verify "$work/nobody.csv" --rules $pack --data "$work/data" --out "$work/out.nobody"
grep -q 'not one case' "$work/o"
say $? "a batch without a case is remarked upon"
sed '1s/relation/xx/' "$work/c/applicants.csv" > "$work/norelation.csv"
run 2 "a batch that lacks a column" verify "$work/norelation.csv" --rules $pack --data "$work/data" --out "$work/out2"
run 2 "a bank feed for a batch" verify "$bank" --rules $pack --data "$work/data" --out "$work/out2"
run 2 "a folder for a batch" verify "$work/c" --rules $pack --data "$work/data" --out "$work/out2"
[ ! -e "$work/out2" ]
say $? "a batch that cannot be read leaves no results"
{ echo "$head"; echo "T1,$row" | sed 's/,DIBAO,/,YILIAO_X,/'; } > "$work/programme.csv"
run 1 "a programme that the pack does not serve goes back" verify "$work/programme.csv" --rules $pack --data "$work/data" --out "$work/out" --overwrite
run 2 "explain a case that is not there" explain "$work/out.nobody" --case nobody
run 2 "explain a folder without results" explain "$work/c" --case x
run 2 "replay a folder without results" replay "$work/c"
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
