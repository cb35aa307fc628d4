#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tuning a pack: set a value, see what it touches among verdicts given, undo; follow a parent."""
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

HEDUI = os.path.abspath(os.environ.get("HEDUI", "build/hedui"))
HEAD = "hedui: 1\npack: t\nzh: 试\nlevel: county\nprogramme: dibao\n"
TAIL = "facts: {n: {zh: 数, type: int, is: p.a, output: yes}}\n"


def run(*args):
    done = subprocess.run([HEDUI, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def ok(what, fact, more=""):
    print(("ok - " if fact else "not ok - ") + what + ("" if fact else ": " + str(more)[:400]))


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def get(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


# what stands in the file, what one more value makes of it
LAYOUTS = [
    ("a list on one line", "params: {a: {zh: 甲, type: int, values: [{from: 2025-01-01, value: 1}]}}  # note\n",
     "params: {a: {zh: 甲, type: int, values: [{from: 2025-01-01, value: 1}, {from: 2026-07-01, value: 2, ref: 文}]}}  # note\n"),
    ("a line a value, in brackets", "params:\n  a: {zh: 甲, type: int, values: [\n    {from: 2025-01-01, value: 1}]}  # end\n",
     "params:\n  a: {zh: 甲, type: int, values: [\n    {from: 2025-01-01, value: 1},\n    {from: 2026-07-01, value: 2, ref: 文}]}  # end\n"),
    ("a dash a value, with a remark behind", "params:\n  a:\n    zh: 甲\n    type: int\n    values:\n      - {from: 2025-01-01, value: 1}  # old\n    # more\n",
     "params:\n  a:\n    zh: 甲\n    type: int\n    values:\n      - {from: 2025-01-01, value: 1}  # old\n      - {from: 2026-07-01, value: 2, ref: 文}\n    # more\n"),
    ("dashes under the key, values in lines", "params:\n  a:\n    zh: 甲\n    values:\n    - from: 2025-01-01\n      value: 1\n      ref: 旧\n    type: int\n",
     "params:\n  a:\n    zh: 甲\n    values:\n    - from: 2025-01-01\n      value: 1\n      ref: 旧\n    - {from: 2026-07-01, value: 2, ref: 文}\n    type: int\n"),
    ("brackets and quotes inside a text", "params: {a: {zh: 甲, type: int, values: [{from: 2025-01-01, value: 1, ref: 'a}], it''s'}]}}\n",
     "params: {a: {zh: 甲, type: int, values: [{from: 2025-01-01, value: 1, ref: 'a}], it''s'}, {from: 2026-07-01, value: 2, ref: 文}]}}\n"),
    ("a value of the same day is replaced", "params: {a: {zh: 甲, type: int, values: [{from: 2026-07-01, value: 1, ref: 旧}]}}\n",
     "params: {a: {zh: 甲, type: int, values: [{from: 2026-07-01, value: 2, ref: 文}]}}\n"),
]


def layouts(folder):
    for belief, before, after in LAYOUTS:
        path = f"{folder}/layout/pack.yaml"
        shutil.rmtree(f"{folder}/layout", ignore_errors=True)
        put(path, HEAD + before + TAIL)
        code, out, err = run("rules", "set", f"{folder}/layout", "a", "2", "--from", "2026-07-01", "--ref", "文")
        ok(f"set: {belief}", code == 0 and get(path) == HEAD + after + TAIL, get(path) + err)
        code, out, err = run("rules", "set", f"{folder}/layout", "--undo")
        ok(f"undo: {belief}", code == 0 and get(path) == HEAD + before + TAIL
           and os.listdir(f"{folder}/layout") == ["pack.yaml"], get(path) + err)


def refusals(folder):
    path = f"{folder}/no/pack.yaml"
    text = HEAD + "params: {a: {zh: 甲, type: int, range: 1..5, values: [{from: 2025-01-01, value: 1}]}}\n" + TAIL
    put(path, text)
    for belief, args, want, words in [
            ("a value outside the range", ("a", "9"), 1, "O505"),
            ("a value that is no number", ("a", "much"), 1, "T205"),
            ("a name that is not there", ("b", "2"), 2, "'b'"),
            ("a label for a name", ("甲", "2"), 2, "'a'")]:
        code, out, err = run("rules", "set", f"{folder}/no", *args, "--from", "2026-07-01", "--ref", "文")
        ok(f"set refuses {belief}, and the file stays", code == want and words in err and get(path) == text
           and os.listdir(f"{folder}/no") == ["pack.yaml"], err)
    run("rules", "set", f"{folder}/no", "a", "2", "--from", "2026-07-01", "--ref", "文")
    put(path, get(path) + "# by hand\n")
    os.rename(f"{folder}/no/pack.yaml", f"{folder}/elsewhere.yaml")
    os.symlink("../elsewhere.yaml", f"{folder}/no/pack.yaml")
    code, out, err = run("rules", "set", f"{folder}/no", "a", "2", "--from", "2026-07-01", "--ref", "文")
    ok("a symbolic link is not edited", code == 2 and os.path.islink(f"{folder}/no/pack.yaml"), out + err)
    os.replace(f"{folder}/elsewhere.yaml", f"{folder}/no/pack.yaml")
    was = get(f"{folder}/no/pack.yaml")
    os.chmod(f"{folder}/no/pack.yaml", 0o444)
    code, out, err = run("rules", "set", f"{folder}/no", "a", "2", "--from", "2026-07-01", "--ref", "文")
    ok("nor is a read-only file", code == 2 and get(f"{folder}/no/pack.yaml") == was, out + err)
    os.chmod(f"{folder}/no/pack.yaml", 0o644)
    code, out, err = run("rules", "set", f"{folder}/no", "--undo")
    ok("no undo over what somebody else wrote since", code == 2 and "# by hand" in get(path), err)


def chain(folder):
    """A county sets what its province opened; the province changes; the county follows."""
    for name in ("jiangsu-dibao", "suzhou-dibao"):
        shutil.copytree(f"rules/{name}", f"{folder}/{name}")
    city = f"{folder}/suzhou-dibao"
    before = get(f"{city}/pack.yaml")
    code, out, err = run("rules", "set", city, "p.savings_months", "30", "--from", "2027-01-01", "--ref", "文")
    ok("set opens an entry for a parent's parameter", code == 0 and
       before.replace("set:\n", "set:\n  p.savings_months:\n    values:\n      - {from: 2027-01-01, value: 30, ref: 文}\n")
       == get(f"{city}/pack.yaml"), get(f"{city}/pack.yaml") + err)
    code, out, err = run("rules", "set", city, "homes_max", "2", "--from", "2027-01-01", "--ref", "文")
    ok("set refuses a sealed one", code == 1 and "O502" in err, err)
    run("rules", "set", city, "--undo")
    ok("the chain is as it was", get(f"{city}/pack.yaml") == before)
    code, out, err = run("rules", "follow", city)
    ok("nothing to follow yet", code == 0 and "nothing to follow" in out, out + err)
    code, out, err = run("rules", "set", f"{folder}/jiangsu-dibao", "gap", "150", "--from", "2027-01-01", "--ref", "文")
    ok("the parent changes", code == 0, err)
    ok("the child is O501", "O501" in run("rules", "check", city)[2])
    code, out, err = run("rules", "follow", city)
    ok("follow moves the pin, tests run", code == 0 and "0 失败" in out and run("rules", "check", city)[0] == 0, out + err)
    changed = [(a, b) for a, b in zip(before.splitlines(), get(f"{city}/pack.yaml").splitlines()) if a != b]
    ok("follow changes that line only", len(changed) == 1 and changed[0][1].startswith("extends: jiangsu-dibao@"), changed)
    code, out, err = run("rules", "follow", city, "--undo")
    ok("follow is undone", get(f"{city}/pack.yaml") == before, out + err)


def affected(folder):
    """The standard falls from a day in the middle of two batches: who is touched, and only they."""
    county, data, pack = f"{folder}/county", f"{folder}/data", f"{folder}/jiangsu-dibao-2"
    shutil.copytree("rules/jiangsu-dibao", pack)
    run("gen", "--scale", "0.004", "--seed", "5", "--checked-on", "2026-07-01", "--out", county)
    for name in ("tax", "real_estate", "vehicle", "bank"):
        run("ingest", f"adapters/{name}/mapping.yaml", f"{county}/{name}.csv", "--as-of", "2026-06-30", "--data", data,
            "--refused", f"{folder}/refused")
    for day in ("2026-07-01", "2026-07-20"):
        run("verify", f"{county}/applicants.csv", "--rules", pack, "--data", data, "--out", f"{folder}/out-{day}",
            "--checked-on", day)
    runs = [f"{folder}/out-2026-07-01", f"{folder}/out-2026-07-20"]
    code, out, err = run("rules", "affected", pack, *runs)
    ok("an unchanged pack touches nobody", code == 0 and out.count("改判 of another outcome 0") == 2, out + err)
    code, out, err = run("replay", runs[0])
    ok("a run of a pack replays", code == 0, err)
    code, out, err = run("rules", "set", pack, "standard", "900", "--from", "2026-07-15", "--ref", "示例", "--in", runs[1])
    ok("set tells the difference in meaning, and who moves", code == 0 and "含义差别" in out and
       out.index("撤销") < out.index("含义差别") and "INC-01" in out, out + err)
    sheet = f"{folder}/affected.csv"
    code, out, err = run("rules", "affected", pack, *runs, "--json", "--csv", sheet)
    answers = json.loads(out)
    ok("the days that changed are told", [a["spans"] for a in answers] == [[{"from": "2026-07-15"}]] * 2, out + err)
    ok("before the day nobody is touched", code == 1 and answers[0]["inside"] == 0 and answers[0]["changed"] == [], out)
    ok("from the day on somebody is", answers[1]["inside"] == answers[1]["verdicts"] > 0 and answers[1]["moved"] > 0
       and answers[1]["outside"] == 0, out)
    run("verify", f"{county}/applicants.csv", "--rules", pack, "--data", data, "--out", f"{folder}/again",
        "--checked-on", "2026-07-20")
    then, now = ({line["case_no"]: line for line in map(json.loads, get(f"{d}/verdicts.jsonl").splitlines())}
                 for d in (runs[1], f"{folder}/again"))
    strip = lambda line: {k: v for k, v in line.items() if k not in ("pack", "pack_hash")}
    want = sorted(no for no in then if strip(then[no]) != strip(now[no]))
    ok("exactly those whom a second run judges otherwise", [c["case_no"] for c in answers[1]["changed"]] == want
       and all((c["then"], c["now"]) == (then[c["case_no"]]["outcome"], now[c["case_no"]]["outcome"])
               for c in answers[1]["changed"]), out[:300])
    with open(sheet, encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    ok("the sheet has them all", [row[1] for row in rows[1:]] == want, rows[:3])
    run("rules", "set", pack, "--undo")
    ok("no copy of a pack stays in the temporary folder",
       os.listdir(os.environ["TMPDIR"]) == [])
    code, out, err = run("rules", "affected", pack, *runs)
    ok("undone, nobody is touched", code == 0, out + err)
    child(folder, data, county)
    own_day(folder, data, county)


def own_day(folder, data, county):
    """A parameter by the day of application, in a whole batch that is checked two months later."""
    text = get("rules/jiangsu-dibao/pack.yaml")
    later = "reviewed_on: 2026-07-01}\n      - {from: 2026-08-01, value: 900, ref: 示例}\n"
    packs = {"old": text, "new": text.replace("reviewed_on: 2026-07-01}\n", later),
             "own": text.replace("reviewed_on: 2026-07-01}\n", later)
                        .replace("    local: city\n", "    local: city\n    as_of: case.applied_on\n")}
    bodies = {}
    for name, words in packs.items():
        put(f"{folder}/day-{name}/pack.yaml", words)
        code, out, err = run("verify", f"{county}/applicants.csv", "--rules", f"{folder}/day-{name}", "--data", data,
                             "--out", f"{folder}/out-{name}", "--checked-on", "2026-09-01")
        bodies[name] = [line.rsplit(',"pack":"', 1)[0] for line in get(f"{folder}/out-{name}/verdicts.jsonl").splitlines()]
    ok("a parameter's own day counts for every household", bodies["own"] == bodies["old"] != bodies["new"],
       [pair for pair in zip(bodies["own"], bodies["old"]) if pair[0] != pair[1]][:1])


def child(folder, data, county):
    """A run by a pack that stands on others names them, and replays only by the same."""
    for name in ("jiangsu-dibao", "suzhou-dibao"):
        shutil.copytree(f"rules/{name}", f"{folder}/child/{name}")
    run("verify", f"{county}/applicants.csv", "--rules", f"{folder}/child/suzhou-dibao", "--data", data, "--out",
        f"{folder}/out-child", "--checked-on", "2026-07-01")
    record = json.loads(get(f"{folder}/out-child/run.json"))
    ok("run.json names the parents", [p["name"] for p in record["pack"]["parents"]] == ["jiangsu-dibao"], record["pack"])
    ok("and replays", run("replay", f"{folder}/out-child")[0] == 0)
    run("rules", "set", f"{folder}/child/jiangsu-dibao", "gap", "1000", "--from", "2020-01-01", "--ref", "示例")
    code, out, err = run("rules", "follow", f"{folder}/child/suzhou-dibao", "--in", f"{folder}/out-child")
    ok("follow tells whom the parent's change touches", code == 0 and "结论 verdicts" in out, out + err)
    run("rules", "follow", f"{folder}/child/suzhou-dibao", "--undo")
    run("rules", "set", f"{folder}/child/jiangsu-dibao", "--undo")
    put(f"{folder}/child/jiangsu-dibao/pack.yaml", "# a remark\n" + get(f"{folder}/child/jiangsu-dibao/pack.yaml"))
    code, out, err = run("replay", f"{folder}/out-child")
    ok("not by a parent with other bytes", code == 2 and "上级规则包" in err, err)


def main():
    folder = tempfile.mkdtemp(prefix="hedui-tuning-")
    os.environ["TMPDIR"] = f"{folder}/tmp"
    os.mkdir(os.environ["TMPDIR"])
    try:
        layouts(folder)
        refusals(folder)
        chain(folder)
        affected(folder)
    finally:
        shutil.rmtree(folder)
    return 0


sys.exit(main())
