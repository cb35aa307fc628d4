# SPDX-License-Identifier: Apache-2.0
"""feeds.py: raw files of the sample layouts to rows per person, with what was refused, skipped and collapsed on the way."""
import csv
from collections import Counter, defaultdict

from cells import BLANK, REFUSED, code, day, hundredths, identity, money, month, name, part, price, ranked, words

NONE, UNKNOWN, MUST = 'none', 'unknown', 'must'  # what a blank cell means; MUST: it refuses the row
STATUS = {'正常': 'normal', '抵押': 'mortgaged', '查封': 'sealed', '注销': 'cancelled', '报废': 'scrapped'}
RANKS = ('cancelled', 'scrapped', 'sealed', 'mortgaged', 'normal')
# field: (headers that name its column, reader, what a blank means)
FEEDS = {
    'tax': {
        'owner': (('id_no', '身份证件号码', '身份证号', '公民身份号码'), identity, MUST),
        'name': (('name', '姓名', '纳税人姓名'), name, NONE),
        'month': (('period', '税款所属期', '所属期'), month, MUST),
        'item': (('income_type', '所得项目代码'),
                 code(**{'0101': 'wage', '0400': 'labour', '0500': 'business', '0600': 'royalty', '0700': 'interest',
                         '0800': 'lease', '0900': 'transfer', '1000': 'incidental'}), MUST),
        'amount': (('gross_income_yuan', '收入额'), money, UNKNOWN),
        'withheld': (('tax_withheld', '已扣缴税额'), money, NONE)},
    'real_estate': {
        'owner': (('id_no', '权利人证件号'), identity, MUST),
        'name': (('name', '权利人'), name, NONE),
        'unit': (('unit_no', '不动产单元号'), words, MUST),
        'area': (('area_m2', '建筑面积'), hundredths, UNKNOWN),
        'use': (('usage', '规划用途'), code(住宅='dwelling', 商业='shop', 车库='parking', 办公='office', 工业='industrial',
                                        其他='other'), MUST),
        'share': (('share_percent', '权利份额'), part, UNKNOWN),
        'registered': (('registered_on', '登记时间'), day, NONE),
        'value': (('value_yuan', '评估价值', '成交价'), money, UNKNOWN)},
    'vehicle': {
        'owner': (('id_no', '所有人证件号'), identity, MUST),
        'name': (('name', '所有人'), name, NONE),
        'plate': (('plate', '号牌号码'), words, MUST),
        'plate_kind': (('plate_kind', '号牌种类'), words, NONE),
        'category': (('vehicle_type', '车辆类型'),
                     code(小型轿车='car', 小型客车='van', 轻型货车='truck', 摩托车='motorcycle', 残疾人专用车='chair',
                          拖拉机='tractor', 其他='other'), MUST),
        'use': (('use', '使用性质'), code(非营运='own', 营运='hire', 网约车='ride_hailing'), MUST),
        'registered': (('first_registered_on', '初次登记日期'), day, NONE),
        'price': (('price_yuan', '购置价格'), price, UNKNOWN),
        'status': (('status', '机动车状态'), ranked(STATUS, RANKS), MUST)},
    'bank': {
        'owner': (('id_no', '证件号码'), identity, MUST),
        'name': (('name', '客户名称'), name, NONE),
        'bank': (('bank_code', '开户行联行号'), words, MUST),
        'number': (('account_hash', '账号摘要', '账号'), words, MUST),
        'category': (('account_type', '账户类型'), code(CUR='current', FIX='fixed', WMP='wealth'), MUST),
        'balance': (('balance_yuan', '余额'), money, UNKNOWN),
        'day': (('as_of', '余额日期'), day, MUST)},
}
SKIPPED = {'vehicle': ('plate', '合计')}   # a line of totals is no vehicle
DEDUPED = {'vehicle'}                     # rows equal in all fields are one; elsewhere two rows may be two things
UNPLACED_MOST = 200                       # one in so many rows without a readable owner makes the feed partial for everyone


