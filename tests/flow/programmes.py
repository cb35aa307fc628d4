#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several programmes of one application from one probe: each as if it were alone, and which of them gives way."""
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

HEDUI = os.path.abspath(os.environ.get("HEDUI", "build/hedui"))
FILES = ("verdicts.jsonl", "verdicts.csv", "findings.csv", "refused.csv")
PACKS = {"dibao": "suzhou-dibao", "dibian": "jiangsu-dibian", "zhichu": "jiangsu-zhichu", "tekun": "jiangsu-tekun",
         "linshi": "jiangsu-linshi", "yiliao": "jiangsu-yiliao", "guer": "jiangsu-guer", "kunjing": "jiangsu-kunjing",
         "laonian": "jiangsu-laonian", "wujia": "wujia-butie"}
FIRST = ["tekun", "dibao", "dibian", "zhichu"]


def run(*args):
    done = subprocess.run([HEDUI, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def ok(what, fact, more=""):
    print(("ok - " if fact else "not ok - ") + what + ("" if fact else ": " + str(more)[:400]))


def get(path):
    with open(path, "rb") as file:
        return file.read()


def lines(path):
    return [json.loads(line) for line in get(path).decode().splitlines()]


def county(folder):
    run("gen", "--scale", "0.006", "--seed", "11", "--optional", "--checked-on", "2026-07-01", "--out", f"{folder}/county")
    for name in ("tax", "real_estate", "vehicle", "bank"):
        run("ingest", f"adapters/{name}/mapping.yaml", f"{folder}/county/{name}.csv", "--as-of", "2026-06-30", "--data",
            f"{folder}/data", "--refused", f"{folder}/refused")
    for kind in ("existing_aid", "medical_expense", "disability", "assessment", "donation", "death", "prison_record", "subsidy"):
        with open(f"adapters/{kind}/golden/sample.csv", "rb") as file:
            head = file.readline()
        with open(f"{folder}/{kind}.csv", "wb") as file:
            file.write(head)
        period = ["--covers", "2025-07..2026-06"] if kind in ("medical_expense", "subsidy") else []
        code, text, err = run("ingest", f"adapters/{kind}/mapping.yaml", f"{folder}/{kind}.csv", "--as-of", "2026-06-30",
                              "--allow-empty", *period, "--data", f"{folder}/data")
        if code != 0:
            ok(f"{kind} is taken", False, text + err)
    with open(f"{folder}/county/applicants.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    head = rows[0]
    # every third case may be looked up at the bank alone: what one pack asks is no licence for another
    scope = head.index("auth_sources") if "auth_sources" in head else len(head)
    if scope == len(head):
        head.append("auth_sources")
    cases = {}
    for row in rows[1:]:
        number = cases.setdefault(row[head.index("case_no")], len(cases))
        row += [""] * (len(head) - len(row))
        if number % 3 == 0:
            row[scope] = "bank"
        row[head.index("division")] = "320506"
    return rows


def batch(path, rows, programme=None):
    at = rows[0].index("programme")
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0]] + [row[:at] + [(programme or row[at]).upper()] + row[at + 1:] for row in rows[1:]])


def settle(told):
    """The table's line, read once more: of FIRST the first that nothing objects to; what is open before it keeps it open."""
    out = {p: "stands" if o == "met" else "objected" if o == "not_met" else "open" for p, (o, _) in told.items()}
    taken = waits = None
    for p in FIRST:
        o = told.get(p, ("not_met", None))[0]
        if o == "met":
            out[p] = f"yields:{taken}" if taken else f"depends:{waits}" if waits else "stands"
            taken = taken or p
        elif o != "not_met" and taken is None and waits is None:
            waits = p
    pair = [p for p in ("guer", "kunjing") if told.get(p, ("not_met",))[0] != "not_met"]
    if len(pair) == 2 and any(told[p][0] == "met" for p in pair):
        met = [p for p in pair if told[p][0] == "met"]
        if len(met) == 2 and all(told[p][1] is not None for p in met):
            best = max(met, key=lambda p: (told[p][1], p == "guer"))
            out[met[0] if best == met[1] else met[1]] = f"yields:{best}"
        else:
            for p in met:
                other = [q for q in pair if q != p][0]
                if told[other][0] != "met" or told[other][1] is None:
                    out[p] = f"depends:{other}"
    return out


