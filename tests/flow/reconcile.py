#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A list of those in benefit with seeded deaths, moves, people nobody can find, double benefits and cars: all are found, and
nobody else. RECONCILE_CASES=20000 makes the list as long as a city's (50,000 persons)."""
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

HEDUI = os.path.abspath(os.environ.get("HEDUI", "build/hedui"))
CASES = int(os.environ.get("RECONCILE_CASES", "600"))
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SEEDS = ("died", "moved", "lost", "doubled", "cadre", "car", "silent")


def run(*args):
    done = subprocess.run([HEDUI, *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def ok(what, fact, more=""):
    print(("ok - " if fact else "not ok - ") + what + ("" if fact else ": " + str(more)[:400]), flush=True)


def number(born, sequence):
    body = f"329901{born}{sequence:03d}"
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, body)) % 11]


def families(draw):
    """CASES families of two or three; one in twelve carries one seeded thing, each sort as often."""
    out, used = [], {}
    for i in range(CASES):
        people = []
        for m in range(2 + i % 2):
            born = f"{(1968 if m < 2 else 2012) + draw.randrange(8)}{draw.randrange(1, 13):02d}{draw.randrange(1, 28):02d}"
            used[born] = used.get(born, 0) + 1
            people.append((number(born, used[born]), draw.choice(SURNAMES) + draw.choice("一二三四五六七八九")))
        seed = SEEDS[i // 12 % len(SEEDS)] if i % 12 == 5 else ""
        out.append({"case": f"Z{i:07d}", "people": people, "seed": seed, "who": draw.randrange(2)})
    return out


def put(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head] + rows)


def feeds(folder, list_of):
    """What each department holds; the seeded person differs in one thing from all others."""
    months = [f"2025{m:02d}" for m in range(7, 13)] + [f"2026{m:02d}" for m in range(1, 7)]
    tax, bank, cars, register, aid, death, pay = ([] for _ in range(7))
    for family in list_of:
        for m, (person, name) in enumerate(family["people"]):
            seed = family["seed"] if m == family["who"] else ""
            if m == 0:
                tax += [[person, name, month, "0101", "800.00", "", "913205810000000000"] for month in months]
            bank.append([person, name, "102305000238", f"n{family['case']}{m}", "WMP", "1000.00", "2026-06-30"])
            if seed == "car":
                cars.append([person, name, f"苏E{family['case'][-5:]}", "小型客车", "非营运", "2021-04-29", "60000.00", "正常"])
            if seed != "lost":
                where = ("320102001", "迁出") if seed == "moved" else ("320506001", "在册")
                register.append([person, name, "", family["case"], "本人", where[0], "城镇", "10", where[1], "2001-01-01", ""])
            aid.append([person, name, "低保", "D" + family["case"], "320506001", "1000.00", "2", "在享", "2024-07-01", "",
                        "202606", "2025-07-01"])
            if seed == "doubled":
                aid.append([person, name, "特困", "T" + family["case"], "320506001", "900.00", "1", "在享", "2024-07-01", "",
                            "202606", "2025-07-01"])
            if seed == "died":
                death.append([person, name, "2026-04-10", "2026-04-12", "殡仪馆"])
            if seed == "cadre":
                pay.append([person, name, "示例局", "公务员", "基本工资", "202606", "4000.00"])
    heads = {"tax": "id_no,name,period,income_type,gross_income_yuan,tax_withheld,payer_credit_code",
             "bank": "id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of",
             "vehicle": "id_no,name,plate,vehicle_type,use,first_registered_on,price_yuan,status",
             "real_estate": "id_no,name,unit_no,address_division,area_m2,usage,share_percent,registered_on,value_yuan",
             "household_register": "身份证号,姓名,曾用名,户号,与户主关系,户籍地区划,城乡,婚姻状况,户籍状态,迁入日期,迁出日期",
             "existing_aid": "身份证号,姓名,救助项目,救助证号,行政区划,户月救助金额,保障人数,享受状态,开始日期,终止日期,最近发放年月,最近核对日期",
             "death": "死者身份证号,死者姓名,死亡日期,火化日期,登记来源",
             "payroll": "身份证号,姓名,单位名称,人员类别,工资项目,发放年月,应发金额"}
    rows = {"tax": tax, "bank": bank, "vehicle": cars, "real_estate": [], "household_register": register,
            "existing_aid": aid, "death": death, "payroll": pay}
    for name, head in heads.items():
        put(f"{folder}/{name}.csv", head.split(","), rows[name])
        period = ["--covers", "2025-07..2026-06"] if name in ("tax", "payroll") else []
        code, text, err = run("ingest", f"adapters/{name}/mapping.yaml", f"{folder}/{name}.csv", "--as-of", "2026-06-30",
                              "--allow-empty", *period, "--data", f"{folder}/data", "--refused", f"{folder}/refused")
        if code != 0:
            ok(f"{name} is taken", False, text + err)


