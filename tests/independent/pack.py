# SPDX-License-Identifier: Apache-2.0
"""pack.py: a rule pack over a written household, from the description alone: who answered, what is known, figures, rules,
levels, outcome. The engine's tests ask it for the same answers."""
import datetime
import os
import re
from fractions import Fraction

from language import (Err, Eval, List, Month, Num, Parser, Unknown, amount, both, compare, either, fold_sum, negated,
                      rounded, ROUND, UNITS)
from yamlish import load

OUTCOME = {'hold': 'review', 'deny': 'not_met', 'doubt': 'incomplete', 'ask': 'review', None: 'met'}
SILENT = ('not_asked', 'not_answered', 'partial', 'stale')
MONTHS_BACK = 36


def yes(text):
    return text in (True, 'yes', 'true')


def month_number(text):
    year, month = text.split('-')
    return int(year) * 12 + int(month) - 1


def read(text, kind):
    """A scalar of YAML as a value of a type's name."""
    if isinstance(text, list):
        return List([(read(t, re.match(r'list\((.*)\)$', kind).group(1)), None) for t in text])
    if kind == 'money':
        return amount(text)
    if kind == 'int':
        return Num(int(text), True)
    if kind == 'bool':
        return yes(text)
    if kind == 'date':
        return datetime.date.fromisoformat(text)
    if kind == 'month':
        return Month(month_number(text))
    if kind == 'rate' or kind.startswith('decimal'):
        return Num(Fraction(text[:-1]) / 100 if text.endswith('%') else Fraction(text))
    return text


class Model:
    def __init__(self, path):
        self.kinds = load(path)['kinds']
        self.by_list = {kind['list']: name for name, kind in self.kinds.items()}

    def fields(self, kind):
        return self.kinds[kind]['fields']


class Pack:
    def __init__(self, path, model):
        said = {}
        for name in sorted(os.listdir(path)):
            if name.endswith('.yaml'):
                for key, value in load(os.path.join(path, name)).items():
                    said.setdefault(key, {}).update(value) if isinstance(value, dict) else said.setdefault(key, value)
        self.model, self.trees = model, {}
        self.params, self.facts, self.tables = said.get('params', {}), said.get('facts', {}), said.get('tables', {})
        self.rules, self.evidence, self.declared = said.get('rules', {}), said.get('evidence', {}), said.get('declared', {})
        self.as_of = said.get('as_of', 'case.checked_on')

    def tree(self, text):
        if text not in self.trees:
            self.trees[text] = Parser(text).whole()
        return self.trees[text]


class Record:
    """A person, row, thing, open end or the case: `cells` says what a field is, facts of its kind are computed."""

    def __init__(self, case, kind, cells, extra=None, lead=False):
        self.case, self.kind, self.cells, self.extra, self.lead, self.facts = case, kind, cells, extra or {}, lead, {}

    def field(self, name):
        if name in self.extra:
            return self.extra[name]
        key = ('member' if self.kind == 'applicant' else self.kind) + '.' + name
        if key in self.case.pack.facts or key in self.case.pack.tables:
            if name not in self.facts:
                self.facts[name] = self.case.fact(key, self)
            return self.facts[name]
        return self.cells(name)


