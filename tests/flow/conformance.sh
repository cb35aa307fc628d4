#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# conformance.sh: what `rules eval --jsonl` answers, held against the cases. HEDUI: the program.
set -u
HEDUI=${HEDUI:-build/hedui}
here=$(dirname "$0")/../conformance
shared=$(dirname "$0")/../../../shared/conformance
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

run() { # NAME CASES: nothing may fail, nothing in tiers A and C may be weaker or unsupported
    if ! "$HEDUI" rules eval --jsonl "$2" > "$tmp/answers" 2> "$tmp/err"; then
        echo "not ok - conformance $1: rules eval ended in error: $(head -n 1 "$tmp/err")"
        return
    fi
    if python3 "$here/score.py" "$2" "$tmp/answers" > "$tmp/score" && grep -q ' 0 weaker$' "$tmp/score"; then
        echo "ok - conformance $1: $(tail -n 1 "$tmp/score")"
    else
        echo "not ok - conformance $1: $(tail -n 1 "$tmp/score")"
        grep '^FAILED' "$tmp/score" | sed 's/^/# /'
    fi
}

command -v python3 > /dev/null || { echo "skip - conformance: python3 is not installed"; exit 0; }
run ext "$here/ext.jsonl"
if [ -f "$shared/cel.jsonl" ]; then
    run cel "$shared/cel.jsonl"
else
    echo "skip - conformance cel: ../shared is not there"
fi
