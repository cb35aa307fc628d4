#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# crash.sh: the program is killed, or its disk fails, at every durable call of ingest and verify. Afterwards the data are whole,
# they answer as before or as after, and doing it again ends well. Needs a build with failpoints: HEDUI_FP_BIN.
set -u
bin=${HEDUI_FP_BIN:-build/fp/hedui}
[ -x "$bin" ] || { echo "skip - crash: $bin is not built (make build/fp/hedui)"; exit 0; }
mkdir -p build
work=$(mktemp -d build/crash.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT

ingest() { # FEED DATA
    "$bin" ingest "adapters/$1/mapping.yaml" "$work/c/$1.csv" --as-of 2026-06-30 --data "$2" --refused "$work/refused" \
        > /dev/null 2> "$work/err"
}
verify() { # DATA OUT
    "$bin" verify "$work/c/applicants.csv" --rules rules/jiangsu-dibao --data "$1" --out "$2" --overwrite > /dev/null 2> "$work/err"
}
answer() { # DATA NAME: the digest of the verdicts, or the exit
    rm -rf "$work/$2"
    verify "$1" "$work/$2"
    code=$?
    if [ "$code" -le 1 ]; then sha256sum < "$work/$2/verdicts.jsonl"; else echo "exit $code"; fi
}

"$bin" gen --scale 0.002 --seed 5 --checked-on 2026-07-01 --out "$work/c" > /dev/null 2>&1
for d in tax real_estate bank; do
    ingest "$d" "$work/base" || [ $? -le 1 ] || { echo "not ok - crash: ingest $d: $(tail -n 1 "$work/err")"; exit 1; }
done
before=$(answer "$work/base" out.before)
cp -R "$work/base" "$work/full"
HEDUI_FP_LIST="$work/list.ingest" ingest vehicle "$work/full"
after=$(answer "$work/full" out.after)
HEDUI_FP_LIST="$work/list.verify" verify "$work/full" "$work/out.list"
[ "$before" != "$after" ] && [ "${after#exit}" = "$after" ] && [ -s "$work/list.ingest" ] && [ -s "$work/list.verify" ]
if [ $? -eq 0 ]; then echo "ok - a fourth feed changes answers"; else echo "not ok - nothing to tell before from after"; exit 1; fi

for action in kill eio enospc short:100; do
    for point in $(sort -u "$work/list.ingest"); do
        case $action:$point in short:*.write | kill:* | eio:* | enospc:*) ;; *) continue ;; esac
        passings=$(grep -cx "$point" "$work/list.ingest")
        [ "$passings" -le 3 ] || passings=3
        n=1
        while [ "$n" -le "$passings" ]; do
            text="$action at $point, passing $n"
            rm -rf "$work/data"
            cp -R "$work/base" "$work/data"
            HEDUI_FP="$point:$action@$n" ingest vehicle "$work/data"
            code=$?
            why=
            if [ "$action" = kill ] && [ "$code" -ne 137 ]; then why="was not killed: exit $code"; fi
            now=$(answer "$work/data" out.now)
            [ "$now" = "$before" ] || [ "$now" = "$after" ] || why="$why; the answers are neither old nor new: $now"
            # exit 0 or 1 is a promise that the delivery is there
            [ "$code" -gt 1 ] || [ "$now" = "$after" ] || why="$why; said done (exit $code), but is not"
            "$bin" snapshot verify --data "$work/data" > /dev/null 2>&1 || why="$why; snapshot verify fails"
            ingest vehicle "$work/data"
            [ $? -le 1 ] || why="$why; cannot be repeated: $(tail -n 1 "$work/err")"
            [ "$(answer "$work/data" out.now)" = "$after" ] || why="$why; repeated, the answers are not the new ones"
            if [ -z "$why" ]; then echo "ok - ingest, $text"; else echo "not ok - ingest, $text: $why"; fi
            n=$((n + 1))
        done
    done
done
vouches() { # DIR: each digest that its run.json states is its file's
    for f in verdicts.jsonl verdicts.csv findings.csv provenance.jsonl refused.csv; do
        grep -q "\"$f\":\"$(sha256sum < "$1/$f" | cut -d' ' -f1)\"" "$1/run.json" || return 1
    done
}
vouches "$work/out.before" && vouches "$work/out.after" || { echo "not ok - a receipt that names other bytes"; exit 1; }
grep -qx run.receipt.dirsync "$work/list.verify" || echo "not ok - the older receipt is gone without a sync"
for action in kill eio; do
    for point in $(sort -u "$work/list.verify"); do
        rm -rf "$work/out.now"
        cp -R "$work/out.before" "$work/out.now" # an older run stands where the new one goes
        HEDUI_FP="$point:$action" verify "$work/full" "$work/out.now"
        code=$?
        why=
        [ "$code" -gt 1 ] || why="said done: exit $code"
        if [ -f "$work/out.now/run.json" ] && ! vouches "$work/out.now"; then why="$why; a receipt for other files"; fi
        case $point in run.receipt.retract | run.summary.retract) ;; *)
            cmp -s "$work/out.now/summary.json" "$work/out.before/summary.json" && why="$why; an older summary beside newer files" ;;
        esac
        cmp -s "$work/out.now/verdicts.jsonl" "$work/out.before/verdicts.jsonl" ||
            cmp -s "$work/out.now/verdicts.jsonl" "$work/out.after/verdicts.jsonl" ||
            why="$why; half of verdicts.jsonl under its own name"
        verify "$work/full" "$work/out.now"
        [ $? -le 1 ] || why="$why; cannot be repeated: $(tail -n 1 "$work/err")"
        cmp -s "$work/out.now/verdicts.jsonl" "$work/out.after/verdicts.jsonl" || why="$why; repeated, the bytes differ"
        if [ -z "$why" ]; then echo "ok - verify, $action at $point"; else echo "not ok - verify, $action at $point: $why"; fi
    done
done
