# SPDX-License-Identifier: Apache-2.0
"""packs.py: the packs rules/jiangsu-dibao, rules/jiangsu-zhichu and bench/packs/six once more, from their words, in Python: figures and findings."""
import datetime
from fractions import Fraction

from household import View, amount, holds, one
from interval import Number, above, at_least, every, known, larger, left, negated, some, total, unknown

ORDER = ('hold', 'deny', 'doubt', 'ask')
OUTCOME = {'hold': 'review', 'deny': 'not_met', 'doubt': 'incomplete', 'ask': 'review', None: 'met'}


class Six:
    valid_days = dict.fromkeys(('tax', 'real_estate', 'vehicle', 'bank'), 3650)

    @staticmethod
    def facts(h, view):
        def lists(source):
            parts = [h.rows(m, source) for m in h.members]
            return [e for elements, _ in parts for e in elements], [c for _, opens in parts for c in opens]
        windows = [h.in_window(m, h.checked_on) for m in h.members]
        area, share = amount('real_estate', 'area'), amount('real_estate', 'share', 1)
        normal = holds('vehicle', 'status', lambda s: s == 'normal')
        return {
            'members_count': known(h.size),
            'income_total': total(view.sum(w, amount('tax', 'amount')) for w in windows),
            'property_count': view.sum(lists('real_estate'), one),
            'area_sum': view.sum(lists('real_estate'), lambda e: area(e).over(Fraction(100)) * share(e)),
            'vehicle_count': view.sum(lists('vehicle'), one, normal),
            'max_price': view.most(lists('vehicle'), amount('vehicle', 'price'), normal),
            'bank_total': view.sum(lists('bank'), amount('bank', 'balance'))}

    @staticmethod
    def denials(h, f):
        n = h.size
        return {'r1_income': above(f['income_total'], known(1800000 * n)), 'r2_property': above(f['property_count'], known(2)),
                'r3_area': above(f['area_sum'], known(60 * n)), 'r4_vehicle': above(f['vehicle_count'], known(1)),
                'r5_price': above(f['max_price'], known(15000000)), 'r6_bank': above(f['bank_total'], known(8000000 * n))}

    @staticmethod
    def others(h, f):
        return {}

    @staticmethod
    def declared(f):
        return None


def age(member, day):
    return day.year - member.born.year - ((day.month, day.day) < (member.born.month, member.born.day))


class Dibao:
    valid_days = {'tax': 90, 'real_estate': 180, 'vehicle': 90, 'bank': 60}
    standard, slack, savings_months = 120800, 10000, 24  # fen a month

    @classmethod
    def facts(cls, h, view):
        n, applied = h.size, h.members[0].row['applied_on']
        counted = holds('tax', 'item', lambda item: item not in ('honour', 'study'))
        found = total(view.sum(h.in_window(m, applied), amount('tax', 'amount'), counted) for m in h.members).over(Fraction(12))
        stated = total(known(m.row['declared_annual_income']) if m.row['declared_annual_income'] is not None else
                       unknown(0, None, [m.key + '.declared_annual_income']) for m in h.members).over(Fraction(12))
        income = larger(found, stated)
        dwelling = holds('real_estate', 'use', lambda use: use == 'dwelling')
        area, share = amount('real_estate', 'area'), amount('real_estate', 'share', 1)
        status = holds('vehicle', 'status', lambda s: s in ('normal', 'mortgaged', 'sealed'))
        light = holds('vehicle', 'category', lambda c: c not in ('motorcycle', 'chair'))
        homes, cars = h.things('real_estate'), h.things('vehicle')
        return {
            'headcount': known(n), 'found_income': found, 'stated_income': stated, 'income_total': income,
            'per_capita': income.over(Fraction(n)), 'savings': view.sum(h.things('bank'), amount('bank', 'balance')),
            'savings_limit': known(cls.standard * cls.savings_months * n), 'homes': view.sum(homes, one, dwelling),
            'homes_area': view.sum(homes, lambda e: area(e).over(Fraction(100)) * share(e), dwelling),
            'cars': view.sum(cars, one, lambda e: every([status(e), light(e)])),
            'allowance': left(cls.standard * n, income, 100)}

    @classmethod
    def denials(cls, h, f):
        past = f['savings'] + known(-f['savings_limit'].low)
        rigid = h.rigid_expense is not None and every([h.rigid_expense.why or True, at_least(h.rigid_expense, past)])
        return {'income': at_least(f['per_capita'], known(cls.standard)),
                'savings': every([above(f['savings'], f['savings_limit']), negated(rigid)]),
                'vehicle': above(f['cars'], known(0)),
                'homes': every([above(f['homes'], known(1)), above(f['homes_area'], known(36 * h.size))])}

    @staticmethod
    def others(h, f):
        """Who could work and earns nothing; a family of minors whom nobody guards."""
        def works(m):
            elements, opens = h.in_window(m, m.row['applied_on'])
            earned = holds('tax', 'item', lambda item: item in ('wage', 'labour', 'business'))
            return some([earned(e) for e in elements] + [frozenset([c]) for c in opens])

        def aged(m, test):
            if m.born is None:
                return frozenset([m.key + ('.born' if m.is_newborn else '.id_no')])
            return test(age(m, h.checked_on))

        def said(m, field):
            return m.row[field] if m.row[field] is not None else frozenset(['%s.%s' % (m.key, field)])
        idle = some(every([aged(m, lambda a: 18 <= a < 60), said(m, 'labour'), negated(said(m, 'student')), negated(works(m))])
                    for m in h.members)
        minors = every(every([aged(m, lambda a: a < 18), m.row['guardian'] is None]) for m in h.members)
        return {'idle': ('ask', idle), 'guardian': ('hold', minors)}

    @classmethod
    def declared(cls, f):
        """(word, level) for found against stated."""
        found, stated = f['found_income'], f['stated_income']
        slack = known(cls.slack)
        over, under = above(found, stated + slack), above(stated, found + slack)
        if over is True:
            return ('少报' if stated.low > 0 else '漏报' if stated.high == 0 else 'unknown'), 'ask'
        if over is not False:
            return 'unknown', 'doubt'
        return ('多报' if under is True else '一致' if under is False else 'unknown'), None


