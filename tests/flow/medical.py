#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Medical assistance computed once more: a county's settlements, benefits and donations drawn at random, the amounts from the
paper's words in whole fen, and every family must agree. Half of the draws stand at a limit: the cap, the last month of the
window, a refund that takes all back."""
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

HEDUI = os.path.abspath(os.environ.get("HEDUI", "build/hedui"))
CASES = int(os.environ.get("MEDICAL_CASES", "800"))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
WINDOW = [f"2025{m:02d}" for m in range(7, 13)] + [f"2026{m:02d}" for m in range(1, 7)]  # before 2026-07
ELIGIBLE = {"特困": True, "低保": True, "低保边缘": True, "孤儿": True, "临时救助": False, "住房救助": False}


def run(*args):
    done = subprocess.run([HEDUI, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def ok(what, fact, more=""):
    print(("ok - " if fact else "not ok - ") + what + ("" if fact else ": " + str(more)[:500]), flush=True)


def number(born, sequence):
    body = f"329901{born}{sequence:03d}"
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, body)) % 11]


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def draw_person(draw, born, used):
    used[born] = used.get(born, 0) + 1
    person = {"id": number(born, used[born]), "aids": [], "visits": [], "gifts": []}
    if draw.random() < 0.6:
        person["aids"].append((draw.choice(list(ELIGIBLE)), draw.choice(["在享", "在享", "在享", "停发", "终止"])))
    for _ in range(draw.choice([0, 0, 1, 1, 2, 4])):
        scope = draw.choice([0, 1, 5384615, 5384616, draw.randrange(9000000), draw.randrange(300000)])
        person["visits"].append({"month": draw.choice(WINDOW + ["202506", "202607"]), "scope": scope,
                                 "insured": draw.choice([None, None, 0, scope // 3, scope + 5]), "refund": False})
    if person["visits"] and draw.random() < 0.2:  # a settlement taken back, whole or in part
        taken = dict(draw.choice(person["visits"]), refund=True)
        person["visits"].append(taken)
    if draw.random() < 0.15:
        person["gifts"].append((draw.choice(["医疗", "生活"]), draw.choice(["医院", "家庭"]),
                                draw.choice([100, 500000, 9000000]), draw.choice(["2025-06-30", "2025-07-01", "2026-06-30", "2026-07-01"])))
    return person


def expected(family):
    """(outcome, eligible, cost, grant) by the words: 65% of what was paid in scope, at most 35,000 yuan a person and year."""
    eligible = cost = grant = 0
    for person in family:
        if not any(ELIGIBLE[p] and status == "在享" for p, status in person["aids"]):
            continue
        eligible += 1
        own = 0
        for visit in person["visits"]:
            if visit["month"] in WINDOW:
                net = visit["scope"] - min(visit["scope"], visit["insured"] or 0)
                own += -net if visit["refund"] else net
        own -= sum(fen for purpose, payee, fen, day in person["gifts"]
                   if purpose == "医疗" and payee == "医院" and "2025-07-01" <= day <= "2026-06-30")
        own = max(0, own)
        cost += own
        grant += min(own * 65 // 100, 3500000)  # less than a fen is dropped
    return "not_met" if eligible == 0 or cost == 0 else "met", eligible, cost, grant


def put(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head.split(",")] + rows)


def write(folder, families):
    aids, visits, gifts, batch = [], [], [], []
    for i, family in enumerate(families):
        for m, person in enumerate(family):
            batch.append([f"M{i:06d}", "YILIAO", "320506001", "2026-07-01", person["id"], "甲乙", ["本人", "配偶", "子女"][m], "member",
                          "2026-06-20"])
            aids += [[person["id"], "甲乙", programme, f"B{i}{m}", status] for programme, status in person["aids"]]
            for v, visit in enumerate(person["visits"]):
                visits.append([person["id"], "甲乙", f"S{i}-{m}-{v}", "住院", visit["month"], yuan(visit["scope"]),
                               "" if visit["insured"] is None else yuan(visit["insured"]), "是" if visit["refund"] else "否"])
            gifts += [[person["id"], "甲乙", purpose, payee, yuan(fen), day] for purpose, payee, fen, day in person["gifts"]]
    put(f"{folder}/batch.csv", "case_no,programme,division,applied_on,id_no,name,relation,role,authorised_on", batch)
    put(f"{folder}/existing_aid.csv", "身份证号,姓名,救助项目,救助证号,享受状态", aids)
    put(f"{folder}/medical_expense.csv", "患者身份证号,患者姓名,结算单号,就诊类别,结算年月,政策范围内自付,商业保险赔付,退费标志", visits)
    put(f"{folder}/donation.csv", "受助人身份证号,受助人姓名,用途,收款方,捐助金额,捐助日期", gifts)
    for kind in ("existing_aid", "medical_expense", "donation"):
        period = ["--covers", "2025-06..2026-07"] if kind == "medical_expense" else []
        code, text, err = run("ingest", f"adapters/{kind}/mapping.yaml", f"{folder}/{kind}.csv", "--as-of", "2026-06-30", *period,
                              "--data", f"{folder}/data", "--refused", f"{folder}/refused")
        ok(f"{kind} is taken whole", code == 0, text + err)


def compare(folder, families, out):
    with open(f"{out}/verdicts.jsonl", encoding="utf-8") as file:
        verdicts = {verdict["case_no"]: verdict for verdict in map(json.loads, file)}
    differ, seen, capped = [], {}, 0
    for i, family in enumerate(families):
        want, verdict = expected(family), verdicts.get(f"M{i:06d}")
        got = None if verdict is None else (verdict["outcome"], verdict["figures"]["eligible_members"],
                                            round(float(verdict["figures"]["cost"]) * 100), round(float(verdict["figures"]["grant"]) * 100))
        if got != want:
            differ.append((i, want, got))
        seen[want[0]] = seen.get(want[0], 0) + 1
        capped += want[3] >= 3500000
    ok(f"{len(families)} families agree in outcome, persons, cost and amount", not differ, (len(differ), differ[:3]))
    ok("both outcomes and the cap were drawn", min(seen.get("met", 0), seen.get("not_met", 0), capped) > len(families) // 40, (seen, capped))


def main():
    folder = tempfile.mkdtemp(prefix="hedui-medical-")
    try:
        draw, used = random.Random(int(os.environ.get("MEDICAL_SEED", "3"))), {}
        families = [[draw_person(draw, f"{1960 + draw.randrange(50)}{draw.randrange(1, 13):02d}{draw.randrange(1, 28):02d}", used)
                     for _ in range(draw.randrange(1, 4))] for _ in range(CASES)]
        write(folder, families)
        code, text, err = run("verify", f"{folder}/batch.csv", "--rules", "rules/jiangsu-yiliao", "--data", f"{folder}/data", "--out",
                              f"{folder}/out")
        ok("the batch is verified", code == 0, text + err)
        compare(folder, families, f"{folder}/out")
    finally:
        shutil.rmtree(folder)
    return 0


sys.exit(main())