def batch(folder, list_of):
    head = "case_no,programme,division,applied_on,id_no,name,relation,role,declared_annual_income,declared_financial_assets," \
           "authorised_on,student,labour,remark"  # a column that nobody maps makes the file longer than a piece
    rows = []
    for family in list_of:
        for m, (person, name) in enumerate(family["people"]):
            # one in the list is known by a number that is not valid: nobody can look him up
            bad = family["seed"] == "silent" and m == family["who"]
            rows.append([family["case"], "DIBAO", "320506001", "2026-07-01", person[:-1] + ("0" if person[-1] != "0" else "1")
                         if bad else person, name, ["本人", "配偶", "子女"][m], "member", "9600" if m == 0 else "0",
                         "2000", "2026-06-20", "yes" if m == 2 else "no", "no", "x" * 800])
    put(f"{folder}/list.csv", head.split(","), rows)


def wanted(family):
    """What the seed alone must bring about; written before the engine is asked."""
    return {"": ("agrees", []), "died": ("flagged", ["died", "paid_after_death"]), "moved": ("flagged", ["moved"]),
            "lost": ("flagged", ["lost"]), "doubled": ("flagged", ["doubled"]), "cadre": ("flagged", ["cadre"]),
            "car": ("ended", []), "silent": ("undecided", [])}[family["seed"]]


def main():
    folder = tempfile.mkdtemp(prefix="hedui-reconcile-")
    try:
        list_of = families(random.Random(7))
        feeds(folder, list_of)
        batch(folder, list_of)
        args = ["reconcile", f"{folder}/list.csv", "--data", f"{folder}/data"]
        code, text, err = run(*args, "--out", f"{folder}/out")
        ok("the list is reconciled", code == 0, text + err)
        want = {family["case"]: wanted(family) for family in list_of}
        got = {}
        with open(f"{folder}/out/reconcile.jsonl", encoding="utf-8") as file:
            for line in file:
                case = json.loads(line)
                got[case["case_no"]] = (case["state"], case["check"])
        differ = [(case, want[case], got.get(case)) for case in want if want[case] != got.get(case)]
        ok(f"all {sum(bool(f['seed']) for f in list_of)} seeded cases are found, and nothing else", set(got) == set(want) and not
           differ, (len(differ), differ[:3]))
        ok("each sort was seeded", {f["seed"] for f in list_of} >= set(SEEDS))
        code, text, err = run(*args, "--out", f"{folder}/json", "--json")
        answer = json.loads(text)
        states = {name: sum(state == name for state, _ in want.values()) for name in ("agrees", "flagged", "ended", "undecided")}
        ok("the counts are those of the list", answer["states"] == states and answer["cases"] == len(want), answer)
        decided = len(want) - states["undecided"]
        rate = f"{states['agrees'] * 10000 // decided / 100:.2f}%"
        ok("the match rate is agreement among what is decided", answer["match_rate"] == rate, (answer["match_rate"], rate))
        with open(f"{folder}/out/reconcile.csv", encoding="utf-8-sig") as file:
            ok("the sheet has a line a case", len(list(csv.reader(file))) == len(want) + 1)
        found = next(family for family in list_of if family["seed"] == "died")
        code, text, err = run("explain", f"{folder}/out/jiandu", "--case", found["case"])
        ok("the evidence is explained", code == 0 and "死亡记录" in text, text + err)
        ok("nobody's number stands in a result", not any(
            person.encode() in open(f"{folder}/out/{name}", "rb").read() for name in ("reconcile.csv", "reconcile.jsonl")
            for family in list_of[:50] for person, _ in family["people"]))
        for pack in ("jiandu", "suzhou-dibao"):
            code, text, err = run("replay", f"{folder}/out/{pack}")
            ok(f"{pack}'s share replays", code == 0, text + err)
        code, text, err = run(*args, "--check", "bogus", "--out", f"{folder}/never")
        ok("an unknown check is refused", code == 2 and not os.path.exists(f"{folder}/never"), err)
    finally:
        shutil.rmtree(folder)
    return 0


sys.exit(main())
