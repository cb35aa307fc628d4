#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""verify --rules auto: each case by the pack that its programme, division and day name."""
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

HEDUI = os.path.abspath(os.environ.get("HEDUI", "build/hedui"))


def run(*args):
    done = subprocess.run([HEDUI, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def ok(what, fact, more=""):
    print(("ok - " if fact else "not ok - ") + what + ("" if fact else ": " + str(more)[:400]))


def get(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def verdicts(folder):
    lines = get(f"{folder}/verdicts.jsonl").splitlines()
    return {json.loads(line)["case_no"]: line for line in lines}


def batch(folder):
    """A county's cases, turned into five sorts: three divisions, another day, another programme."""
    with open(f"{folder}/county/applicants.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    head = rows[0]
    case, division, programme = head.index("case_no"), head.index("division"), head.index("programme")
    sorts, want = {}, {}
    for row in rows[1:]:
        number = sorts.setdefault(row[case], len(sorts) % 5)
        row[division] = ["320102", "320506", "320581", "110105", "320506"][number]
        if number == 4:
            row[programme] = "JIAOYU"
        want[row[case]] = ["jiangsu-dibao", "suzhou-dibao", "changshu-dibao", None, None][number]
    with open(f"{folder}/batch.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return want


def main():
    folder = tempfile.mkdtemp(prefix="hedui-auto-")
    try:
        data, out = f"{folder}/data", f"{folder}/out"
        run("gen", "--scale", "0.004", "--seed", "5", "--checked-on", "2026-07-01", "--out", f"{folder}/county")
        for name in ("tax", "real_estate", "vehicle", "bank"):
            run("ingest", f"adapters/{name}/mapping.yaml", f"{folder}/county/{name}.csv", "--as-of", "2026-06-30",
                "--data", data, "--refused", f"{folder}/refused")
        want = batch(folder)
        for name in ("jiangsu-dibao", "suzhou-dibao", "changshu-dibao", "packs.yaml"):
            (shutil.copytree if name.endswith("dibao") else shutil.copy)(f"rules/{name}", f"{folder}/{name}")
        args = ["verify", f"{folder}/batch.csv", "--rules", "auto", "--packs", f"{folder}/packs.yaml", "--data", data]
        code, text, err = run(*args, "--checked-on", "2026-09-01", "--out", out)
        found = {no: name for name in ("jiangsu-dibao", "suzhou-dibao", "changshu-dibao")
                 for no in verdicts(f"{out}/{name}")}
        ok("each case by the pack of its division", code == 1 and found and
           found == {no: name for no, name in want.items() if name is not None and no in found}, text + err)
        with open(f"{out}/refused.csv", encoding="utf-8-sig", newline="") as file:
            refused = {row[0]: row[1] for row in list(csv.reader(file))[1:]}
        unserved = {no for no, name in want.items() if name is None}
        ok("no pack, no verdict: CASE-PACK", {no for no, why in refused.items() if why == "CASE-PACK"} <= unserved
           and unserved <= set(refused), refused)
        ok("nobody is lost", set(found) | set(refused) == set(want) and not set(found) & set(refused))
        told = json.loads(get(f"{out}/packs.json"))
        ok("packs.json counts them", {p["pack"]: p["cases"] for p in told["packs"]} ==
           {name: list(found.values()).count(name) for name in set(found.values())}, told)
        run("verify", f"{folder}/batch.csv", "--rules", f"{folder}/suzhou-dibao", "--data", data, "--checked-on",
            "2026-09-01", "--out", f"{folder}/single")
        single = verdicts(f"{folder}/single")
        ok("a case's verdict is the one that its pack gives alone",
           all(line == single[no] for no, line in verdicts(f"{out}/suzhou-dibao").items()))
        run(*args, "--checked-on", "2026-08-31", "--out", f"{folder}/before")
        ok("the day before, the county's pack does not count yet", not os.path.exists(f"{folder}/before/changshu-dibao")
           and {no for no, name in want.items() if name == "changshu-dibao" and no in found}
           <= set(verdicts(f"{folder}/before/suzhou-dibao")))
        code, text, err = run(*args, "--checked-on", "2026-09-01", "--out", f"{folder}/json", "--json")
        ok("--json is one document", [p["pack"] for p in json.loads(text)["packs"]] ==
           ["jiangsu-dibao", "suzhou-dibao", "changshu-dibao"], text)
        for name in set(found.values()):
            code, text, err = run("replay", f"{out}/{name}")
            ok(f"{name}'s share replays", code == 0, text + err)
            code, text, err = run("explain", f"{out}/{name}", "--case", next(iter(verdicts(f"{out}/{name}"))))
            ok(f"{name}'s share is explained", code == 0 and text != "", err)
        put(f"{folder}/packs.yaml", get(f"{folder}/packs.yaml") + "# a remark\n")
        ok("not by another table", run("replay", f"{out}/suzhou-dibao")[0] == 2)
        tables(folder, args)
    finally:
        shutil.rmtree(folder)
    return 0


def tables(folder, args):
    for belief, line, code in [
            ("an unknown programme", "{programme: dibaoo, pack: suzhou-dibao}", "N103"),
            ("a line that stands twice", "{programme: dibao, division: '32', pack: suzhou-dibao}", "D302"),
            ("a division in words", "{programme: dibao, division: 苏州, pack: suzhou-dibao}", "T205"),
            ("a path for a name", "{programme: dibao, division: '99', pack: ../x}", "T205"),
            ("an end before the beginning", "{programme: dibao, division: '99', from: 2026-02-01, until: 2026-01-01, pack: x}",
             "D303"),
            ("a slip in a key", "{programm: dibao, pack: x}", "Y013")]:
        put(f"{folder}/packs.yaml", "packs:\n  - {programme: dibao, division: '32', pack: jiangsu-dibao}\n  - " + line + "\n")
        code_of, text, err = run(*args, "--out", f"{folder}/never")
        ok(f"a table with {belief} is refused at its line", code_of == 2 and f"packs.yaml:3:" in err and code in err
           and not os.path.exists(f"{folder}/never"), err)
    put(f"{folder}/packs.yaml", "packs:\n  - {programme: jiaoyu, division: '32', pack: jiangsu-dibao}\n")
    code_of, text, err = run(*args, "--out", f"{folder}/never")
    ok("a pack of another programme is refused", code_of == 2 and "救助项目" in err, err)


sys.exit(main())
