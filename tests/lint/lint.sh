#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/lint/lint.sh: the habits of docs/STYLE.md that a script can hold. Each prints `ok - lint: …`,
# `not ok - lint: …` (its findings above) or `skip - lint: …: why`; the last line is the total.
# shellcheck disable=SC2086 # lists of files are lists of words
set -u
LC_ALL=C.UTF-8
export LC_ALL
tally=$(mktemp)
trap 'rm -f "$tally"' EXIT
code=$(find engine include -name '*.[ch]' | sort)
headers_and_tests=$(find engine include tests -name '*.[ch]' ! -name '*_table.c' | sort)
outside=$(find engine -name '*.c' -not -path 'engine/base/*' | sort)
money=$(find engine/model engine/feed engine/index engine/match engine/household engine/rule \
    engine/verdict -name '*.[ch]' | sort)
pure=$(find engine/model engine/match engine/household engine/rule engine/verdict -name '*.[ch]' | sort)

# judge NAME: passes when no finding comes in
judge() {
    found=$(cat)
    if [ -z "$found" ]; then
        echo "ok - lint: $1" | tee -a "$tally"
    else
        printf '%s\n' "$found" | head -n 30
        echo "not ok - lint: $1: $(printf '%s\n' "$found" | wc -l)" | tee -a "$tally"
    fi
}
skip() {
    echo "skip - lint: $1: $2" | tee -a "$tally"
}
# what the compiler sees, without comments and the insides of strings, as FILE:LINE:code
bare() {
    awk '
    FNR == 1 { inside = 0 }
    {
        line = $0
        gsub(/\\"/, "", line)
        gsub(/"[^"]*"/, "\"\"", line)
        out = ""
        while (line != "") {
            at = index(line, inside ? "*/" : "/*")
            if (!inside)
                out = out (at ? substr(line, 1, at - 1) : line)
            if (!at)
                break
            line = substr(line, at + 2)
            inside = !inside
        }
        if (out ~ /[^ \t]/) printf "%s:%d:%s\n", FILENAME, FNR, out
    }' "$@"
}

sh tests/lint/rooms.sh | judge "rooms and doors"

for file in $outside; do
    last=$(grep -n '^#include' "$file" | tail -n 1)
    case $last in
    *'"engine/base/ban.h"'*) ;;
    *) echo "$file:${last%%:*}: the last include is engine/base/ban.h" ;;
    esac
done | judge "bans are in force outside base"
bare $outside | grep -E '[^a-z_](malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf) *\(' |
    judge "the heap is base's alone"
bare $code | grep -v '^engine/base/ban.h:' |
    grep -E '[^a-z_](strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|alloca|system|popen|setjmp|longjmp|rand|random) *\(' |
    judge "no banned call"
bare $outside |
    grep -E '[^a-z_.>](open|close|read|pread|write|pwrite|fsync|fdatasync|rename|unlink|mkdir|fstat|ftruncate|mmap|munmap|flock|fopen|opendir|getrandom|clock_gettime|time|gettimeofday) *\(' |
    judge "system calls go through base/sys.h"
bare $money | grep -E '(^|[^a-zA-Z0-9_])(double|float|strtod|strtof|atof)([^a-zA-Z0-9_]|$)' |
    judge "no floating point near money"
bare $pure |
    grep -E '(^|[^a-zA-Z0-9_])(sys_[a-z_]+|getenv|setlocale|fopen|localtime|strftime) *\(' |
    grep -vE 'sys_(slurp|list_dir|exists)\(' | # the loaders of vocabulary and packs
    judge "pure rooms know no clock, environment or locale, and write nothing"

# a durable call and its failpoint stand within six lines of each other
awk '
function told(   i) {
    for (i = 1; i <= last; i++)
        if (call[i] && !near[i])
            printf "%s:%d: a durable call without FP() beside it\n", file, i
}
FNR == 1 { told(); split("", call); split("", near); file = FILENAME }
{ last = FNR }
/FP\(/ { for (i = FNR - 6; i <= FNR + 6; i++) near[i] = 1 }
/(^|[^a-z_])sys_(fsync|fdatasync|rename|pwrite|sync_dir) *\(/ { call[FNR] = 1 }
END { told() }' $outside | judge "durable calls have failpoints"

find $headers_and_tests Makefile bootstrap .ci/run tests -type f \
    \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name Makefile -o -name bootstrap -o -name run \) |
    grep -v '^tests/conformance/' | sort -u | xargs grep -L 'SPDX-License-Identifier' | sed 's/$/: no licence line/' |
    judge "licence lines"
find engine tests include docs adapters rules bench -type f \
    \( -name '*.[ch]' -o -name '*.md' -o -name '*.sh' -o -name '*.py' -o -name '*.yaml' \) \
    ! -path 'tests/lint/*' | sort | xargs grep -nE '(^|[^A-Za-z0-9_])(TODO|FIXME|XXX|HACK)([^A-Za-z0-9_]|$)' |
    judge "no left-over markers"
grep -nE '[[:blank:]]+$' $headers_and_tests | judge "no blanks at the end of a line"
wc -l $code | awk '$2 != "total" && $1 > 600 && $2 !~ /_table\.c$/ { print $2, $1 }' |
    while read -r file lines; do
        head -n 12 "$file" | grep -q 'long:' || echo "$file: $lines lines and no 'long:' that says why"
    done | judge "files of more than 600 lines say why"

if command -v python3 >/dev/null 2>&1; then
    python3 tests/lint/sentences.py $code | judge "sentences are Chinese first, then English"
else
    skip "sentences are Chinese first, then English" "python3 is not installed"
fi
if [ -f docs/RULES.md ]; then
    grep -hoE '"[YNTDBCOEW][0-9]{3}"' $(printf '%s\n' $code | grep -v message_table) | tr -d '"' | sort -u | while read -r one; do
        grep -q "$one" docs/RULES.md || echo "docs/RULES.md does not tell what $one means"
    done | judge "codes of messages are in the manual"
else
    skip "codes of messages are in the manual" "docs/RULES.md is not written"
fi
sed -n 's/^ *{"\([A-Z][0-9]*\)", .*/\1/p' engine/base/message_table.c | while read -r one; do
    ls tests/faulty/"$one"* > /dev/null 2>&1 || echo "tests/faulty has no example of $one"
done | judge "every code has an example"
# another release of clang-format breaks some lines elsewhere; what it says is no finding
if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
    for file in $headers_and_tests; do # one by one: clang-format 14 dies on some tables
        clang-format "$file" 2>/dev/null | cmp -s - "$file" || echo "$file: run make format"
    done | judge "formatting"
else
    skip "formatting" "clang-format 14 is not installed"
fi

passed=$(grep -c '^ok' "$tally")
failed=$(grep -c '^not ok' "$tally")
skipped=$(grep -c '^skip' "$tally")
total="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || total="$total, $skipped skipped"
echo "$total"
[ "$failed" -eq 0 ]
