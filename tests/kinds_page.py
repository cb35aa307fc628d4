#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/KINDS.md from rules/model.yaml and adapters/*/mapping.yaml: `tests/kinds_page.py --write` writes it, without an option it
prints what it should hold. tests/flow/departments.py compares."""
import os
import re
import sys

# How far a row of the shipped source may carry in a pack's evidence, and why.
GRADES = {
    'income': ('final', '扣缴申报', 'declared by the payer'),
    'property': ('final', '登记', 'the register'),
    'vehicle': ('final', '登记', 'the register'),
    'account': ('final', '银行答复', 'answered by the bank'),
    'household_register': ('final', '登记；人户分离时地址不作数', 'the register; its address is not where people live'),
    'marriage': ('final', '登记；法院离婚和 1990 年前的可能缺', 'the register; court divorces and times before 1990 may be missing'),
    'death': ('needs_confirmation', '各来源有迟报，火化日不是死亡日', 'late, and a cremation is not the day of death'),
    'social_insurance': ('final', '缴费记录；基数不是工资', 'contributions; the base is no wage'),
    'pension': ('final', '发放记录', 'payments'),
    'housing_fund': ('final', '账户', 'the account'),
    'business_registration': ('needs_confirmation', '有冒名登记', 'names are used without consent'),
    'securities': ('final', '按日市值', 'value of a day'),
    'insurance': ('final', '保单；现金价值属投保人', 'the policy; its cash value is the holder\'s'),
    'disability': ('final', '证件；看有效期', 'the certificate, while it is valid'),
    'veterans_benefit': ('final', '按项目免计', 'exempt by item'),
    'payroll': ('final', '发放记录', 'payments'),
    'subsidy': ('needs_confirmation', '持卡人常不是补贴对象', 'the card holder is often not the beneficiary'),
    'farm_machinery': ('needs_confirmation', '有代购名义', 'bought in others\' names'),
    'medical_expense': ('final', '结算；退费另列', 'settlements; refunds stand apart'),
    'education': ('final', '学籍', 'the school register'),
    'prison_record': ('needs_confirmation', '人工提供', 'given by hand'),
    'exit_record': ('lead', '只是线索', 'a lead only'),
    'assessment': ('final', '在有效期内', 'while it is valid'),
    'donation': ('needs_confirmation', '多付给医院', 'mostly paid to the hospital'),
    'existing_aid': ('final', '发放名单', 'the list of those in benefit'),
}


def mapping(text, pattern):
    m = re.search(pattern, text, re.M)
    return m.group(1) if m else ''


def kinds():
    """[(name, attributes, [(field, attributes)])], read as the model is written: a line a field."""
    out = []
    inside = False
    with open('rules/model.yaml', encoding='utf-8') as f:
        for line in f:
            if line.startswith('kinds:'):
                inside = True
            elif inside and re.match(r'  \w+:\s*$', line):
                out.append((line.strip()[:-1], {}, []))
            elif inside and re.match(r'    \w+:', line) and 'fields:' not in line:
                key, value = line.strip().split(':', 1)
                out[-1][1][key] = value.split('   #')[0].strip()
            elif inside and re.match(r'      \w+:', line):
                name, rest = line.strip().split(':', 1)
                body = rest.strip()[1:rest.strip().rindex('}')]
                marks = dict(re.findall(r'(\w+): ((?:"[^"]*"|[^,{}(]+(?:\([^)]*\))?)+)', body))
                out[-1][2].append((name, {k: v.strip().strip('"') for k, v in marks.items()}))
    return out


def sources():
    by_kind = {}
    for name in sorted(os.listdir('adapters')):
        path = os.path.join('adapters', name, 'mapping.yaml')
        with open(path, encoding='utf-8') as f:
            text = f.read()
        by_kind.setdefault(mapping(text, r'^kind:\s*(\w+)'), []).append(mapping(text, r'^source:\s*(\w+)'))
    return by_kind


def page():
    by_kind = sources()
    out = ['# Kinds of records', '',
           'What rules may read, kind by kind: made from rules/model.yaml and adapters/ by `tests/kinds_page.py --write`. *list* is the name',
           'in expressions (`m.pensions`, `pensions`), *source* the name that a pack\'s `evidence` asks for, *grade* how far a row of the',
           'shipped source should carry there (docs/RULES.md, evidence). 本页由词表和映射生成：list 是规则里的名称，source 是证据来源名，',
           'grade 是建议的证据等级：final 可定，needs_confirmation 待核实，lead 线索。', '',
           '| kind | 名称 | in English | list | source | grade |', '|---|---|---|---|---|---|']
    for name, at, _ in kinds():
        grade = GRADES.get(name)
        says = '%s：%s / %s' % grade if grade else '—'
        out.append('| [`%s`](#%s) | %s | %s | `%s` | %s | %s |' % (
            name, name, at['zh'], at.get('en', ''), at['list'], ' '.join('`%s`' % s for s in by_kind.get(name, ())) or '—', says))
    out += ['', 'A blank cell is *none* (known to be absent), *unknown*, or, where the table says —, refused. Marks: *month* the period that a delivery',
            'covers, *thing* rows that agree in these are one, *part* a share of it, *a month*, *a year* what an amount is of, *hidden* rests as',
            'a tag, *case* of the application.']
    for name, at, fields in kinds():
        out += ['', '## %s' % name, '%s, %s. At most %s rows a person%s.' % (
            at['zh'], at.get('en', ''), at['limit'],
            '; found from either side (`%s`)' % at['pair'].strip('{}') if 'pair' in at else ''), '',
                '| field | 名称 | in English | type | blank | marks |', '|---|---|---|---|---|---|']
        for field, m in fields:
            marks = [w for k, v, w in (('period', 'yes', 'month'), ('thing', 'yes', 'thing'), ('share', 'yes', 'part'),
                                       ('per', 'month', 'a month'), ('per', 'year', 'a year'), ('sensitive', 'high', 'hidden'),
                                       ('of', 'case', 'case'), ('rules', 'no', 'closed to rules')) if m.get(k) == v]
            if field == at['owner']:
                marks.insert(0, 'owner')
            out.append('| `%s` | %s | %s | %s | %s | %s |' % (field, m['zh'], m.get('en', ''), m['type'], m.get('blank', '—'),
                                                        ', '.join(marks)))
    return '\n'.join(out) + '\n'


if __name__ == '__main__':
    if sys.argv[1:] == ['--write']:
        with open('docs/KINDS.md', 'w', encoding='utf-8') as f:
            f.write(page())
    else:
        sys.stdout.write(page())