class Household:
    def __init__(self, pack, base, seen=None):
        self.pack, self.model, self.base, self.seen = pack, pack.model, base, seen
        self.slots, self.silent, self.unsigned, self.conflict = {}, [], [], False
        self.is_leads = False
        self.case = Record(self, 'case', self.reader('applicant', base['case'], 'case'))
        applied = self.case.cells('applied_on')
        checked = self.case.cells('checked_on')
        self.checked_on = applied if checked is None else checked
        self.case.extra['checked_on'] = self.checked_on
        self.as_of = self.checked_on
        self.lists, self.members, self.supporters = {}, [], []
        for group, out in (('members', self.members), ('supporters', self.supporters)):
            for key in sorted(base.get(group, {}), key=lambda k: (len(k), k)):
                out.append(self.person(key, base[group][key]))
        for person in self.members + self.supporters:
            self.answers(person)
        self.slots = {}

    # ---- cells -----------------------------------------------------------------------------------------------------

    def unknown(self, kind, name, causes):
        field = self.model.fields(kind).get(name, {})
        low, high = field.get('min'), field.get('max')
        scale = 100 if field.get('type') == 'money' else 1
        if field.get('type', '').split('(')[0] not in ('money', 'int', 'decimal'):
            low = high = None
        return Unknown(causes, None if low is None else Fraction(low) * scale, None if high is None else Fraction(high) * scale,
                       field.get('type') == 'int')

    def reader(self, kind, said, path):
        def cells(name):
            field = self.model.fields(kind).get(name, {'type': 'text'})
            text = said.get(name)
            if text is None and yes(field.get('share')):
                return Num(1)
            if text == 'none' or text is None and field.get('blank') == 'none':
                return None
            if text is None or text == 'unknown':
                return self.unknown(kind, name, [path + '.' + name])
            return read(text if isinstance(text, (str, bool, list)) else str(text), field['type'])
        return cells

    def person(self, key, said):
        given = dict(said)
        given.setdefault('authorised_on', self.base['case']['applied_on'])
        person = Record(self, 'applicant', self.reader('applicant', given, key), {'key': key})
        person.said, person.key = given, key
        person.is_newborn, person.is_invalid = yes(said.get('no_number')), said.get('id_no') == 'unknown'
        for name in ('born', 'sex'):
            text = said.get(name, 'unknown')
            person.extra[name] = Unknown([key + ('.id_no' if person.is_invalid else '.' + name)]) if text == 'unknown' else \
                read(text, 'date') if name == 'born' else text
        return person

    def is_signed(self, person):
        on, until = person.cells('authorised_on'), person.cells('auth_until')
        return isinstance(on, datetime.date) and on <= self.checked_on and (until is None or until >= self.checked_on)

    def answers(self, person):
        """Each list of one person: its rows and open ends, and how its sources answered."""
        lists = {name: ([], []) for name in self.model.by_list if name != 'members'}
        applies_any = False
        for source, says in self.pack.evidence.items():
            applies = not person.is_newborn
            if applies and 'who' in says:
                self.slots = {}
                applies = self.evaluate(says['who'], {'member': person}) is not False
                person.facts = {}
            if not applies:
                continue
            applies_any = True
            word = self.base.get('coverage', {}).get(person.key, {}).get(source, 'found')
            state, months, day = 'found', None, self.checked_on
            if '..' in word:
                months = [month_number(m) for m in word.split('..')]
            elif re.match(r'\d{4}-', word):
                day = datetime.date.fromisoformat(word)
            else:
                state = word
            if person.is_invalid or not self.is_signed(person):
                state, months = 'not_asked', None
            if state == 'found' and (self.as_of - day).days > int(says['valid_days']):
                state = 'stale'
            for kind in says['kinds']:
                name = self.model.kinds[kind]['list']
                self.fill(person, name, kind, source, says, state, months, lists[name])
                if state in SILENT and not person.is_invalid:
                    self.silent.append('%s.%s@%s' % (person.key, name, source))
        if person.is_invalid:
            self.silent.append(person.key + '.id_no')
        if applies_any and not self.is_signed(person):
            self.unsigned.append(person.key)
        person.lists = lists
        for name, (rows, opens) in lists.items():
            person.extra[name] = (rows, opens)

    def fill(self, person, name, kind, source, says, state, months, out):
        rows, opens = out
        cause = '%s.%s@%s' % (person.key, name, source)
        if state == 'stale':   # no rule reads it; that some row has another name is still to be looked at
            self.conflict = self.conflict or any(said.get('match') == 'name_conflict' for said in person.said.get(name, []))
        if state not in ('not_asked', 'not_answered', 'stale', 'not_applicable'):
            for said in person.said.get(name, []):
                lead = said.get('match') == 'name_conflict'
                self.conflict = self.conflict or lead
                for one in self.spread(kind, said):
                    rows.append(self.row(person, name, kind, one, source, lead or says['grade'] == 'lead', lead))
        if state in ('not_asked', 'not_answered', 'stale', 'partial'):
            opens.append(self.open_end(kind, [person.key + '.id_no' if person.is_invalid else cause], None, None))
        period = [f for f, field in self.model.fields(kind).items() if yes(field.get('period'))]
        if state not in SILENT and months and period:
            last = self.checked_on.year * 12 + self.checked_on.month - 2
            for month in range(last - MONTHS_BACK + 1, last + 1):
                if not months[0] <= month <= months[1]:
                    text = '%04d-%02d' % (month // 12, month % 12 + 1)
                    opens.append(self.open_end(kind, [cause + ':' + text], period[0], Month(month)))
            opens.append(self.open_end(kind, [cause + ':..'], period[0],
                                       Unknown([cause + ':..'], None, Fraction(last - MONTHS_BACK))))

    @staticmethod
    def spread(kind, said):
        if '..' not in str(said.get('month', '')):
            return [said]
        first, last = (month_number(m) for m in said['month'].split('..'))
        return [{**said, 'month': '%04d-%02d' % (m // 12, m % 12 + 1)} for m in range(first, last + 1)]

    def row(self, person, name, kind, said, source, lead, conflict):
        row = Record(self, kind, self.reader(kind, said, '%s.%s.#' % (person.key, name)),
                     {'source': source, 'match': said.get('match', 'exact')}, lead)
        row.said, row.holder, row.is_conflict = said, person.key, conflict
        return row

    def open_end(self, kind, causes, period, month):
        def cells(field):
            return month if field == period else self.unknown(kind, field, causes)
        return Record(self, kind, cells, {}), frozenset(causes)

    # ---- names -----------------------------------------------------------------------------------------------------

    def as_list(self, rows, opens):
        maybe = frozenset(['a lead'])
        return List([(r, maybe if self.is_leads and r.lead else None) for r in rows], opens)

    def things(self, kind):
        marks = [f for f, field in self.model.fields(kind).items() if yes(field.get('thing'))]
        name, groups, opens = self.model.kinds[kind]['list'], {}, []
        for person in self.members:
            for row in person.lists[name][0]:
                groups.setdefault(tuple(row.said.get(m) for m in marks), []).append(row)
            opens += person.lists[name][1]
        if not marks:
            return self.as_list([row for rows in groups.values() for row in rows], opens)
        return self.as_list([self.thing(kind, rows) for rows in groups.values()], opens)

    def thing(self, kind, rows):
        rows = [r for r in rows if not r.is_conflict] or rows
        fields = self.model.fields(kind)

        def cells(name):
            values = [r.cells(name) for r in rows]
            if yes(fields.get(name, {}).get('share')):
                if any(isinstance(v, Unknown) for v in values):
                    return self.unknown(kind, name, [v for v in values if isinstance(v, Unknown)][0].why)
                told = {}       # the parts of one holder in one source belong together; two sources tell of the same part
                for row, v in zip(rows, values):
                    source = row.extra['source']
                    told.setdefault(row.holder, {}).setdefault(source, Fraction(0))
                    told[row.holder][source] += v.v
                return Num(min(Fraction(1), sum(max(parts.values()) for parts in told.values())))
            known = [v for v in values if v is not None and not isinstance(v, Unknown)]
            if not known:
                return values[0]
            if any(compare('==', known[0], v) is not True for v in known):
                return self.unknown(kind, name, ['%s.%s.#.%s' % (rows[0].holder, self.model.kinds[kind]['list'], name)])
            return known[0]
        return Record(self, kind, cells, {}, all(r.lead for r in rows))

    def look(self, name):
        if name not in self.slots:
            self.slots[name] = self.slot(name)
        return self.slots[name]

    def slot(self, name):
        if name == 'case':
            return self.case
        if name in ('members', 'supporters'):
            return List([(p, None) for p in getattr(self, name)])
        if name.startswith('p.'):
            return self.param(name[2:])
        if name in self.pack.facts or name in self.pack.tables:
            return self.fact(name, None)
        return self.things(self.model.by_list[name])

    def param(self, name):
        said, force = self.pack.params[name], None
        for value in said['values']:
            day = datetime.date.fromisoformat(value['from'])
            if day <= self.as_of and (force is None or day > force[0]):
                force = day, value
        if force is None or yes(force[1].get('abolished')):
            return Unknown(['p.' + name])
        return read(force[1]['value'], said['type'])

    # ---- expressions -----------------------------------------------------------------------------------------------

    def evaluate(self, text, names=None, seen=None):
        for person in self.members + self.supporters:
            for name, parts in getattr(person, 'lists', {}).items():
                person.extra[name] = self.as_list(*parts)
        return Eval(self.look, seen)(self.pack.tree(text), names or {})

    def fact(self, name, record):
        names = {} if record is None else {name.split('.')[0]: record}
        if name in self.pack.tables:
            return self.table(self.pack.tables[name], names)
        said = self.pack.facts[name]
        value = Eval(self.look)(self.pack.tree(said['is']), names)
        if 'round' in said and not isinstance(value, Err):
            how, unit = ROUND.match(said['round']).groups()
            value = rounded(how, UNITS[unit], value)
        return value

    def table(self, said, names):
        may, must, why = [], False, frozenset()
        for row in said['rows'].values():
            state = True
            for column, cell in row.items():
                if column not in ('then', 'ref'):
                    state = both(state, self.cell(column, cell, names))
            if isinstance(state, Err):
                return state
            if state is False:
                continue
            may.append(self.then(row['then'], said['type'], names))
            if state is True:
                must = True
                if said.get('hit') == 'first':
                    break
            else:
                why |= state.why
        if not must and 'otherwise' in said:
            may.append(self.then(said['otherwise'], said['type'], names))
        if any(isinstance(v, (Unknown, Err)) for v in may):
            bad = [v for v in may if isinstance(v, Unknown)]
            return Unknown(why.union(*(v.why for v in bad))) if bad or why else [v for v in may if isinstance(v, Err)][0]
        if all(compare('==', may[0], v) is True for v in may):
            return may[0]
        return Unknown(why)

    def then(self, text, kind, names):
        return Eval(self.look)(self.pack.tree(text[1:]), names) if str(text).startswith('=') else read(text, kind)

    def column_type(self, column):
        kind, _, name = column.rpartition('.')
        if column in self.pack.facts or column in self.pack.tables:
            return (self.pack.facts.get(column) or self.pack.tables.get(column))['type']
        return self.model.fields('applicant' if kind in ('case', 'member') else kind)[name]['type']

    def cell(self, column, text, names):
        value = Eval(self.look)(self.pack.tree(column), names)
        kind = self.column_type(column)
        if text.startswith('='):
            return compare('==', value, Eval(self.look)(self.pack.tree(text[1:]), names))
        m = re.match(r'(<=|>=|==|!=|<|>)\s*(.*)$', text)
        if m:
            limit = self.look(m.group(2)) if m.group(2).startswith('p.') else read(m.group(2), kind)
            return compare(m.group(1), value, limit)
        if '..' in text:
            low, high = text.split('..')
            return both(compare('>=', value, read(low.strip(), kind)), compare('<=', value, read(high.strip(), kind)))
        out = False
        for word in text.split('|'):
            out = either(out, compare('==', value, read(word.strip(), kind)))
        return out

    # ---- verdict -----------------------------------------------------------------------------------------------------

    def condition(self, rule, key, seen=None):
        value = self.evaluate(rule[key], seen=seen)
        if value is False:
            return value
        out = False
        for says in rule.get('unless', {}).values():
            out = either(out, self.evaluate(says['when'], seen=seen))
        return both(value, negated(out))

    def rule_level(self, rule):
        key = [k for k in ('deny_when', 'review_when', 'hold_when') if k in rule][0]
        if 'from' in rule and self.as_of < read(rule['from'], 'date') or 'until' in rule and self.as_of >= read(rule['until'], 'date'):
            return None, None, ()
        value = self.condition(rule, key, self.seen)
        if value is False:
            return None, None, ()
        why = value.why if isinstance(value, Unknown) else ()
        if key == 'hold_when':
            return 'hold', rule['reason'], why
        if isinstance(value, Unknown):
            return 'doubt', rule['reason'], why
        if isinstance(value, Err):
            return 'ask', 'ENG-ERROR', ()
        if key == 'review_when':
            return 'ask', rule['reason'], ()
        return ('deny' if self.stands_without_leads(rule, key) else 'ask'), rule['reason'], ()

    def stands_without_leads(self, rule, key):
        kept, self.slots, self.is_leads = self.slots, {}, True
        facts = [(r, r.facts) for r in self.records()]
        for record, _ in facts:
            record.facts = {}
        out = self.condition(rule, key) is True
        self.slots, self.is_leads = kept, False
        for record, old in facts:
            record.facts = old
        return out

    def records(self):
        for person in self.members + self.supporters:
            yield person
            for rows, opens in person.lists.values():
                yield from rows
                yield from (record for record, _ in opens)

    def item_level(self, item):
        stated, found = self.evaluate(item['stated']), self.evaluate(item['found'])
        slack = self.look(item['slack']) if 'slack' in item else Num(0)
        stated = Num(0) if stated is None else stated
        parts = [v for v in (stated, found, slack) if isinstance(v, Unknown)]
        if any(isinstance(v, Err) for v in (stated, found, slack)):
            return 'doubt', 'ENG-DECLARED', frozenset().union(*(v.why for v in parts))
        limit = fold_sum(List([(stated, None), (slack, None)]))
        over = compare('>', found, limit)
        if isinstance(over, Unknown):
            return 'doubt', 'ENG-DECLARED', frozenset().union(*(v.why for v in parts))
        return ('ask' if over else None), 'ENG-DECLARED', ()

    def judge(self):
        levels = [self.rule_level(rule) for rule in self.pack.rules.values()]
        levels += [self.item_level(item) for item in self.pack.declared.values()]
        if self.unsigned:
            levels.append(('hold', 'ENG-AUTH', ()))
        if self.silent:
            levels.append(('doubt', 'ENG-SILENT', frozenset(self.silent)))
        if self.conflict:
            levels.append(('ask', 'ENG-NAME', ()))
        top = next((level for level in ('hold', 'deny', 'doubt', 'ask') if any(at == level for at, _, _ in levels)), None)
        return {'outcome': OUTCOME[top],
                'reasons': {reason for level, reason, _ in levels if level not in (None, 'doubt')},
                'missing': frozenset().union(*(frozenset(why) for level, _, why in levels if level == 'doubt')),
                'output': {name: self.printed(name) for name, said in {**self.pack.facts, **self.pack.tables}.items()
                           if yes(said.get('output')) and '.' not in name}}

    def printed(self, name):
        value = self.look(name)
        kind = (self.pack.facts.get(name) or self.pack.tables.get(name))['type']
        if isinstance(value, bool):
            return value
        if not isinstance(value, Num):
            return None
        if kind == 'int':
            return int(value.v)
        if kind in ('exact', 'rate'):
            return {kind: '%d/%d' % (value.v.numerator, value.v.denominator)}
        digits = 2 if kind == 'money' else int(kind[8:-1])
        units = value.v * (1 if kind == 'money' else 10 ** digits)
        assert units.denominator == 1
        whole, rest = divmod(abs(int(units)), 10 ** digits)
        return '%s%d.%0*d' % ('-' if units < 0 else '', whole, digits, rest)


def plain_causes(causes):
    """Numbers of rows are those of a sorted list, which is not described here. Months before any that a rule tells apart may be
    told one by one or as one: they are one here."""
    causes = {re.sub(r'\.\d+\.', '.#.', cause) for cause in causes}
    early = {cause.split(':..')[0] for cause in causes if ':..' in cause}
    return {cause for cause in causes if cause.split(':')[0] not in early} | {cause + ':..' for cause in early}
