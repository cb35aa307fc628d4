# SPDX-License-Identifier: Apache-2.0
"""household.py: one case with what each source says of each member: rows, coverage, and what is still open."""
import datetime
import re

from cells import BLANK, REFUSED, name
from feeds import is_here, is_member
from interval import Number, known, unknown

LISTS = {'tax': 'incomes', 'real_estate': 'properties', 'vehicle': 'vehicles', 'bank': 'accounts'}
KEYS = {'real_estate': ('unit',), 'vehicle': ('plate', 'plate_kind'), 'bank': ('bank', 'number')}
LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'


class Source:
    """A feed as it was delivered: of which day, and for how long the pack trusts it."""

    def __init__(self, feed, as_of, valid_days):
        self.feed, self.as_of, self.valid_days = feed, as_of, valid_days
        tomorrow = as_of + datetime.timedelta(1)
        self.months = {m for m in feed.months if m < tomorrow.year * 12 + tomorrow.month - 1}  # over on that day

    def rows(self, person):
        """Rows of months that are not covered wait for the delivery that covers them."""
        return [row for row in self.feed.rows.get(person, ()) if 'month' not in row or row['month'] in self.months]


class Member:
    def __init__(self, key, row, checked_on):
        self.key, self.row = key, row
        self.is_newborn = row['person'] is BLANK
        self.person = None if self.is_newborn or row['person'] is REFUSED else row['person']
        signed, until = row['authorised_on'], row['auth_until']
        self.is_signed = signed is not None and signed <= checked_on and not (until and until < checked_on)
        self.signed_for = row['auth_sources'] and [s.strip() for s in re.split('[、,;；，]', row['auth_sources'])]
        self.born = self.person and datetime.date(int(self.person[6:10]), int(self.person[10:12]), int(self.person[12:14]))

    def signed(self, source):
        return self.is_signed and (not self.signed_for or source in self.signed_for)


def is_other(written, called):
    """Two names that disagree; a blank one says nothing."""
    return None not in (written, called) and written != called


class Element:
    """A row or a thing: fields that are known, and why it may not be there."""

    def __init__(self, owner, fields, is_lead, lacking=None):
        """lacking: of a thing, by field, whose row it is that has no value."""
        self.owner, self.fields, self.is_lead, self.lacking = owner, fields, is_lead, lacking or {}

    def key(self, field):
        return self.lacking.get(field, self.owner).key


