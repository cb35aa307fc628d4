#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""manual.py: the examples of docs/RULES.md run as they stand there.

A block of yaml below `<!-- run: NAME -->` is a file of pack NAME (a head is put before it where it has none), one below
`<!-- run: NAME test -->` a file of its tests; blocks of one name are one pack. Each pack must check and pass its tests, and
`rules check --read` must print every line of a block below `<!-- read: NAME -->`."""
import os
import re
import subprocess
import sys
import tempfile

HEDUI = os.environ.get("HEDUI", "build/hedui")
HEAD = "hedui: 1\npack: manual\nzh: 手册示例\nlevel: county\nprogramme: dibao\n"
BLOCK = re.compile(r"<!-- run: (\w+)( test)? -->\n```yaml\n(.*?)```", re.S)

READ = re.compile(r"<!-- read: (\w+) -->\n```\n(.*?)```", re.S)


def run(*args):
    done = subprocess.run([HEDUI, "rules", *args], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def say(good, text, log):
    print(f"{'ok' if good else 'not ok'} - manual: {text}")
    if not good:
        print("".join(f"    {line}\n" for line in log.splitlines()[:20]), end="")


def write(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    page = open("docs/RULES.md", encoding="utf-8").read()
    packs = {}
    for name, is_test, text in BLOCK.findall(page):
        packs.setdefault(name, ([], []))[1 if is_test else 0].append(text)
    say(len(packs) > 0, f"{len(packs)} packs stand in the manual", "")
    for name, (blocks, tests) in sorted(packs.items()):
        with tempfile.TemporaryDirectory() as folder:
            if not any(re.search("^hedui:", block, re.M) for block in blocks):
                write(folder, "head.yaml", HEAD)
            for i, block in enumerate(blocks):
                write(folder, f"b{i}.yaml", block)
            for i, block in enumerate(tests):
                write(os.path.join(folder, "tests"), f"t{i}.yaml", block)
            code, log = run("check", folder)
            say(code == 0, f"{name}: checks", log)
            for wanted in (text for of, text in READ.findall(page) if of == name):
                printed = run("check", "--read", folder)[1].splitlines()
                lost = [line for line in wanted.splitlines() if line not in printed]
                say(not lost, f"{name}: is read back as the manual says", "\n".join(lost))
            if tests and code == 0:
                code, log = run("test", folder)
                say(code == 0, f"{name}: its tests pass", log)
    return 0


sys.exit(main())
