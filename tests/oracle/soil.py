#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""soil.py COUNTY SEED: what `gen` does not make, put into a generated county in place: other headers in another
order, other forms of money, dates, numbers and names, cells that are left out or no use, things that two members hold.
About one row in ten of the applying households changes, so that their verdicts are worth comparing."""
import csv
import datetime
import os
import random
import sys

ALIASES = {
    'tax': {'id_no': '身份证号', 'name': '纳税人姓名', 'period': '所属期', 'gross_income_yuan': '收入额', 'tax_withheld': '已扣缴税额'},
    'real_estate': {'id_no': '权利人证件号', 'name': '权利人', 'unit_no': '不动产单元号', 'area_m2': '建筑面积', 'usage': '规划用途',
                    'share_percent': '权利份额', 'value_yuan': '成交价'},
    'vehicle': {'id_no': '所有人证件号', 'plate': '号牌号码', 'price_yuan': '购置价格', 'status': '机动车状态'},
    'bank': {'id_no': '证件号码', 'name': '客户名称', 'account_hash': '账号', 'balance_yuan': '余额', 'as_of': '余额日期'},
}
WIDE = {c: c + 0xFEE0 for c in range(0x21, 0x7F)}


def spread(text):
    """2600000.5 as 2,600,000.5"""
    whole, dot, rest = text.partition('.')
    return '{:,}'.format(int(whole or 0)) + dot + rest


def wide(text):
    return text.translate(WIDE)


def whole(text):
    return text.partition('.')[0]


# forms of one cell: a text with {} for what stood there, or a function of it
MONEY = ('¥{}', lambda t: '￥' + spread(t), ' {}\u3000', wide, spread, '', '-{}', '{}元整', '1e5', '10000000000.01', whole,
         lambda t: whole(t) + '.5', '0', '1,00,000', '未知')
DAYS = (lambda t: t.replace('-', '/'), lambda t: t.replace('-', '.'), lambda t: '%s年%s月%s日' % tuple(t.split('-')),
        lambda t: t.replace('-', ''), lambda t: t[:5] + '13-01', '', '45000', ' {} ', wide)
MONTHS = tuple(lambda t, f=f: f % (t[:4], t[4:]) for f in ('%s/%s', '%s-%s', '%s年%s月', '%s.%s')) + (lambda t: t[:4] + '00', '')
NUMBERS = ("'{}", '#{}', '\t{} ', lambda t: t[:17] + t[17:].lower(), wide, lambda t: t[:6] + '19991332' + t[14:],
           lambda t: t[:17], '')
NAMES = ('', ' {}\u3000', lambda t: t[:1] + ' ' + t[1:], lambda t: t[:1] + '·' + t[1:], '{}某', '\u3000')
COLUMNS = {
    'tax': {'id_no': NUMBERS, 'name': NAMES, 'period': MONTHS, 'gross_income_yuan': MONEY, 'tax_withheld': MONEY,
            'income_type': ('', '0101', ' 0400 ', '101')},
    'real_estate': {'id_no': NUMBERS, 'name': NAMES, 'registered_on': DAYS, 'value_yuan': MONEY, 'unit_no': ('',),
                    'area_m2': ('', '{}5', wide, '-3', whole), 'share_percent': ('', '33.33', '100.01', '0', '12.5'),
                    'usage': ('', ' 住宅 ', '办公', '住房')},
    'vehicle': {'id_no': NUMBERS, 'name': NAMES, 'first_registered_on': DAYS, 'price_yuan': MONEY + ('-',), 'plate': ('',),
                'status': ('抵押、查封', '正常,报废', '正常、', '', '正常、丢失', '注销、正常'),
                'vehicle_type': ('', '拖拉机', '其他', '小轿车')},
    'bank': {'id_no': NUMBERS, 'name': NAMES, 'balance_yuan': MONEY, 'as_of': DAYS, 'account_type': ('', 'FIX', 'cur'),
             'bank_code': ('',)},
}
HELD = {'bank': ('bank_code', 'account_hash'), 'vehicle': ('plate',), 'real_estate': ('unit_no',)}
APPLICANTS = {'declared_annual_income': MONEY, 'declared_financial_assets': MONEY, 'authorised_on': DAYS, 'name': NAMES,
              'id_no': NUMBERS[:-1], 'relation': ('其他', ' 子女 ', '本人'), 'role': ('', 'member')}


def soiled(dice, row, columns):
    column = dice.choice(sorted(columns))
    form = dice.choice(columns[column])
    try:
        return dict(row, **{column: form.format(row[column]) if isinstance(form, str) else form(row[column])})
    except (TypeError, ValueError):
        return row  # the generator had soiled it already


YES, NO = ('1', 'true', 'Y', '是'), ('0', 'false', 'N', '否')


def completed(dice, rows):
    """Applications with the optional columns: when it was checked, what is set off, who signed for what, who lives there."""
    out, cases = [], {}
    for row in rows:
        if row['case_no'] not in cases:
            late = dice.choice((0,) * 12 + (9, 40, 70, 200) * 2 + (800, -1))
            day = datetime.date.fromisoformat(row['applied_on'].replace('/', '-')) if row['applied_on'][5:7] != '02' else None
            cases[row['case_no']] = {
                'checked_on': '' if late == 0 or day is None else (day + datetime.timedelta(late)).isoformat(),
                'rigid_expense': dice.choice(('', '', '0', '5000', '30000', '90000.5'))}
        more = dict(cases[row['case_no']], student=dice.choice(NO + NO + YES + ('',)),
                    labour=dice.choice(YES + YES + NO + NO + ('',)), guardian='', no_number='', member_from='', member_until='',
                    auth_until='', auth_sources='')
        for field, share, values in (
                ('guardian', 0.3, (rows[0]['id_no'],)), ('auth_until', 0.08, ('2026-06-30', '2026-07-01', '2026-12-31')),
                ('auth_sources', 0.06, ('tax、bank、vehicle、real_estate', 'tax,bank', 'real_estate;vehicle;tax; bank', '')),
                ('member_from', 0.05, ('2020-01-01', '2026-07-01', '2026-07-02')), ('student', 0.002, ('也许',)),
                ('member_until', 0.05, ('2026-06-30', '2026-07-01', '2027-01-01')), ('role', 0.03, ('excluded', '不计入成员')),
                ('role', 0.003, ('supporter',))):
            if dice.random() < share:
                row = dict(row, **{field: dice.choice(values)}) if field == 'role' else row
                more[field] = dice.choice(values) if field != 'role' else row['role']
        out.append(dict(row, **more))
        if dice.random() < 0.04:  # a child so young that it has no number
            out.append(dict(out[-1], id_no='', name='王小' + dice.choice('一二三四五'), relation='子女', role='',
                            no_number=dice.choice(YES + NO[:1]), declared_annual_income='0', authorised_on=''))
    return out


def rewrite(path, aliases, dice, change):
    with open(path, encoding='utf-8', newline='') as f:
        rows = list(csv.DictReader(f))
    rows = change(rows)
    columns = list(rows[0])
    dice.shuffle(columns)
    ends = dice.choice(('\n', '\r\n'))
    with open(path, 'w', encoding=dice.choice(('utf-8', 'utf-8-sig')), newline='') as f:
        writer = csv.writer(f, lineterminator=ends, quoting=dice.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
        writer.writerow([aliases.get(c, c) for c in columns])
        writer.writerows([row[c] for c in columns] for row in rows)


def main(county, seed):
    dice, case_of, people = random.Random(int(seed)), {}, {}
    with open(os.path.join(county, 'applicants.csv'), encoding='utf-8', newline='') as f:
        for row in csv.DictReader(f):
            case_of[row['id_no']] = row['case_no']
            people.setdefault(row['case_no'], []).append((row['id_no'], row['name']))

    def feed(kind):
        def change(rows):
            out = []
            for row in rows:
                case, draw = case_of.get(row['id_no']), dice.random()
                if case and draw < 0.1:
                    row = soiled(dice, row, COLUMNS[kind])
                elif case and draw < 0.13 and kind in HELD:  # another member holds the same thing, and may say otherwise of it
                    other, name = dice.choice(people[case])
                    again = dict(row, id_no=other, name=name)
                    out.append(soiled(dice, again, {c: f for c, f in COLUMNS[kind].items() if c not in HELD[kind]})
                               if dice.random() < 0.5 else again)
                out.append(row)
            return out
        return change
    for kind in COLUMNS:
        rewrite(os.path.join(county, kind + '.csv'), ALIASES[kind], dice, feed(kind))
    rewrite(os.path.join(county, 'applicants.csv'), {}, dice,
            lambda rows: [soiled(dice, row, APPLICANTS) if dice.random() < 0.07 else row for row in completed(dice, rows)])


if __name__ == '__main__':
    main(*sys.argv[1:])