class Household:
    """The applicant first, then by birth and number, those without a readable number last; whoever does not live there today
    keeps his letter and is not seen."""

    def __init__(self, rows, sources):
        self.checked_on, self.sources = rows[0]['checked_on'] or rows[0]['applied_on'], sources
        self.rigid_expense = None if rows[0]['rigid_expense'] is None else known(rows[0]['rigid_expense'])
        selves = [r for r in rows if r['relation'] == 'self']
        first = selves[0] if len(selves) == 1 else None
        rows = sorted(rows, key=lambda r: (r is not first, True, r['name']) if r['person'] in (REFUSED, BLANK) else
                      (r is not first, False, r['person'][6:14], r['person']))
        self.members = [Member(LETTERS[i], row, self.checked_on) for i, row in enumerate(rows) if is_member(row)]
        self.parties = self.members + [Member(LETTERS[i], row, self.checked_on) for i, row in enumerate(rows) if is_here(row)]
        self.size = len(self.members)

    def coverage(self, member, source):
        """One word; None for a member who was not looked up at all."""
        if member.is_newborn:
            return 'not_applicable'
        if member.person is None:
            return None
        if not member.signed(source):
            return 'not_asked'
        if source not in self.sources:
            return 'not_answered'
        at = self.sources[source]
        if self.checked_on - datetime.timedelta(at.valid_days) > at.as_of:
            return 'stale'
        if at.feed.is_partial or member.person in at.feed.refused:
            return 'partial'
        return 'found' if at.rows(member.person) else 'none'

    def rows(self, member, source):
        """(elements, causes of what may still come)"""
        coverage, cause = self.coverage(member, source), '%s.%s@%s' % (member.key, LISTS[source], source)
        if coverage == 'not_applicable':
            return [], []
        if coverage is None:
            return [], [member.key + '.id_no']
        if coverage in ('not_asked', 'not_answered', 'stale'):
            return [], [cause]
        at, called = self.sources[source], name(member.row['name'])
        elements = [Element(member, row, is_other(row['name'], called)) for row in at.rows(member.person)]
        return elements, [cause] if coverage == 'partial' else []

    def leads(self):
        """Is there any row of another name, whether a rule reads it or not?"""
        for member in self.parties:
            called = name(member.row['name'])
            for source, at in self.sources.items():
                rows = at.rows(member.person) if member.signed(source) else ()
                if member.person and any(is_other(row['name'], called) for row in rows):
                    return True
        return False

    def in_window(self, member, day):
        """Incomes of the twelve months before the month of `day`."""
        elements, opens = self.rows(member, 'tax')
        end = day.year * 12 + day.month - 1
        if self.coverage(member, 'tax') in ('found', 'none', 'partial'):
            opens = opens + ['%s.incomes@tax:%d-%02d' % (member.key, m // 12, m % 12 + 1) for m in range(end - 12, end)
                             if m not in self.sources['tax'].months]
        return [e for e in elements if end - 12 <= e.fields['month'] < end], opens

    def things(self, source):
        """Each thing once: rows that agree in its name are one, parts added up; rows of another name say nothing beside rows
        of the right one; fields that contradict each other are not known."""
        groups, opens = {}, []
        for member in self.members:
            elements, more = self.rows(member, source)
            opens += more
            for element in elements:
                groups.setdefault(tuple(element.fields.get(k) for k in KEYS[source]), []).append(element)
        return [merged([e for e in group if not e.is_lead] or group) for group in groups.values()], opens


def merged(group):
    fields = {}
    for field in group[0].fields:
        said = {e.fields[field] for e in group} - {None}
        fields[field] = said.pop() if len(said) == 1 else None
    if 'share' in fields:
        parts = [e.fields['share'] for e in group]
        fields['share'] = None if None in parts else min(1, sum(parts))
    lacking = {f: e.owner for e in reversed(group) for f in e.fields if e.fields[f] is None}
    return Element(group[0].owner, fields, all(e.is_lead for e in group), lacking)


class View:
    """How rows of another name count: as rows, or (`doubting`) as rows that may not be there."""

    def __init__(self, doubting):
        self.doubting = doubting

    def absent(self, element):
        return frozenset(['lead']) if self.doubting and element.is_lead else frozenset()

    def sum(self, part, value, kept=lambda e: True):
        """Over elements for which `kept` is true or open. What may still come adds 0 or more."""
        elements, opens = part
        low, high, why = 0, 0, set()
        for element in elements:
            keep = kept(element)
            if keep is False:
                continue
            number, absent = value(element), self.absent(element) | (frozenset() if keep is True else keep)
            if absent:
                number = number.perhaps(absent)
            low += number.low
            high = None if None in (high, number.high) else high + number.high
            why |= number.why
        return Number(low, None if opens else high, frozenset(why) | frozenset(opens))

    def most(self, part, value, kept):
        """The largest, at least 0."""
        elements, opens = part
        low, high, why = 0, 0, set()
        for element in elements:
            if kept(element) is False:
                continue
            number, absent = value(element), self.absent(element)
            if not absent:
                low = max(low, number.low)
            high = None if None in (high, number.high) else max(high, number.high)
            why |= number.why | absent
        return Number(low, None if opens else high, frozenset(why) | frozenset(opens))


def one(_):
    return known(1)


def amount(source, field, most=None):
    """The value of a field, at least 0 where it is blank."""
    def read(element):
        value = element.fields[field]
        if value is not None:
            return known(value)
        return unknown(0, most, ['%s.%s.#.%s' % (element.key(field), LISTS[source], field)])
    return read


def holds(source, field, test):
    """A truth about a field, open where it is not known."""
    def read(element):
        value = element.fields[field]
        return test(value) if value is not None else frozenset(['%s.%s.#.%s' % (element.key(field), LISTS[source], field)])
    return read
