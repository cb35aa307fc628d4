#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a doctor must see: each thing that can be wrong, made wrong, is named; nothing is changed or
# made by looking; a healthy directory has no complaint.
set -u
HEDUI=${HEDUI:-build/hedui}
mkdir -p build
work=$(mktemp -d build/doctor.XXXXXX)
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
say() { # EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}
# level CHECK: what the last visit says of it
level() {
    python3 -c '
import json, sys
found = [c["is"] for c in json.load(open(sys.argv[1]))["checks"] if c["name"] == sys.argv[2]]
print(found[0] if len(found) == 1 else "not one")' "$work/o" "$1"
}
# sees EXIT CHECK LEVEL TEXT [ARGS…]: a visit of $work/k
sees() {
    want=$1 check=$2 is=$3 what=$4
    shift 4
    "$HEDUI" doctor --data "$work/k" --json "$@" > "$work/o" 2> "$work/e"
    got=$?
    [ $got -eq "$want" ] && [ "$(level "$check")" = "$is" ] && ! grep -qE 'Sanitizer|runtime error' "$work/e"
    say $? "$what"
    [ $got -eq "$want" ] || sed 's/^/#   /' "$work/o"
}
copy() {
    rm -rf "$work/k"
    cp -Rp "$work/data" "$work/k"
}

"$HEDUI" gen --scale 0.0005 --seed 5 --checked-on 2026-07-01 --out "$work/c" > "$work/o" 2> "$work/e"
for d in tax vehicle; do
    "$HEDUI" ingest "adapters/$d/mapping.yaml" "$work/c/$d.csv" --as-of 2026-06-30 --data "$work/data" > "$work/o" 2> "$work/e"
done

rm -rf "$work/k"
sees 0 data skipped "nothing there yet is no fault"
[ ! -e "$work/k" ]
say $? "looking makes no directory and no key"
copy
sees 0 snapshot good "a healthy directory"
python3 -c '
import json, sys
checks = json.load(open(sys.argv[1]))["checks"]
sys.exit(not all(c["zh"] and c["en"] and c["is"] in ("good", "note", "wrong", "skipped") for c in checks))' "$work/o"
say $? "every check says something in both languages"
"$HEDUI" doctor --data "$work/k" > "$work/o"
[ "$(grep -c '^\[' "$work/o")" -eq "$(grep -c '^    ' "$work/o" | awk '{ print $1 / 2 }')" ]
say $? "a line a language for every check"

copy; chmod 755 "$work/k"; sees 1 data wrong "a data directory that is open to others"
copy; chmod 644 "$work/k/key"; sees 1 key wrong "a key that others may read"
copy; head -c 10 "$work/data/key" > "$work/k/key"; sees 1 key wrong "a short key"
copy; rm "$work/k/key"; sees 1 key wrong "a key that is gone"
[ ! -e "$work/k/key" ]
say $? "the missing key was not made anew"
copy; tr 0-9a-f 1-9a-f0 < "$work/data/key" > "$work/k/key"; sees 1 snapshot wrong "a key of other data"
copy; sees 0 key_disk note "a key on the disk of the data"
mkdir -p "$work/other"; cp -p "$work/data/key" "$work/other/key"
copy; rm "$work/k/key"; sees 0 key good "a key that is named" --key "$work/other/key"
copy; sees 1 key wrong "a named key that is not there" --key "$work/none"
copy; sees 0 ring good "a ring that wraps every data key"
wrapped=$(ls "$work/data/deliveries" | grep '\.key$' | head -n 1)
copy; chmod 640 "$work/k/key.ring"; sees 1 ring wrong "a ring that others may read"
copy; head -c 60 "$work/data/key.ring" > "$work/k/key.ring"; sees 1 ring wrong "a cut ring"
copy; rm "$work/k/key.ring"; sees 0 ring note "no ring: this machine may only verify"
[ ! -e "$work/k/key.ring" ]
say $? "the missing ring was not made anew"
copy; sees 1 ring wrong "a named ring that is not there" --ring "$work/none"
copy; rm "$work/k/key.ring"; "$HEDUI" key rotate --lost --data "$work/k" > "$work/o" 2> "$work/e"; sees 1 ring wrong "data keys of another ring"
copy; rm "$work/k/deliveries/$wrapped"; sees 1 ring wrong "a sealed delivery whose data key is gone"
copy; head -c 100 "$work/data/deliveries/$wrapped" > "$work/k/deliveries/$wrapped"; sees 1 ring wrong "a damaged data key"
"$HEDUI" key rotate --retire --data "$work/k" > "$work/o" 2> "$work/e"
[ $? -eq 2 ] && grep -q 'nothing was changed' "$work/e" && cmp -s "$work/k/key.ring" "$work/data/key.ring"
say $? "the old keys do not go while a data key is damaged"
cp -p "$work/data/deliveries/$wrapped" "$work/k/deliveries/$wrapped"; sees 0 ring good "brought back from a backup: it opens"
"$HEDUI" key rotate --retire --data "$work/k" > "$work/o" 2> "$work/e"; sees 0 ring good "and then they go"
copy; "$HEDUI" key rotate --data "$work/k" > "$work/o" 2> "$work/e"; sees 0 ring note "an old key that wraps nothing any more"
copy; cp -p "$work/k/deliveries/$wrapped" "$work/k/deliveries/$(printf %064d 0).key"; sees 0 ring note "a data key of no delivery"
first=$(ls "$work/data/deliveries" | grep '\.hdl$' | head -n 1)
copy; chmod 640 "$work/k/deliveries/$first"; sees 1 files wrong "a delivery that is open to others"
copy; : > "$work/k/deliveries/notes.txt"; chmod 600 "$work/k/deliveries/notes.txt"; sees 0 files note "a file that does not belong"
copy; : > "$work/k/deliveries/.tmp-1"; chmod 600 "$work/k/deliveries/.tmp-1"; sees 0 files note "a file that was not finished"
copy; cp -p "$work/k/deliveries/$first" "$work/k/deliveries/$(printf %064d 0).hdl"; sees 0 files note "a delivery of no snapshot"
copy; rm "$work/k/deliveries/$first"; sees 1 older wrong "a delivery that is gone"
[ "$(level snapshot)" = wrong ]
say $? "and the snapshot does not open"
copy; printf x | dd of="$work/k/deliveries/$first" bs=1 seek=70 conv=notrunc 2> "$work/e"; sees 1 snapshot wrong "a changed head"
copy; : > "$work/k/current"; sees 1 snapshot wrong "an empty current"
copy; head -c 50 "$work/data/snapshots/00000001.json" > "$work/k/snapshots/00000001.json"; sees 1 older wrong "a cut manifest of old"
copy; touch -d '2099-01-01' "$work/k/snapshots/00000002.json"; sees 1 clock wrong "a clock that went back"
"$HEDUI" ingest adapters/vehicle/mapping.yaml "$work/c/vehicle.csv" --as-of 2098-12-31 --data "$work/k" > "$work/o" 2> "$work/e"
sees 1 clock wrong "data from the future"
copy; sees 1 shared wrong "a vocabulary that cannot be read" --model "$work/none"
copy
(ulimit -n 30; "$HEDUI" doctor --data "$work/k" --json > "$work/o" 2> "$work/e"; [ $? -eq 1 ] && [ "$(level open_files)" = wrong ])
say $? "too few files"
if (ulimit -c unlimited) 2> "$work/e"; then
    (ulimit -c unlimited; export ASAN_OPTIONS="${ASAN_OPTIONS:-}:disable_coredump=0"; "$HEDUI" doctor --data "$work/k" --json > "$work/o" && [ "$(level core_dumps)" = note ])
    say $? "core dumps are remarked upon"
else
    echo "skip - core dumps are remarked upon: the limit may not be raised here"
fi
rm -rf "$work/k"; : > "$work/k"
sees 1 data wrong "a file for a data directory"