class Feed:
    """Rows of the persons wanted; who had a row refused; the balance of the file."""

    def __init__(self, kind, path, wanted):
        self.rows, self.refused, self.balance = defaultdict(list), set(), Counter()
        self.months = Counter()
        fields = FEEDS[kind]
        with open(path, encoding='utf-8-sig', newline='') as f:
            reader = csv.reader(f)
            header = next(reader)
            at = {field: next((header.index(h) for h in headers if h in header), None)
                  for field, (headers, _, _) in fields.items()}
            skip, total = SKIPPED.get(kind, (None, None))
            readers = [(field, at[field], read, {} if read in (month, day) else None, blank == MUST)
                       for field, (_, read, blank) in fields.items() if at[field] is not None and field != 'name']
            seen = set() if kind in DEDUPED else None
            for cells in reader:
                self.balance['physical'] += 1
                if skip and cells[at[skip]].strip() == total:
                    self.balance['ignored'] += 1
                    continue
                self.take(cells, readers, at['name'], seen, wanted)
        self.is_partial = self.balance['unplaced'] * UNPLACED_MOST > self.balance['physical']
        most = max(self.months.values(), default=0)
        self.months = {m for m, rows in self.months.items() if rows * 10 >= most}

    def take(self, cells, readers, name_at, seen, wanted):
        row, is_refused = {}, False
        for field, at, read, cache, is_must in readers:
            text = cells[at]
            if cache is None:
                value = read(text)
            elif text in cache:
                value = cache[text]
            else:
                value = cache[text] = read(text)
            is_refused |= value is REFUSED or (value is BLANK and is_must)
            row[field] = value
        owner = row['owner']
        if is_refused:
            self.balance['refused'] += 1
            if owner is BLANK or owner is REFUSED:
                self.balance['unplaced'] += 1
            elif owner in wanted:
                self.refused.add(owner)
            return
        if seen is not None:
            same = tuple(row.values()) + (words(cells[name_at]),)
            if same in seen:
                self.balance['collapsed'] += 1
                return
            seen.add(same)
        self.balance['accepted'] += 1
        if 'month' in row:
            self.months[row['month']] += 1
        if owner in wanted:
            row['name'] = name(cells[name_at])
            self.rows[owner].append(row)


SAID = code(**dict.fromkeys(('1', 'true', 'Y', '是'), True), **dict.fromkeys(('0', 'false', 'N', '否'), False))
APPLICANT = {
    'case_no': (words, MUST), 'programme': (code(DIBAO='dibao', DIBIAN='dibian', YILIAO='yiliao', ZHUFANG='zhufang'), MUST),
    'division': (words, MUST), 'applied_on': (day, MUST), 'name': (words, MUST),
    'relation': (code(户主='self', 本人='self', 配偶='spouse', 子女='child', 父母='parent', 其他='other'), MUST),
    'role': (code(member='member', supporter='supporter', excluded='excluded', 共同生活成员='member', 不计入成员='excluded',
                  赡养抚养扶养义务人='supporter'), NONE),
    'declared_annual_income': (money, UNKNOWN), 'declared_financial_assets': (money, UNKNOWN), 'authorised_on': (day, NONE),
    'checked_on': (day, NONE), 'rigid_expense': (money, NONE), 'member_from': (day, NONE), 'member_until': (day, NONE),
    'auth_until': (day, NONE), 'auth_sources': (words, NONE), 'student': (SAID, UNKNOWN), 'labour': (SAID, UNKNOWN),
    'guardian': (identity, NONE), 'supports': (identity, NONE), 'no_number': (SAID, NONE),
}
OF_CASE = ('case_no', 'programme', 'division', 'applied_on', 'checked_on', 'rigid_expense')
LATEST = 24  # months after the application that a check may come


def is_late(applied_on, checked_on):
    months = (checked_on.year - applied_on.year) * 12 + checked_on.month - applied_on.month
    return checked_on < applied_on or (months, checked_on.day) > (LATEST, applied_on.day)


def is_member(row):
    """Does this person live with the family on the day of the check? Both days count."""
    return is_here(row, (None, 'member'))


def is_here(row, roles=('supporter',)):
    """Has the person one of these roles on the day of the check?"""
    today = row['checked_on'] or row['applied_on']
    return row['role'] in roles and not (row['member_from'] and today < row['member_from']) and \
        not (row['member_until'] and today > row['member_until'])


def goes_back(members):
    """A case in which rows disagree, somebody stands twice, a number is missing, or nobody is left."""
    people = [m['person'] for m in members if m['person'] is not REFUSED and m['person'] is not BLANK]
    family = {m['person'] for m in members if m['role'] != 'supporter'}
    return (len(set(people)) < len(people) or
            any(m['role'] == 'supporter' and m['supports'] not in (BLANK, None) and m['supports'] not in family for m in members) or
            any(m['person'] is BLANK and m['no_number'] is not True for m in members) or
            any(m[field] != members[0][field] for m in members for field in OF_CASE) or
            any(m['member_from'] and m['member_until'] and m['member_until'] < m['member_from'] for m in members) or
            any(is_late(m['applied_on'], m['checked_on'] or m['applied_on']) for m in members) or
            not any(map(is_member, members)))


def applications(path):
    """Cases by number, and the numbers of those that go back to the sender: a refused row, or one that makes no sense."""
    cases, held = defaultdict(list), set()
    with open(path, encoding='utf-8-sig', newline='') as f:
        for cells in csv.DictReader(f):
            member = {field: read(cells.get(field, '')) for field, (read, _) in APPLICANT.items()}
            member['person'] = identity(cells['id_no'])  # one that does not read is an invalid member, not a refused row
            number = member['case_no']
            if any(member[f] is REFUSED or (member[f] is BLANK and blank == MUST) for f, (_, blank) in APPLICANT.items()):
                held.add(number)
            cases[number].append(member)
    held |= {number for number, members in cases.items() if number not in held and goes_back(members)}
    return {number: members for number, members in cases.items() if number not in held}, held
