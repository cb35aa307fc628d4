#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/builds.sh: the same batch by the builds of two compilers with 1, 2 and 8 threads: verdicts, findings and provenance are equal
# byte for byte, each build replays what the other has written, and feeds that the other has ingested answer the same.
# `make builds` builds both and runs it. GCC_HEDUI, CLANG_HEDUI: the programs. SCALE (default 0.1), SEED (1).
set -u
gcc=${GCC_HEDUI:-build/hedui} clang=${CLANG_HEDUI:-build/clang/hedui} scale=${SCALE:-0.1} seed=${SEED:-1}
mkdir -p build
work=$(mktemp -d build/builds.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
pack=rules/jiangsu-dibao
failed=0
say() { # EXIT, TEXT
    if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2" && failed=1; fi
}
with() { # NAME: the program of that build
    if [ "$1" = gcc ]; then echo "$gcc"; else echo "$clang"; fi
}
rows() { # OUT: where each row came from, but for the names of deliveries
    sed -E 's/"(delivery|snapshot_digest)":"[0-9a-f]*"//g' "$1/provenance.jsonl"
}

"$gcc" gen --scale "$scale" --seed "$seed" --dirt 3 --checked-on 2026-07-01 --out "$work/c" > "$work/said" 2>&1 || { cat "$work/said"; exit 1; }
"$clang" gen --scale "$scale" --seed "$seed" --dirt 3 --checked-on 2026-07-01 --out "$work/c2" > "$work/said" 2>&1
diff -r "$work/c" "$work/c2" > "$work/said"
say $? "both builds make the same county"
for build in gcc clang; do
    "$(with $build)" gen --scale 0.01 --seed "$seed" --dirt 3 --feeds all --optional --checked-on 2026-07-01 --out "$work/all.$build" > "$work/said" 2>&1
done
[ "$(ls "$work/all.gcc" | wc -l)" -gt 10 ] && diff -r "$work/all.gcc" "$work/all.clang" > "$work/said"
say $? "and the feeds of all departments"
rm -rf "$work/c2"
for build in gcc clang; do
    mkdir -m 700 "$work/$build"
    [ $build = gcc ] || cp "$work/gcc/key" "$work/clang/key" # pseudonyms are of one key
    for feed in tax real_estate vehicle bank; do
        "$(with $build)" ingest "adapters/$feed/mapping.yaml" "$work/c/$feed.csv" --as-of 2026-06-30 --data "$work/$build" \
            --refused "$work/refused.$build" > "$work/said" 2>&1
        [ $? -le 1 ] || { cat "$work/said"; exit 1; }
    done
done
diff -r "$work/refused.gcc" "$work/refused.clang" > "$work/said"
say $? "both refuse the same rows"

first=
for data in gcc clang; do
    for build in gcc clang; do
        for threads in 1 2 8; do
            out=$work/out.$data.$build.$threads
            "$(with $build)" verify "$work/c/applicants.csv" --rules $pack --data "$work/$data" --out "$out" --threads $threads > "$work/said" 2>&1
            [ $? -le 1 ] || { cat "$work/said"; exit 1; }
            same=0
            if [ -n "$first" ]; then
                for file in verdicts.jsonl verdicts.csv findings.csv refused.csv summary.json labels.json; do
                    cmp -s "$first/$file" "$out/$file" || same=1
                done
                # deliveries are sealed under keys of their own, and named by their digests
                rows "$out" | cmp -s "$work/rows" - || same=1
                say $same "data of $data, verdicts of $build, $threads threads: equal, $(wc -l < "$out/verdicts.jsonl") cases"
            else
                first=$out
                rows "$out" > "$work/rows"
            fi
        done
    done
done
for build in gcc clang; do
    for other in gcc clang; do
        for threads in 1 2 8; do
            "$(with $other)" replay "$work/out.gcc.$build.2" --threads $threads > "$work/said" 2>&1
            say $? "a run of $build replayed by $other with $threads threads"
        done
    done
done
exit $failed
