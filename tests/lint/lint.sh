#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/lint/lint.sh: what could corrupt an answer or leak is refused here. Prints ok / not ok lines.
set -u
failed=0
judge() { # NAME, findings on standard input
    found=$(cat)
    if [ -z "$found" ]; then
        echo "ok - lint: $1"
    else
        printf '%s\n' "$found" | sed 's/^\(not ok - \)\{0,1\}/not ok - lint: /' | head -n 20
        failed=1
    fi
}
c_files=$(find engine -name '*.c' | sort)
outside=$(printf '%s\n' "$c_files" | grep -v '^engine/base/')
pure='^engine/(model|feed|index|match|household|rule|verdict)/'

sh tests/lint/rooms.sh | judge "rooms and doors"
printf '%s\n' $outside | while read -r f; do
    grep -q '"engine/base/ban.h"' "$f" || echo "$f: include \"engine/base/ban.h\" last"
done | judge "bans are in force outside base"
# shellcheck disable=SC2086
grep -nE '\b(malloc|calloc|realloc|free|strdup|strcpy|strcat|sprintf|gets|strtok|atoi|atol|alloca|system|popen)\(' $outside /dev/null |
    grep -vE '^\S+:[0-9]+: *(/?\*|//)' | judge "no banned call"
find engine -name '*.[ch]' | grep -E "$pure" | xargs grep -nE '\b(double|float|strtod|atof)\b' |
    grep -vE ':[0-9]+: *(/?\*)|/\*.*(double|float).*\*/|".*(double|float).*"' | judge "no floating point near money"
# a durable call and its failpoint stand within four lines of each other
# shellcheck disable=SC2086
awk 'FNR == 1 { fp = -99; for (k in wait) delete wait[k] }
     /FP\(/ { fp = FNR; for (k in wait) if (FNR - k <= 4) delete wait[k] }
     /\<sys_(fsync|fdatasync|rename)\(/ { if (FNR - fp > 4) wait[FNR] = 1 }
     { for (k in wait) if (FNR - k > 4) { print FILENAME ":" k ": a durable call without a failpoint"; delete wait[k] } }' \
    $outside | judge "durable calls have failpoints"
find engine include tests -name '*.[ch]' -o -name '*.sh' | xargs grep -L 'SPDX-License-Identifier' |
    sed 's/$/: no licence line/' | judge "licence lines"
find engine tests include docs adapters rules -type f \( -name '*.[ch]' -o -name '*.md' -o -name '*.sh' \) ! -path 'tests/lint/*' |
    xargs grep -nE '\b(TODO|FIXME|XXX|HACK)\b' | judge "no left-over markers"
if command -v clang-format >/dev/null 2>&1; then
    find engine include tests -name '*.[ch]' ! -name '*_table.c' | xargs clang-format --dry-run 2>&1 |
        grep -c 'warning:' | grep -v '^0$' | sed 's/$/ places differ: run make format/' | judge "formatting"
else
    echo "skip - lint: formatting: clang-format is not installed"
fi
exit $failed
