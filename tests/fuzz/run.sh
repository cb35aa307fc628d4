#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz/run.sh OBJECTS SECONDS NAME…: each harness for so much processor time, from its kept corpus; prints executions,
# edges, features and what was found. Ends with 1 where an input crashed, leaked or hung.
# Processor time, since a shared machine gives a clock's ten minutes to whoever it likes.
set -u
objects=$1 seconds=$2
shift 2
failed=0
ticks=$(getconf CLK_TCK)

# cpu PID: seconds that a process has computed; nothing once it is gone
cpu() {
    sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | awk -v ticks="$ticks" '$1 != "Z" { print int(($12 + $13) / ticks) }'
}

for name in "$@"; do
    found=$objects/found/$name
    mkdir -p "$found/corpus"
    dict=
    [ ! -f "tests/fuzz/$name.dict" ] || dict=-dict=tests/fuzz/$name.dict
    # -timeout is by the clock: generous, for a busy machine may stop us for minutes
    nice -n 19 "$objects/${name}_fuzz" "$found/corpus" "tests/fuzz/corpus/$name" $dict -handle_usr1=1 \
        -timeout=900 -rss_limit_mb=3000 -max_len=32768 -print_final_stats=1 -artifact_prefix="$found/" > "$found/log" 2>&1 &
    pid=$!
    used=0
    while now=$(cpu "$pid") && [ -n "$now" ]; do
        used=$now
        if [ "$used" -ge "$seconds" ]; then
            kill -USR1 "$pid" 2> /dev/null # it ends when its input is done, with its figures
            break
        fi
        sleep 2
    done
    wait "$pid"
    code=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log")
    edges=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 edges, \2 features/p' "$found/log" | tail -n 1)
    kept=$(find "$found/corpus" -type f | wc -l)
    if [ "$code" -eq 0 ]; then
        echo "ok - fuzz $name: $used s of processor time, ${executions:-0} executions, $edges, $kept new inputs"
    else
        echo "not ok - fuzz $name: exit $code after ${executions:-?} executions, see $found/log"
        failed=1
    fi
done
exit $failed
