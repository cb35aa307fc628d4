#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz/run.sh OBJECTS SECONDS NAME…: each harness for so long, from its kept corpus; prints executions, edges, features
# and what was found. Ends with 1 where an input crashed, leaked or hung.
set -u
objects=$1 seconds=$2
shift 2
failed=0
for name in "$@"; do
    found=$objects/found/$name
    mkdir -p "$found/corpus"
    dict=
    [ ! -f "tests/fuzz/$name.dict" ] || dict=-dict=tests/fuzz/$name.dict
    nice -n 19 "$objects/${name}_fuzz" "$found/corpus" "tests/fuzz/corpus/$name" $dict -max_total_time="$seconds" \
        -timeout=20 -rss_limit_mb=3000 -max_len=32768 -print_final_stats=1 -artifact_prefix="$found/" > "$found/log" 2>&1
    code=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log")
    edges=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 edges, \2 features/p' "$found/log" | tail -n 1)
    kept=$(find "$found/corpus" -type f | wc -l)
    if [ "$code" -eq 0 ]; then
        echo "ok - fuzz $name: ${executions:-0} executions, $edges, $kept new inputs"
    else
        echo "not ok - fuzz $name: exit $code after ${executions:-?} executions, see $found/log"
        failed=1
    fi
done
exit $failed
