#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""faulty.py: every pack of tests/faulty is told its one fault: code, line, column, caret, and the words where they stand.

The head of a file says what is wrong with it: `# fault: CODE LINE:COLUMN TEXT` (TEXT is what the caret must stand under),
perhaps `# zh: …` and `# en: …` (the sentences). Every code of the table must have an example (tests/faulty/README.md)."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata

HEDUI = os.environ.get("HEDUI", "build/hedui")
FOLDER = "tests/faulty"
MARGIN = 4
HEAD = re.compile(r"^# (fault|zh|en): (.*)$")
FAULT = re.compile(r"^(\w+) (\d+):(\d+)(?: (.*))?$")


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def head_of(path):
    found = {}
    with open(os.path.join(path, "pack.yaml") if os.path.isdir(path) else path, "rb") as file:
        for raw in file:
            line = raw.decode("gbk" if "gbk" in path else "utf-8", "replace").rstrip("\n")
            match = HEAD.match(line)
            if not match:
                return found
            found[match[1]] = match[2]
    return found


def pin(base, copy):
    """Layers: the parent beside the child, whose `@000000000000` becomes the parent's hash of today."""
    shutil.copytree(f"{FOLDER}/js-dibao", f"{base}/js-dibao")
    done = subprocess.run([HEDUI, "rules", "hash", f"{base}/js-dibao"], capture_output=True, text=True)
    with open(copy, encoding="utf-8") as file:
        text = file.read()
    with open(copy, "w", encoding="utf-8") as file:
        file.write(text.replace("@000000000000", "@" + done.stdout[:12]))


def check(path):
    """The lines that `rules check` prints, and its exit."""
    with tempfile.TemporaryDirectory() as base:
        folder = os.path.join(base, "t")
        os.mkdir(folder)
        copy = os.path.join(folder, "pack.yaml")
        if os.path.isdir(path):
            shutil.copytree(path, folder, dirs_exist_ok=True)
        else:
            shutil.copy(path, copy)
        if os.path.basename(path).startswith("O"):
            pin(base, copy)
        command = ["rules", "check", *OPTIONS, folder]
        if os.path.basename(path).startswith("F"):
            with open(os.path.join(folder, "sample.csv"), "w", encoding="utf-8") as sample:
                sample.write("id,plate,status,price,day\n")
            command = ["feed", "check", copy, sample.name]
        if os.path.basename(path).startswith("C702"):
            command = ["rules", "check", "rules/jiangsu-dibao", "--model", copy]
        done = subprocess.run([HEDUI, *command], capture_output=True)
        text = (done.stdout + done.stderr).decode("utf-8", "replace").replace(folder + "/", "")
        return text.splitlines(), done.returncode


def wrong(path):
    """What is not as the head says; empty: nothing."""
    head = head_of(path)
    if "fault" not in head or not FAULT.match(head["fault"]):
        return "its head does not say what is wrong with it"
    code, line, column, under = FAULT.match(head["fault"]).groups()
    lines, ended = check(path)
    at = next((i for i, text in enumerate(lines) if re.match(rf"^pack\.yaml:{line}:{column}: \S+ {code} ", text)), None)
    if at is None:
        return f"{code} at {line}:{column} is not said; the first line is: {lines[0] if lines else '(nothing)'}"
    if ended != {"W": 0, "F": 2}.get(code[0], 1):
        return f"it ends with {ended}"
    if code[0] != "W" and sum(" 错误 " in text for text in lines) != 1:
        return "one fault is told as several"
    zh, en = lines[at].split(f" {code} ", 1)[1], lines[at + 1].split(f" {code}: ", 1)[1]
    if zh != head.get("zh", zh) or en != head.get("en", en):
        return f"it says {zh} | {en}"
    if len(lines) < at + 4 or not lines[at + 3].lstrip(" ").startswith("^"):
        return "there is no caret"
    caret = lines[at + 3]
    quoted = lines[at + 2]
    before = 0 if quoted[MARGIN:MARGIN + 1] == "…" else int(column) - 1
    if before and len(caret) - len(caret.lstrip(" ")) != MARGIN + width(quoted[MARGIN:MARGIN + before]):
        return "the caret stands elsewhere"
    if under and caret.strip() not in ("^", "^" + "~" * (width(under) - 1)):
        return f"the caret is as wide as {len(caret.strip())}, not {width(under)}"
    return ""


OPTIONS = []


def wrong_lines(path):
    """E801 … as `eval --jsonl` answers them: each line of the file says what it wants."""
    done = subprocess.run([HEDUI, "rules", "eval", "--jsonl", path], capture_output=True, text=True)
    with open(path, encoding="utf-8") as file:
        wanted = [json.loads(line)["fault"] for line in file]
    got = [json.loads(line) for line in done.stdout.splitlines()]
    for want, answer in zip(wanted, got):
        is_ = f"{answer.get('error')} {answer.get('line')}:{answer.get('col')}"
        if is_ != want:
            return f"{is_}, not {want}"
    return "" if len(got) == len(wanted) > 0 else "lines are missing"


def wrong_cases(path):
    """E803: a household whose rows no file of ours could hold; the answer is a reason, as for every verdict."""
    done = subprocess.run([HEDUI, "rules", "eval", "rules/jiangsu-dibao", "--in", path], capture_output=True, text=True)
    with open(path, encoding="utf-8") as file:
        wanted = [json.loads(line)["case"]["case_no"] for line in file]
    got = [json.loads(line) for line in done.stdout.splitlines()]
    return "" if wanted and all(w in g["reasons"] for w, g in zip(wanted, got, strict=True)) else done.stdout[:200]


def main():
    names = sorted(name for name in os.listdir(FOLDER) if name != "js-dibao" and
                   (name.endswith(".yaml") or os.path.isdir(f"{FOLDER}/{name}")))
    refused = 0
    for name in names:
        why = wrong(os.path.join(FOLDER, name))
        refused += not why and name[0] != "W"
        print(f"{'not ok' if why else 'ok'} - faulty: {name}{': ' + why if why else ''}")
    for name in sorted(os.listdir(FOLDER)):
        if name.endswith((".jsonl", ".cases")):
            why = (wrong_lines if name.endswith(".jsonl") else wrong_cases)(os.path.join(FOLDER, name))
            print(f"{'not ok' if why else 'ok'} - faulty: {name}{': ' + why if why else ''}")
    print(f"{'ok' if refused >= 40 else 'not ok'} - faulty: {refused} packs are refused where they are wrong")
    return 0


sys.exit(main())
