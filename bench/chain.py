#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check and compile of a chain of three packs with 200 rules: bench/chain.py [RUNS]. Prints the median
time of the process (user and system) of `hedui rules check`, the load of the vocabulary included."""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

HEDUI = os.environ.get("HEDUI", "build/hedui")


def hash_of(folder):
    out = subprocess.run([HEDUI, "rules", "hash", folder], capture_output=True, text=True, check=True).stdout
    return out.splitlines()[-1][:12]


def params(first, last, indent):
    return "".join(
        f"{indent}limit_{i}: {{zh: 限额{i}, type: money, local: county, range: 0..1000000, values: ["
        f"{{from: 2025-0{i % 9 + 1}-01, value: {i + 1000}, ref: 示例}}, "
        f"{{from: 2026-0{i % 9 + 1}-01, value: {i + 2000}, ref: 示例}}]}}\n" for i in range(first, last))


def rules(first, last, indent):
    return "".join(
        f"{indent}r{i}: {{zh: 规则{i}, reason: R-{i}, local: county, deny_when: 'savings > p.limit_{i} && "
        f"size(members.filter(m, m.age >= {i % 60})) > {i % 5} && income_{i % 40} >= p.standard'}}\n"
        for i in range(first, last))


def reasons(first, last, indent):
    return "".join(f"{indent}R-{i}: {{zh: '存款 {{savings}} 元超过 {{p.limit_{i}}} 元'}}\n" for i in range(first, last))


def root():
    facts = "".join(
        f"  income_{i}: {{zh: 收入{i}, type: exact, per: month, is: 'per_month(sum(incomes.filter(i, within_months("
        f"i.month, case.applied_on, {i % 12 + 1})).map(i, i.amount)), {i % 12 + 1})'}}\n" for i in range(40))
    return ("hedui: 1\npack: top\nzh: 省\nlevel: province\nprogramme: dibao\nparams:\n"
            "  standard: {zh: 标准, type: money, per: month, local: city, values: [{from: 2025-01-01, value: 800, ref: 示例}]}\n"
            + params(0, 150, "  ") + "facts:\n"
            "  member.age: {zh: 年龄, type: int, is: 'age_on(member.born, case.checked_on)'}\n"
            "  savings: {zh: 存款, type: money, is: 'sum(accounts.map(a, a.balance))'}\n" + facts
            + "rules:\n" + rules(0, 150, "  ") + "reasons:\n" + reasons(0, 150, "  ") + "evidence:\n"
            "  tax: {zh: 税务, kinds: [income], valid_days: 90, grade: final}\n"
            "  bank: {zh: 银行, kinds: [account], valid_days: 90, grade: final}\n")


def child(name, level, parent, first, last, changed, day):
    own = "".join(f"  p.limit_{i}: {{values: [{{from: {day}, value: {i + 4000}, ref: 示例}}]}}\n" for i in range(changed))
    return (f"hedui: 1\npack: {name}\nzh: {name}\nlevel: {level}\nextends: {parent}\nset:\n{own}add:\n"
            f"  params:\n{params(first, last, '    ')}  rules:\n{rules(first, last, '    ')}"
            f"  reasons:\n{reasons(first, last, '    ')}")


def put(folder, text):
    os.makedirs(folder)
    with open(f"{folder}/pack.yaml", "w", encoding="utf-8") as file:
        file.write(text)


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    folder = tempfile.mkdtemp(prefix="hedui-chain-")
    try:
        put(f"{folder}/top", root())
        put(f"{folder}/mid", child("mid", "city", "top@" + hash_of(f"{folder}/top"), 150, 175, 50, "2026-07-01"))
        put(f"{folder}/low", child("low", "county", "mid@" + hash_of(f"{folder}/mid"), 175, 200, 30, "2026-09-01"))
        times = []
        for _ in range(runs):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([HEDUI, "rules", "check", f"{folder}/low"], stdout=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        print(f"chain of three, 200 rules: check and compile {1000 * statistics.median(times):.1f} ms "
              f"(of {runs} runs: {1000 * min(times):.1f}–{1000 * max(times):.1f})")
    finally:
        shutil.rmtree(folder)
    return 0


sys.exit(main())