def months_between(a, b):
    """The full months from a to b; minus those from b to a."""
    if a > b:
        return -months_between(b, a)
    months = (b.year - a.year) * 12 + b.month - a.month
    last = (datetime.date(b.year + b.month // 12, b.month % 12 + 1, 1) - datetime.timedelta(1)).day
    return months - (b.day < min(a.day, last))


class Zhichu(Dibao):
    savings_months = 36

    @classmethod
    def facts(cls, h, view):
        facts, n, applied = super().facts(h, view), h.size, h.members[0].row['applied_on']
        year = facts['income_total'].over(Fraction(1, 12))
        rigid = h.rigid_expense or unknown(None, None, ['case.rigid_expense'])
        gone = Number(None if rigid.high is None else -rigid.high, None if rigid.low is None else -rigid.low, rigid.why)
        status = holds('vehicle', 'status', lambda s: s in ('normal', 'mortgaged', 'sealed'))
        light = holds('vehicle', 'category', lambda c: c not in ('motorcycle', 'chair'))
        price = amount('vehicle', 'price')
        nonres = holds('real_estate', 'use', lambda use: use in ('shop', 'office', 'industrial'))
        recent = holds('real_estate', 'registered', lambda day: months_between(day, applied) < 12)
        return facts | {
            'year_income': year, 'rigid': rigid, 'left_over': year + gone, 'left_limit': known(cls.standard * 12 * n),
            'place_income': known(Fraction(6000000, 12)), 'car_limit': known(cls.standard * 120),
            'recent_nonres': view.sum(h.things('real_estate'), one, lambda e: every([nonres(e), recent(e)])),
            'dear_cars': view.sum(h.things('vehicle'), one,
                                  lambda e: every([status(e), light(e), above(price(e), known(cls.standard * 120))]))}

    @classmethod
    def denials(cls, h, f):
        return {'left': at_least(f['left_over'], f['left_limit']), 'place': at_least(f['per_capita'], f['place_income']),
                'savings': above(f['savings'], f['savings_limit']), 'nonres': above(f['recent_nonres'], known(0)),
                'homes': every([above(f['homes'], known(1)), above(f['homes_area'], known(36 * h.size))]),
                'vehicles': above(f['cars'], known(1)), 'vehicle_worth': above(f['dear_cars'], known(0))}

    @classmethod
    def others(cls, h, f):
        return {'below': ('ask', negated(at_least(f['per_capita'], known(cls.standard))))}


PACKS = {'six': Six, 'dibao': Dibao, 'zhichu': Zhichu}


def judged(pack, h):
    """(outcome, figures, findings by rule, word of the declared item)"""
    figures = pack.facts(h, View(False))
    denials = pack.denials(h, figures)
    has_leads = h.leads()
    doubted = pack.denials(h, pack.facts(h, View(True))) if has_leads and True in denials.values() else denials
    levels = {rule: 'doubt' if truth is not True else 'deny' if doubted[rule] is True else 'ask'
              for rule, truth in denials.items() if truth is not False}
    for rule, (level, truth) in pack.others(h, figures).items():
        if truth is not False:
            levels[rule] = level if truth is True or level == 'hold' else 'doubt'
    if not all(m.signed(s) for m in h.parties if not m.is_newborn for s in pack.valid_days):
        levels['ENG-AUTH'] = 'hold'
    if has_leads:
        levels['ENG-NAME'] = 'ask'
    if any(h.coverage(m, s) not in ('found', 'none', 'not_applicable') for m in h.parties for s in pack.valid_days):
        levels['ENG-SILENT'] = 'doubt'
    declared = pack.declared(figures)
    if declared and declared[1]:
        levels['ENG-DECLARED'] = declared[1]
    highest = next((level for level in ORDER if level in levels.values()), None)
    return OUTCOME[highest], figures, levels, declared and declared[0]
