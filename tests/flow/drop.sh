#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# drop.sh: an old snapshot and what only it needs are destroyed with a protocol; killed or failing at any step, the next run
# that writes finishes it, once; what others need stays. Needs a build with failpoints (HEDUI_FP_BIN) for the second part.
set -u
HEDUI=${HEDUI:-build/hedui}
fp=${HEDUI_FP_BIN:-build/fp/hedui}
mkdir -p build
work=$(mktemp -d build/drop.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
say() { # CONDITION-EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - drop: $2"; else echo "not ok - drop: $2"; sed 's/^/    /' "$work/log"; fi
}
ends() { # EXIT WORD TEXT ARGUMENT…
    want=$1 word=$2 text=$3
    shift 3
    "$HEDUI" "$@" > "$work/log" 2>&1
    [ $? -eq "$want" ] && grep -q -e "$word" "$work/log"
    say $? "$text"
}
ingest() { # BINARY FEED DAY
    "$1" ingest "adapters/$2/mapping.yaml" "$work/c/$2.csv" --as-of "$3" --data "$work/data" --refused "$work/refused" \
        > /dev/null 2> "$work/log"
    [ $? -le 1 ]
}
ids() { "$HEDUI" snapshot list --data "$work/data" --json | grep -o '"snapshot":[0-9]*' | cut -d: -f2 | tr '\n' ' '; }
# every delivery that stands is named by a snapshot that stands, and the other way round
named() { cat "$work"/data/snapshots/*.json | grep -o '"delivery":"[0-9a-f]*"' | cut -d'"' -f4 | sort -u; }
stand() { for f in "$work"/data/deliveries/*.hdl; do basename "$f" .hdl; done | sort; }
keys() { for f in "$work"/data/deliveries/*.key; do basename "$f" .key; done | sort; }
lines() { cat "$work/data/protocol.jsonl" 2> /dev/null | grep -c "\"stage\":\"$1\""; }

"$HEDUI" gen --scale 0.002 --seed 12 --checked-on 2026-07-01 --out "$work/c" > "$work/log" 2>&1
ingest "$HEDUI" bank 2026-05-31 && ingest "$HEDUI" vehicle 2026-05-31 && ingest "$HEDUI" bank 2026-06-30 &&
    ingest "$HEDUI" vehicle 2026-06-30
say $? "four snapshots"
"$HEDUI" verify "$work/c/applicants.csv" --rules rules/jiangsu-dibao --data "$work/data" --snapshot 2 --out "$work/out2" \
    > "$work/log" 2>&1
"$HEDUI" verify "$work/c/applicants.csv" --rules rules/jiangsu-dibao --data "$work/data" --out "$work/out4" > "$work/log" 2>&1
cp -R "$work/data" "$work/was"

ends 2 'say why' "without a reason" snapshot drop 2 --data "$work/data"
ends 2 'say why' "a reason of blanks" snapshot drop 2 --reason ' 　' --data "$work/data"
ends 2 'leave the number out' "an identity number in the reason" snapshot drop 2 --reason '329901193001010000 离世' --data "$work/data"
ends 2 'current one' "the current one stays" snapshot drop 4 --reason r --data "$work/data"
ends 2 "no snapshot '9'" "one that never was" snapshot drop 9 --reason r --data "$work/data"
[ ! -e "$work/data/protocol.jsonl" ] && [ "$(stand | wc -l)" -eq 4 ]
say $? "so far nothing has gone"
ends 0 '0 deliveries' "1 needs nothing alone: 2 holds its bank too" snapshot drop 1 --reason 期满 --data "$work/data"
ends 0 '1 deliveries' "2 goes with its bank; 3 holds its vehicles" snapshot drop 2 --reason '保管期满 "2026"' --data "$work/data"
[ "$(ids)" = '3 4 ' ] && [ "$(stand)" = "$(named)" ] && [ "$(stand | wc -l)" -eq 3 ]
say $? "what others need stands"
[ "$(keys)" = "$(stand)" ] && [ "$(ls "$work/was/deliveries" | grep -c '\.key$')" -eq 4 ]
say $? "data keys go with their deliveries, and only they"
python3 - "$work/data/protocol.jsonl" "$work/was" << 'P' > "$work/log" 2>&1
import hashlib, json, os, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert [(l['stage'], l['snapshot']) for l in lines] == [('begin', 1), ('done', 1), ('begin', 2), ('done', 2)], lines
begin = lines[2]
manifest = open(sys.argv[2] + '/snapshots/00000002.json', 'rb').read()
assert begin['snapshot_sha256'] == hashlib.sha256(manifest).hexdigest()
assert begin['reason'] == '保管期满 "2026"' and begin['uid'] == os.getuid() and begin['at'][:2] == '20'
(gone,) = begin['deliveries']
assert gone['data_key'] is True and lines[3]['data_keys_destroyed'] == 1 and lines[1]['data_keys_destroyed'] == 0
assert gone['source'] == 'bank' and gone['as_of'] == '2026-05-31' and gone['rows'] > 100, gone
assert gone['bytes'] == os.path.getsize('%s/deliveries/%s.hdl' % (sys.argv[2], gone['delivery']))
assert os.stat(sys.argv[1]).st_mode & 0o777 == 0o600
P
say $? "the protocol says what, when, why, who, how many rows"
ends 2 'was destroyed at' "the snapshot that went says so" snapshot show 2 --data "$work/data"
ends 2 'was destroyed at' "and so does a replay of its verdicts" replay "$work/out2" --data "$work/data"
ends 2 'was destroyed at' "it does not go twice" snapshot drop 2 --reason r --data "$work/data"
ends 0 'byte for byte' "the current one answers as before" replay "$work/out4" --data "$work/data"
mv "$work/data/current" "$work/current"
ends 2 'current is missing' "a lost current is still an error" verify "$work/c/applicants.csv" --rules rules/jiangsu-dibao \
    --data "$work/data" --out "$work/out"
mv "$work/current" "$work/data/current"
ingest "$HEDUI" bank 2026-07-31 && [ "$(ids)" = '3 4 5 ' ]
say $? "numbers are not given twice"

# a reader holds its snapshot
python3 - "$work/data/snapshots/00000003.json" "$work/held" << 'P' &
import fcntl, os, sys, time
f = open(sys.argv[1])
fcntl.flock(f, fcntl.LOCK_SH)
open(sys.argv[2], 'w')
while os.path.exists(sys.argv[2]):
    time.sleep(0.01)
P
reader=$!
while [ ! -e "$work/held" ]; do sleep 0.05; done
ends 2 'being read' "a snapshot that is being read stays" snapshot drop 3 --reason r --data "$work/data"
[ "$(lines begin)" -eq 2 ]
say $? "and nothing is announced"
rm "$work/held"
wait "$reader"
printf '{"act":"drop","stage":"beg' >> "$work/data/protocol.jsonl"
ends 0 'is destroyed' "a cut last line is no announcement" snapshot drop 3 --reason r --data "$work/data"
[ "$(lines begin)" -eq 3 ] && [ "$(wc -l < "$work/data/protocol.jsonl")" -eq 6 ]
say $? "and leaves no trace"

fresh() { rm -rf "$work/data"; cp -R "$work/was" "$work/data"; rm -f "$work/data/snapshots/00000001.json"; }
# an order that was cut short, given again: what it announced is done, though its snapshot has no name any more
if [ -x "$fp" ]; then
    fresh
    HEDUI_FP=index.drop.delivery:kill "$fp" snapshot drop 2 --reason r --data "$work/data" > "$work/log" 2>&1
    [ "$(lines done)" -eq 0 ] && [ "$(ids)" = '3 4 ' ]
    say $? "cut short after the announcement"
    ends 2 '1 destructions cut short before are finished now' "given again it is finished" snapshot drop 2 --reason r \
        --data "$work/data"
    [ "$(lines begin)" -eq 1 ] && [ "$(lines done)" -eq 1 ] && [ "$(stand)" = "$(named)" ]
    say $? "announced once, confirmed once"
fi

[ -x "$fp" ] || { echo "skip - drop: crashes: $fp is not built"; exit 0; }
fresh
HEDUI_FP_LIST="$work/points" "$fp" snapshot drop 2 --reason r --data "$work/data" > /dev/null 2>&1
[ "$(sort -u "$work/points" | wc -l)" -ge 6 ]
say $? "the steps are known: $(sort -u "$work/points" | wc -l)"
for action in kill eio; do
    for point in $(sort -u "$work/points"); do
        for nth in $(seq "$(grep -cx "$point" "$work/points")"); do
            fresh
            HEDUI_FP="$point:$action@$nth" "$fp" snapshot drop 2 --reason r --data "$work/data" > /dev/null 2>&1
            code=$?
            why=
            [ "$code" -gt 1 ] || why="said done"
            "$HEDUI" replay "$work/out4" --data "$work/data" > "$work/log" 2>&1 || why="$why; the current one is hurt"
            [ "$(lines begin)" -eq 1 ] || [ "$(ids)" = '2 3 4 ' ] || why="$why; gone without a word: $(ids)"
            ingest "$fp" bank 2026-07-31 || why="$why; the next ingest fails"
            if [ "$(lines begin)" -eq 1 ]; then
                [ "$(ids)" = '3 4 5 ' ] || why="$why; announced and not finished: $(ids)"
            fi
            [ "$(lines begin)" = "$(lines done)" ] || why="$why; not confirmed"
            [ "$(stand)" = "$(named)" ] || why="$why; deliveries are not those of the snapshots"
            if [ -z "$why" ]; then echo "ok - drop: $action at $point, passing $nth"
            else echo "not ok - drop: $action at $point, passing $nth: $why"; fi
        done
    done
done
