#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Chains of packs: the examples of docs/RULES.md, the shipped chain, flattening, order of keys."""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

HEDUI = os.environ.get("HEDUI", "build/hedui")


def run(*args):
    done = subprocess.run([HEDUI, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def ok(what, fact, more=""):
    print(("ok - " if fact else "not ok - ") + what + ("" if fact else ": " + more[:300]))


def hash_of(pack):
    code, out, err = run("rules", "hash", pack, "--json")
    return json.loads(out)["hash"] if code == 0 else "code %d: %s" % (code, err)


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def manual(folder):
    """The blocks of section 8 that begin with `# NAME/pack.yaml`, each pinned to the one before."""
    with open("docs/RULES.md", encoding="utf-8") as file:
        text = file.read()
    section = text[text.index("## 8. "):]
    before = None
    for name, body in re.findall(r"```yaml\n# (\S+)/pack\.yaml\n(.*?)```", section, re.S):
        if before is not None:
            body = re.sub(r"@[0-9a-f]{12}", "@" + before[:12], body)
        put(f"{folder}/{name}/pack.yaml", body)
        code, out, err = run("rules", "check", f"{folder}/{name}")
        ok(f"the manual's {name} is a sound pack", code == 0, err)
        before = hash_of(f"{folder}/{name}")
    code, out, err = run("rules", "flatten", f"{folder}/demo-xian")
    ok("the manual's chain flattens, lines with their origin",
       code == 0 and "until: 2026-09-01  # demo-xian/pack.yaml:" in out
       and "value: 850" in out and "# demo-shi/pack.yaml:" in out, out + err)
    code, out, err = run("rules", "eval", f"{folder}/demo-xian", "--in", cases(folder))
    lines = [json.loads(line) for line in out.splitlines()]
    ok("the day decides between the layers",
       [line["reasons"] for line in lines] == [["HOU-01"], ["HOU-02"]], out + err)


def cases(folder):
    homes = [{"unit": "u1", "use": "dwelling", "area": 50}, {"unit": "u2", "use": "dwelling", "area": 50}]
    lines = [{"case": {"applied_on": day}, "members": {"A": {"born": "1980-01-01", "properties": homes}}}
             for day in ("2026-08-31", "2026-09-01")]
    put(f"{folder}/cases.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    return f"{folder}/cases.jsonl"


def flat(folder, pack):
    name = os.path.basename(pack)
    code, out, err = run("rules", "flatten", pack)
    put(f"{folder}/{name}/pack.yaml", out)
    ok(f"{name} flattened has the same hash", code == 0 and hash_of(f"{folder}/{name}") == hash_of(pack),
       hash_of(f"{folder}/{name}") + " " + err)
    lines = json.loads(run("rules", "flatten", pack, "--json")[1])["lines"]
    ok(f"{name} flattened as JSON has the same lines",
       [line["text"] for line in lines] == [re.sub(r"  # \S+:\d+$", "", line) for line in out.splitlines()])


def shuffled(folder, pack):
    """Entries of the flattened text in another order, in two files: the hash stays."""
    out = run("rules", "flatten", pack)[1]
    tops, draw = [], random.Random(7)
    for line in out.splitlines():
        line = re.sub(r"  # \S+:\d+$", "", line)
        if not line.startswith(" "):
            tops.append((line, []))
        elif line.startswith("  ") and not line.startswith("   "):
            tops[-1][1].append([line])
        else:
            tops[-1][1][-1].append(line)
    files = {"a.yaml": [], "b.yaml": []}
    draw.shuffle(tops)
    for head, entries in tops:
        draw.shuffle(entries)
        cut = len(entries) // 2 if entries else 1
        for name, part in (("a.yaml", entries[:cut]), ("b.yaml", entries[cut:])):
            if part or (not entries and name == "a.yaml"):
                files[name].append("\n".join([head] + [line for entry in part for line in entry]))
    name = "shuffled-" + os.path.basename(pack)
    for file, parts in files.items():
        put(f"{folder}/{name}/{file}", "# in another order\n" + "\n".join(parts) + "\n")
    ok(f"{os.path.basename(pack)} in another order, in two files, has the same hash",
       hash_of(f"{folder}/{name}") == hash_of(pack), hash_of(f"{folder}/{name}"))


def moved(folder):
    """A parent that changed in sense stops its children; one that was only laid out anew does not."""
    for name in ("jiangsu-dibao", "suzhou-dibao"):
        shutil.copytree(f"rules/{name}", f"{folder}/moved/{name}")
    path = f"{folder}/moved/jiangsu-dibao/pack.yaml"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    put(path, "# a remark\n" + text)
    ok("a remark in the parent changes nothing", run("rules", "check", f"{folder}/moved/suzhou-dibao")[0] == 0)
    put(path, text.replace("value: 24", "value: 25"))
    code, out, err = run("rules", "check", f"{folder}/moved/suzhou-dibao")
    ok("a number in the parent is O501 at the pin", code == 1 and "pack.yaml:8:10: 错误 O501" in err, err)


def mutated(folder):
    """Every scalar that an entry of a pack holds counts: change it, and the hash changes or the pack
    is refused."""
    path = "rules/changshu-dibao"
    whole = run("rules", "flatten", path)[1]
    base, lines = hash_of(path), whole.splitlines()
    silent, tried = [], 0
    for number, line in enumerate(lines):
        text = re.sub(r"  # \S+:\d+$", "", line)
        value = re.search(r"(?::|-) ([^\s{\[][^{\[]*)$", text)
        if value is None:
            continue
        old = value.group(1)
        new = old[:-1] + 'x"' if old.endswith('"') else \
            re.sub(r"\d$", lambda d: str((int(d.group()) + 1) % 8 + 1), old) if old[-1].isdigit() else old + "x"
        tried += 1
        put(f"{folder}/mutated/pack.yaml", "\n".join(lines[:number] + [text[:value.start(1)] + new] + lines[number + 1:]))
        if hash_of(f"{folder}/mutated") == base:
            silent.append(text.strip())
    ok(f"each of {tried} words and numbers counts for the hash", tried > 100 and not silent, str(silent))


def main():
    folder = tempfile.mkdtemp(prefix="hedui-layers-")
    try:
        manual(folder)
        for pack in ("rules/jiangsu-dibao", "rules/suzhou-dibao", "rules/changshu-dibao", "bench/packs/six"):
            flat(f"{folder}/flat", pack)
            shuffled(f"{folder}/flat", pack)
        moved(folder)
        mutated(folder)
    finally:
        shutil.rmtree(folder)
    return 0


sys.exit(main())
