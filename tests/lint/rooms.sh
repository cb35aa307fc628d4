#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/lint/rooms.sh: refuses an include that docs/rooms.txt does not allow.
set -eu
find engine include -name '*.[ch]' | sort | xargs awk '
function bad(why) { printf "not ok - %s:%d: %s (docs/rooms.txt)\n", FILENAME, FNR, why; failed = 1 }
FILENAME == "docs/rooms.txt" {
    sub(/ *#.*/, ""); colon = index($0, ":"); name = substr($0, 1, colon - 1)
    if (sub(/^door /, "", name)) door[name] = substr($0, colon + 1) " "
    else if (colon) may[name] = " " name substr($0, colon + 1) " " # a room sees itself
    next
}
FNR == 1 { split(FILENAME, dir, "/"); room = dir[1] == "engine" ? dir[2] : dir[1] }
/^[ \t]*#[ \t]*include/ {
    quoted = /"/; header = $0
    sub(/^[^"<]*["<]/, "", header); sub(/[">].*/, "", header); split(header, to, "/")
    if (quoted && to[1] != "engine") bad("write the full path of " header)
    if (to[1] == "engine" && !index(may[room], " " to[2] " ")) bad(room " may not see " to[2])
    for (d in door)
        if (!quoted && index(header, d) == 1 && !index(door[d], " " FILENAME " "))
            bad(header " has one door:" door[d])
}
END { exit failed }' docs/rooms.txt
