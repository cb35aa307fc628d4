#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/run.sh OBJECTS PROGRAM…: runs unit tests, pack tests and flows one after the other; the
# last line is "N passed, N failed" (", N skipped" may follow). HEDUI_FLOWS=NAME… runs only those.
# A flow prints `ok - …`, `not ok - …` or `skip - …: why`; one that exits non-zero without a
# `not ok` counts as one failure.
set -u
objects=$1
shift
passed=0 failed=0 skipped=0
log=$objects/check.log
: > "$log"

count() { # FILE EXIT NAME
    ok=$(grep -c '^ok' "$1")
    bad=$(grep '^not ok' "$1" | grep -vc '# SKIP')
    skip=$(grep -ciE '^skip|^not ok.*# SKIP' "$1") # cmocka writes the second form
    if [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; then
        echo "not ok - $3 ended with exit $2"
        tail -n 20 "$1"
        bad=1
    elif [ "$bad" -ne 0 ]; then
        grep '^not ok' "$1" | grep -v '# SKIP' | head -n 20
    fi
    grep -iE '^skip|^not ok.*# SKIP' "$1"
    if [ $((ok + bad + skip)) -eq 0 ]; then
        echo "not ok - $3 reported nothing"
        bad=1
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
    cat "$1" >> "$log"
    echo "$3: $ok passed, $bad failed, $skip skipped"
}

out=$objects/check.one
for program in "$@"; do
    if [ -x "$program" ]; then
        CMOCKA_MESSAGE_OUTPUT=TAP "$program" > "$out" 2> "$out.err"
        code=$?
        [ "$code" -eq 0 ] || cat "$out.err"
        count "$out" "$code" "$program"
    else
        echo "not ok - $program was not built"
        failed=$((failed + 1))
    fi
done
if [ -z "${HEDUI_FLOWS:-}" ]; then
    for pack in rules/*/pack.yaml bench/packs/*/pack.yaml docs/examples/*/pack.yaml; do
        [ -f "$pack" ] || continue
        model=$(dirname "$pack")/model/model.yaml # a pack for a vocabulary of its own
        [ -f "$model" ] || model=rules/model.yaml
        "$HEDUI" rules test "$(dirname "$pack")" --model "$model" --coverage --min 100 --boundaries --robust > "$out" 2>&1
        count "$out" $? "pack $(dirname "$pack")"
    done
    flows=$(ls tests/flow/*.sh tests/flow/*.py 2>/dev/null | sort)
else
    flows=$(for f in $HEDUI_FLOWS; do ls "tests/flow/$f".* 2>/dev/null; done)
fi
for flow in $flows; do
    [ -x "$flow" ] || continue
    "$flow" > "$out" 2> "$out.err"
    code=$?
    [ "$code" -eq 0 ] || tail -n 20 "$out.err"
    count "$out" "$code" "$flow"
done
rm -f "$out" "$out.err"
total="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || total="$total, $skipped skipped"
echo "$total"
[ "$failed" -eq 0 ]
