#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# F7 to F10, F24: calls that are interrupted or move one byte, disks that are full or fail at the Nth call, files cut under a run,
# two writers, what a crash leaves. HEDUI_CALLS=N: how many places of each kind of call are tried (default 6; `make torture`: all).
set -u
HEDUI=${HEDUI:-build/hedui}
bin=${HEDUI_FP_BIN:-build/fp/hedui}
calls=${HEDUI_CALLS:-6}
mkdir -p build
work=$(mktemp -d build/faults.XXXXXX) || exit 1
mounted=
finish() {
    [ -z "$mounted" ] || umount "$mounted" 2> /dev/null
    rm -rf "$work"
}
trap finish EXIT
pack=rules/jiangsu-dibao

say() { # EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}
ingest() { # FEED DATA [OPTION…]
    feed=$1 data=$2
    shift 2
    "$HEDUI" ingest "adapters/$feed/mapping.yaml" "$work/c/$feed.csv" --as-of 2026-06-30 --data "$data" --refused "$work/refused" \
        "$@" > /dev/null 2> "$work/err"
}
verify() { # DATA OUT
    "$HEDUI" verify "$work/c/applicants.csv" --rules $pack --data "$1" --out "$2" > /dev/null 2> "$work/err"
}
answer() { # DATA: the digest of the verdicts, or the exit
    rm -rf "$work/out.answer"
    verify "$1" "$work/out.answer"
    code=$?
    if [ "$code" -le 1 ]; then sha256sum < "$work/out.answer/verdicts.jsonl"; else echo "exit $code"; fi
}
told() { # the last command said why, in both languages
    LC_ALL=C grep -q '[^ -~]' "$work/err" && grep -q '[a-z] [a-z]' "$work/err"
}
strays() { # DATA
    find "$1" -name '.tmp*' | head -n 3
}

"$HEDUI" gen --scale 0.002 --seed 5 --checked-on 2026-07-01 --out "$work/c" > /dev/null 2>&1
for d in tax real_estate bank; do ingest "$d" "$work/base" || [ $? -le 1 ] || echo "not ok - ingest $d"; done
before=$(answer "$work/base")
cp -R "$work/base" "$work/full"
ingest vehicle "$work/full"
after=$(answer "$work/full")
[ "$before" != "$after" ] && [ "${after#exit}" = "$after" ]
say $? "a fourth feed changes answers"

# a pipe that does not wait, as another program may have made it: answers of many pages arrive whole
python3 - "$HEDUI" << 'END'
import fcntl, os, subprocess, sys, time
for words in ('help --man zh', '--help', 'rules test rules/jiangsu-dibao --json'):
    call = [sys.argv[1], *words.split()]
    want = subprocess.run(call, capture_output=True, check=True).stdout
    ours, theirs = os.pipe()
    room = fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
    os.write(theirs, b'.' * (room - 100))  # so that a hundred bytes find room
    fcntl.fcntl(theirs, fcntl.F_SETFL, fcntl.fcntl(theirs, fcntl.F_GETFL) | os.O_NONBLOCK)
    child = subprocess.Popen(call, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    time.sleep(0.3)
    got = b''
    while piece := os.read(ours, 65536):
        got += piece
    assert child.wait() == 0 and len(want) > 1000 and got[room - 100:] == want, (words, child.returncode, len(got))
END
say $? "answers through a pipe that does not wait"

# every call interrupted once, told to wait once, and one byte a call
if [ -x "$bin" ]; then
    for mode in eintr eagain short eintr,eagain,short; do
        # a sanitized build takes part in the plain form only: it is slow
        HEDUI_SYS=$mode HEDUI=$bin sh tests/flow/smoke.sh > "$work/smoke" 2>&1
        good=$(grep -c '^ok' "$work/smoke")
        [ "$good" -ge 16 ] && ! grep -q '^not ok' "$work/smoke"
        say $? "the whole road with $mode at every call: $good facts"
    done
else
    echo "skip - interrupted and short calls: $bin is not built (make build/fp/hedui)"
fi

# new data, a fault in it, and afterwards: whole, old or new, told, and good when given again
after_fault() { # TEXT DATA EXIT
    text=$1 data=$2 code=$3 why=
    now=$(answer "$data")
    [ "$now" = "$before" ] || [ "$now" = "$after" ] || why="neither old nor new: $now"
    [ "$code" -gt 1 ] || [ "$now" = "$after" ] || why="$why; said done, but is not"
    "$HEDUI" snapshot verify --data "$data" > /dev/null 2>&1 || why="$why; snapshot verify fails"
    ingest vehicle "$data"
    [ $? -le 1 ] || why="$why; cannot be repeated: $(tail -n 1 "$work/err")"
    [ "$(answer "$data")" = "$after" ] || why="$why; repeated, it is not the new"
    [ -z "$(strays "$data")" ] || why="$why; half files are left"
    if [ -z "$why" ]; then faults=$((faults + 1)); else echo "not ok - $text: $why"; fi
}

# the shipped program, its Nth call of one kind failing in the kernel
if command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null; then
    for fault in pwrite64:ENOSPC pwrite64:EIO write:ENOSPC fsync:EIO rename:EIO pread64:EIO openat:EMFILE; do
        call=${fault%%:*} error=${fault##*:} faults=0 places=0
        rm -rf "$work/data"
        cp -R "$work/base" "$work/data"
        strace -f -c -o "$work/count" -e "trace=$call" "$HEDUI" ingest adapters/vehicle/mapping.yaml "$work/c/vehicle.csv" --as-of 2026-06-30 \
            --data "$work/data" --refused "$work/refused" --threads 1 > /dev/null 2>&1
        total=$(awk -v c="$call" '$NF == c { print $4 }' "$work/count")
        step=$(((${total:-0} + calls - 1) / calls))
        n=1
        while [ "$n" -le "${total:-0}" ]; do
            rm -rf "$work/data"
            cp -R "$work/base" "$work/data"
            strace -f -o "$work/trace" -e "trace=$call" -e "inject=$call:error=$error:when=$n" "$HEDUI" ingest adapters/vehicle/mapping.yaml \
                "$work/c/vehicle.csv" --as-of 2026-06-30 --data "$work/data" --refused "$work/refused" --threads 1 > /dev/null 2> "$work/err"
            code=$?
            places=$((places + 1))
            case $code in
            0 | 1) ;; # the loader of libraries met it, or a try at something that may fail
            2) told || { grep -q 'error while loading' "$work/err" || echo "not ok - $call $error at $n: nothing said: $(cat "$work/err")"; } ;;
            127) ;; # the loader of libraries
            *) echo "not ok - $call $error at $n: exit $code: $(tail -n 1 "$work/err")" ;;
            esac
            if [ "$call" = fsync ] && [ "$code" -eq 2 ] && [ "$(grep -c "$call(" "$work/trace")" -gt "$n" ]; then
                echo "not ok - fsync $error at $n: it was tried again: $(grep -c "$call(" "$work/trace") calls"
            fi
            after_fault "ingest, $call $error at $n" "$work/data" "$code"
            n=$((n + (step > 0 ? step : 1)))
        done
        [ "$faults" -eq "$places" ] && [ "$places" -gt 0 ]
        say $? "ingest, $call fails with $error at $places of ${total:-0} calls: old or new, whole, and good when given again"
    done
    for fault in write:ENOSPC fsync:EIO rename:EIO pread64:EIO; do
        call=${fault%%:*} error=${fault##*:} good=0 places=0 n=1 code=2
        while [ "$n" -le "$((4 * calls))" ]; do
            rm -rf "$work/out.fault"
            strace -f -o "$work/trace" -e "trace=$call" -e "inject=$call:error=$error:when=$n" "$HEDUI" verify "$work/c/applicants.csv" \
                --rules $pack --data "$work/full" --out "$work/out.fault" --threads 1 > /dev/null 2> "$work/err"
            code=$?
            grep -q INJECTED "$work/trace" || break # fewer calls than that
            places=$((places + 1)) why=
            [ "$code" -le 2 ] || [ "$code" -eq 127 ] || why="exit $code"
            [ "$code" -ne 2 ] || told || why="nothing said: $(cat "$work/err")"
            if [ -e "$work/out.fault/run.json" ] && [ "$(sha256sum < "$work/out.fault/verdicts.jsonl")" != "$after" ]; then
                why="$why; run.json vouches for other verdicts"
            fi
            if [ "$code" -le 1 ] && [ ! -e "$work/out.fault/run.json" ]; then why="$why; said done, but is not"; fi
            if [ "$call" = fsync ] && [ "$code" -eq 2 ] && [ "$(grep -c "$call(" "$work/trace")" -gt "$n" ]; then why="$why; tried again"; fi
            verify "$work/full" "$work/out.fault"
            [ "$(sha256sum < "$work/out.fault/verdicts.jsonl")" = "$after" ] || why="$why; given again, the bytes differ"
            if [ -z "$why" ]; then good=$((good + 1)); else echo "not ok - verify, $call $error at $n: $why"; fi
            n=$((n + 1))
        done
        [ "$good" -eq "$places" ] && [ "$places" -gt 0 ]
        say $? "verify, $call fails with $error at its first $places calls: no half results, told, and good when given again"
    done
else
    echo "skip - calls that fail in the kernel: strace is missing or may not trace"
fi

# a disk that is full
disk=$work/disk
mkdir -p "$disk"
if mount -t tmpfs -o size=4m hedui "$disk" 2> /dev/null; then
    mounted=$disk faults=0 places=0
    for left in 0 4 8 16 24 32 48 64; do # KiB that are left
        rm -rf "$disk"/*
        cp -R "$work/base" "$disk/data"
        free=$(df -k --output=avail "$disk" | tail -n 1)
        head -c $(((free - left) * 1024)) /dev/zero > "$disk/filler"
        ingest vehicle "$disk/data"
        code=$?
        places=$((places + 1))
        [ "$code" -ne 2 ] || told || echo "not ok - a disk with $left KiB left: nothing said"
        rm "$disk/filler"
        after_fault "a disk with $left KiB left" "$disk/data" "$code"
    done
    [ "$faults" -eq "$places" ]
    say $? "ingest on disks with 0 to 64 KiB left ($places): old or new, told, and good once there is room"
    rm -rf "$disk"/*
    free=$(df -k --output=avail "$disk" | tail -n 1)
    head -c $(((free - 12) * 1024)) /dev/zero > "$disk/filler"
    verify "$work/full" "$disk/out"
    code=$?
    [ "$code" -eq 2 ] && told && [ ! -e "$disk/out/run.json" ]
    say $? "verify onto a full disk: exit 2, told, no run.json"
    rm "$disk/filler"
    verify "$work/full" "$disk/out"
    [ "$(sha256sum < "$disk/out/verdicts.jsonl")" = "$after" ]
    say $? "verify onto it once there is room"
    umount "$disk" && mounted=
else
    echo "skip - a full disk: no tmpfs may be mounted here"
fi

# a delivery that is cut, or written over, after verify has opened it
if [ -x "$bin" ]; then
    for how in cut over gone; do
        rm -rf "$work/data" "$work/out.cut"
        cp -R "$work/full" "$work/data"
        find "$work/data/deliveries" -name '*.hdl' -exec touch -d '1 hour ago' {} +
        HEDUI_FP=run.out.open:sleep:1500 "$bin" verify "$work/c/applicants.csv" --rules $pack --data "$work/data" --out "$work/out.cut" \
            --threads 1 > /dev/null 2> "$work/err" &
        pid=$!
        i=0
        while [ ! -d "$work/out.cut" ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i + 1)); done
        for f in "$work/data/deliveries"/*.hdl; do
            case $how in
            cut) : > "$f" ;;
            over) dd if=/dev/urandom of="$f" bs=4096 count=1 seek=1 conv=notrunc 2> /dev/null ;;
            gone) rm "$f" ;;
            esac
        done
        wait $pid
        code=$?
        if [ $how = gone ]; then # what is open stays
            [ "$code" -le 1 ] && [ "$(sha256sum < "$work/out.cut/verdicts.jsonl")" = "$after" ]
            say $? "deliveries removed under a running verify: the answer is right"
        else
            [ "$code" -eq 2 ] && told && grep -q 'damaged' "$work/err" && [ ! -e "$work/out.cut/verdicts.jsonl" ]
            say $? "deliveries $how under a running verify: exit 2, told, no verdicts"
            verify "$work/data" "$work/out.cut"
            [ $? -eq 2 ] && told
            say $? "deliveries $how: verify refuses from then on"
        fi
    done
else
    echo "skip - a delivery cut under a running verify: $bin is not built"
fi

# two writers, and what a crash leaves
rm -rf "$work/data"
cp -R "$work/base" "$work/data"
flock "$work/data/lock" sleep 3 &
holder=$!
sleep 0.3
ingest vehicle "$work/data" --wait 0
[ $? -eq 2 ] && told && grep -q 'another' "$work/err" && [ "$(answer "$work/data")" = "$before" ]
say $? "a second ingest that does not wait exits 2 and says so, while readers go on"
ingest vehicle "$work/data" --wait 20
[ $? -le 1 ] && [ "$(answer "$work/data")" = "$after" ]
say $? "a second ingest that waits gets through"
wait $holder
rm -rf "$work/data"
cp -R "$work/base" "$work/data"
for f in deliveries/.tmp-delivery deliveries/.tmp-spill snapshots/.tmp-00000004.json .tmp-current .tmp-key; do echo half > "$work/data/$f"; done
echo 99999 > "$work/data/lock"
[ "$(answer "$work/data")" = "$before" ]
say $? "what a crash left does not disturb readers"
ingest vehicle "$work/data"
[ $? -le 1 ] && [ -z "$(strays "$work/data")" ] && [ "$(answer "$work/data")" = "$after" ]
say $? "the next ingest clears what a crash left"