def alone(folder, rows, data, out):
    """Each pack over a batch of its own programme, by the road of one pack: the same bytes."""
    for programme, pack in PACKS.items():
        batch(f"{folder}/one.csv", rows, programme)
        code, text, err = run("verify", f"{folder}/one.csv", "--rules", f"rules/{pack}", "--data", data, "--checked-on",
                              "2026-07-01", "--out", f"{folder}/one", "--overwrite")
        differ = [name for name in FILES if get(f"{folder}/one/{name}") != get(f"{out}/{pack}/{name}")]
        if differ == ["refused.csv"]:
            differ = []  # what goes back is told once, by the whole
        ok(f"{pack} beside others says what it says alone", code in (0, 1) and not differ, (differ, text, err))
        sums = [json.loads(get(f"{where}/summary.json"))["probed"] for where in (f"{folder}/one", f"{out}/{pack}")]
        ok(f"{pack} looks up whom it may, and nobody more", sums[0] == sums[1], sums)


def conflicts(out):
    told, want = {}, {}
    for programme, pack in PACKS.items():
        figure = "allowance" if programme == "dibao" else "grant"
        for verdict in lines(f"{out}/{pack}/verdicts.jsonl"):
            pays = None if programme in ("dibian", "zhichu") else verdict["figures"].get(figure)
            told.setdefault(verdict["case_no"], {})[programme] = (verdict["outcome"], None if pays is None else float(pays))
    for case, programmes in told.items():
        want[case] = settle(programmes)
    got = {}
    for case in lines(f"{out}/cases.jsonl"):
        got[case["case_no"]] = {p["programme"]: p["standing"] + (":" + p["by"] if "by" in p else "")
                                for p in case["programmes"]}
    differ = [(case, want[case], got.get(case)) for case in want if want[case] != got.get(case)]
    ok("what stands and what gives way is what the table says, case by case", got and not differ, differ[:1])
    kinds = {state.split(":")[0] for programmes in got.values() for state in programmes.values()}
    ok("each sort of standing was seen", {"stands", "depends", "open", "objected"} <= kinds, kinds)


def main():
    folder = tempfile.mkdtemp(prefix="hedui-programmes-")
    try:
        data, out = f"{folder}/data", f"{folder}/out"
        rows = county(folder)
        batch(f"{folder}/batch.csv", rows)
        args = ["verify", f"{folder}/batch.csv", "--rules", "auto", "--data", data, "--checked-on", "2026-07-01"]
        names = ",".join(PACKS)
        code, text, err = run(*args, "--programmes", names, "--out", out)
        ok("ten programmes in one run", code in (0, 1) and os.path.exists(f"{out}/cases.csv"), text + err)
        alone(folder, rows, data, out)
        conflicts(out)
        for pack in ("suzhou-dibao", "jiangsu-dibian", "wujia-butie"):
            code, text, err = run("replay", f"{out}/{pack}")
            ok(f"{pack}'s share replays", code == 0, text + err)
        for threads in ("1", "3"):
            run(*args, "--programmes", names, "--out", f"{folder}/t{threads}", "--threads", threads)
            ok(f"the same bytes with {threads} threads", all(
                get(f"{folder}/t{threads}/{pack}/{name}") == get(f"{out}/{pack}/{name}")
                for pack in PACKS.values() for name in FILES) and get(f"{folder}/t{threads}/cases.jsonl") == get(f"{out}/cases.jsonl"))
        code, text, err = run(*args, "--programmes", "dibian", "--out", f"{folder}/json", "--json")
        answer = json.loads(text)
        ok("--json tells the standings", sum(answer["standings"].values()) == sum(p["cases"] for p in answer["packs"]), text)
        code, text, err = run(*args, "--programmes", "dibaoo", "--out", f"{folder}/never")
        ok("an unknown programme is refused", code == 2 and "dibaoo" in err and not os.path.exists(f"{folder}/never"), err)
        code, text, err = run("verify", f"{folder}/batch.csv", "--rules", "rules/suzhou-dibao", "--programmes", "dibian",
                              "--data", data, "--out", f"{folder}/never")
        ok("with one pack there are no programmes", code == 2 and "--rules auto" in err, err)
    finally:
        shutil.rmtree(folder)
    return 0


sys.exit(main())
