# SPDX-License-Identifier: Apache-2.0
"""language.py: the expression language once more, from its description alone: exact fractions, five states of a value, bounds
of unknown numbers. It shares nothing with the engine and is as slow as it is plain.

A value is True or False, a Num, a str, a date, a Month, None (known to be absent), a List, a record (an object with `field`), an
Unknown with its causes and bounds, or an Err."""
import datetime
import re
from fractions import Fraction


class Num:
    """A number: money and exact in fen, everything else in ones. Only ints divide with truncation."""
    __slots__ = ('v', 'is_int')

    def __init__(self, v, is_int=False):
        self.v, self.is_int = Fraction(v), is_int


class Month:
    __slots__ = ('n',)

    def __init__(self, n):
        self.n = n


class Unknown:
    __slots__ = ('why', 'lo', 'hi', 'is_int')

    def __init__(self, why, lo=None, hi=None, is_int=False):
        self.why, self.lo, self.hi, self.is_int = frozenset(why), lo, hi, is_int


class Err:
    __slots__ = ('code',)

    def __init__(self, code):
        self.code = code


class List:
    """Elements (value, causes of being only maybe there, or None) and open ends (what is known of one to come, causes)."""
    __slots__ = ('elements', 'opens')

    def __init__(self, elements, opens=()):
        self.elements, self.opens = list(elements), list(opens)


# ---- text to tree -----------------------------------------------------------------------------------------------------

TOKEN = re.compile(r'\s*(?:(\d+)|("(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\')|([A-Za-z_]\w*)|(&&|\|\||[<>=!]=|[-+*/%<>!?:.,()\[\]]))')
LEVELS = (('||',), ('&&',), ('<', '<=', '>', '>=', '==', '!=', 'in'), ('+', '-'), ('*', '/', '%'))


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        while text[at:].strip():
            m = TOKEN.match(text, at)
            if m is None:
                raise SyntaxError(text[at:])
            self.tokens.append((m.lastindex, m.group(m.lastindex)))
            at = m.end()
        self.tokens.append((0, ''))
        self.at = 0

    def peek(self):
        return self.tokens[self.at][1] if self.tokens[self.at][0] in (0, 3, 4) else None

    def take(self, text=None):
        kind, word = self.tokens[self.at]
        if text is not None and word != text:
            raise SyntaxError('%s, not %s' % (text, word))
        self.at += 1
        return kind, word

    def whole(self):
        tree = self.ternary()
        self.take('')
        return tree

    def ternary(self):
        c = self.binary(0)
        if self.peek() != '?':
            return c
        self.take()
        a = self.ternary()
        self.take(':')
        return ('?', c, a, self.ternary())

    def binary(self, level):
        if level == len(LEVELS):
            return self.unary()
        tree = self.binary(level + 1)
        while self.peek() in LEVELS[level]:
            op = self.take()[1]
            tree = (op, tree, self.binary(level + 1))
        return tree

    def unary(self):
        if self.peek() in ('!', '-'):
            op = self.take()[1]
            return ('not' if op == '!' else 'neg', self.unary())
        tree = self.primary()
        while self.peek() in ('.', '['):
            if self.take()[1] == '[':
                tree = ('index', tree, self.ternary())
                self.take(']')
                continue
            name = self.take()[1]
            tree = ('method', name, tree, self.arguments()) if self.peek() == '(' else ('field', tree, name)
        return tree

    def arguments(self):
        out = []
        self.take('(')
        while self.peek() != ')':
            out.append(self.ternary())
            if self.peek() == ',':
                self.take()
        self.take(')')
        return out

    def primary(self):
        kind, word = self.take()
        if kind == 1:
            return ('value', Num(int(word), True))
        if kind == 2:
            return ('value', re.sub(r'\\(.)', r'\1', word[1:-1]))
        if word == '(':
            tree = self.ternary()
            self.take(')')
            return tree
        if word == '[':
            items = []
            while self.peek() != ']':
                items.append(self.ternary())
                if self.peek() == ',':
                    self.take()
            self.take(']')
            return ('list', items)
        if word in ('true', 'false', 'null'):
            return ('value', {'true': True, 'false': False, 'null': None}[word])
        if self.peek() == '(':
            return ('call', word, self.arguments())
        return ('name', word)


# ---- values -------------------------------------------------------------------------------------------------------------

def is_number(x):
    return isinstance(x, Num)


def ends(x):
    """What a number may be: (lowest, highest), None for no such bound."""
    return (x.v, x.v) if is_number(x) else (x.lo, x.hi)


def whole(x):
    return x.is_int if isinstance(x, (Num, Unknown)) else False


def strict(*values):
    """The unknown or error that the arguments make, or False."""
    why = [v.why for v in values if isinstance(v, Unknown)]
    if why:
        return Unknown(frozenset().union(*why))
    for v in values:
        if isinstance(v, Err):
            return v
    return False


def plus(a, b):
    return None if a is None or b is None else a + b


def product(a, b):
    """The hull of the products of two intervals; an end at 0 keeps a product at 0 whatever the other is."""
    if None not in a + b:
        all_ = [x * y for x in a for y in b]
        return min(all_), max(all_)
    inf = float('inf')
    x = (-inf if a[0] is None else a[0], inf if a[1] is None else a[1])
    y = (-inf if b[0] is None else b[0], inf if b[1] is None else b[1])
    all_ = [Fraction(0) if p == 0 or q == 0 else (p * q if abs(p) != inf and abs(q) != inf else inf * (1 if (p > 0) == (q > 0) else -1))
            for p in x for q in y]
    lo, hi = min(all_), max(all_)
    return (None if lo == -inf else lo), (None if hi == inf else hi)


def trunc(v):
    return Fraction(int(v))


def arith(op, a, b):
    if isinstance(a, List) and isinstance(b, List):
        return List(a.elements + b.elements, a.opens + b.opens)
    bad = strict(a, b)
    if isinstance(a, (datetime.date, str, bool)):
        return bad if bad else a + b
    is_int = whole(a) and whole(b)
    if isinstance(bad, Err):
        return bad
    if bad:
        (al, ah), (bl, bh) = ends(a), ends(b)
        if op == '+':
            lo, hi = plus(al, bl), plus(ah, bh)
        elif op == '-':
            lo, hi = plus(al, None if bh is None else -bh), plus(ah, None if bl is None else -bl)
        elif op == '*':
            lo, hi = product((al, ah), (bl, bh))
        elif op == '/' and is_number(b) and b.v != 0:
            lo, hi = product((al, ah), (1 / b.v, 1 / b.v))
            if is_int:
                lo, hi = (None if x is None else trunc(x) for x in (lo, hi))
        else:
            lo = hi = None
        return Unknown(bad.why, lo, hi, is_int)
    if op in '/%' and b.v == 0:
        return Err('E802')
    if op == '%':
        return Num(a.v - trunc(a.v / b.v) * b.v, True)
    v = {'+': a.v + b.v, '-': a.v - b.v, '*': a.v * b.v}[op] if op != '/' else a.v / b.v
    return Num(trunc(v) if op == '/' and is_int else v, is_int)


def order_key(x):
    return x.v if is_number(x) else x.n if isinstance(x, Month) else x


def decided(op, a, b):
    """The answer that every pair of values gives, or None."""
    (al, ah), (bl, bh) = a, b
    if op in ('<', '<='):
        return {'<': '>', '<=': '>='}[op] and decided({'<': '>', '<=': '>='}[op], b, a)
    if op == '>':
        if al is not None and bh is not None and al > bh:
            return True
        return False if ah is not None and bl is not None and ah <= bl else None
    if op == '>=':
        if al is not None and bh is not None and al >= bh:
            return True
        return False if ah is not None and bl is not None and ah < bl else None
    apart = (ah is not None and bl is not None and ah < bl) or (al is not None and bh is not None and al > bh)
    if apart:
        return op == '!='
    return op == '==' if None not in (al, ah, bl, bh) and al == ah == bl == bh else None


def bounds_of(x):
    if isinstance(x, Unknown):
        return x.lo, x.hi
    return (order_key(x),) * 2


def compare(op, a, b):
    if isinstance(a, List) and isinstance(b, List):
        maybe = [why for l in (a, b) for _, why in l.elements if why] + [why for l in (a, b) for _, why in l.opens]
        if maybe:
            return Unknown(frozenset().union(*maybe))
        out = len(a.elements) == len(b.elements)
        for (x, _), (y, _) in zip(a.elements, b.elements):
            out = both(out, compare('==', x, y)) if out is not False else out
        return out if op == '==' else negated(out)
    if a is None or b is None:
        other = b if a is None else a
        if isinstance(other, (Unknown, Err)):
            return strict(other)
        return (other is None) == (op == '==')
    bad = strict(a, b)
    if isinstance(bad, Unknown) and not any(isinstance(x, (str, bool, datetime.date, Err)) for x in (a, b)):
        answer = decided(op, bounds_of(a), bounds_of(b))
        if answer is not None:
            return answer
    if bad:
        return bad
    x, y = order_key(a), order_key(b)
    return {'<': lambda: x < y, '<=': lambda: x <= y, '>': lambda: x > y, '>=': lambda: x >= y, '==': lambda: x == y,
            '!=': lambda: x != y}[op]()


def both(a, b):
    """&& of the five states."""
    if a is False or b is False:
        return False
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return Unknown(frozenset().union(*(x.why for x in (a, b) if isinstance(x, Unknown))))
    return a if isinstance(a, Err) else b


def negated(x):
    return (not x) if isinstance(x, bool) else x


def either(a, b):
    return negated(both(negated(a), negated(b)))


def hull(c, a, b):
    if isinstance(a, Err) or isinstance(b, Err) or any(not isinstance(x, (Num, Unknown)) for x in (a, b)):
        return Unknown(c.why)
    (al, ah), (bl, bh) = ends(a), ends(b)
    return Unknown(c.why, None if None in (al, bl) else min(al, bl), None if None in (ah, bh) else max(ah, bh), whole(a) and whole(b))


def view(x):
    """A list as it is looked at: a wholly unknown one is an open end of unknown content."""
    return List([], [(Unknown(x.why), x.why)]) if isinstance(x, Unknown) else x


def rounded(how, unit, x):
    def one(v):
        q = abs(v) / unit
        n = q.numerator // q.denominator
        rest = q - n
        if how == 'up' and rest or how == 'round' and rest >= Fraction(1, 2) or \
                how == 'even' and (rest > Fraction(1, 2) or rest == Fraction(1, 2) and n % 2):
            n += 1
        return Fraction(n * unit * (-1 if v < 0 else 1))
    if isinstance(x, Unknown):
        return Unknown(x.why, None if x.lo is None else one(x.lo), None if x.hi is None else one(x.hi))
    return x if isinstance(x, Err) else Num(one(x.v))


def fold_sum(x):
    if isinstance(x, Err):
        return x
    items, opens, why, lo, hi, error = x.elements, x.opens, frozenset(), Fraction(0), Fraction(0), None
    is_int, is_open = True, bool(opens)
    for value, maybe in items:
        if isinstance(value, Err):
            error = value
            continue
        is_int = is_int and whole(value)
        if isinstance(value, Unknown):
            why |= value.why
        low, high = ends(value)
        if maybe:
            is_open = True
            why |= maybe
            low, high = (None if low is None else min(low, 0)), (None if high is None else max(high, 0))
        lo, hi = plus(lo, low), plus(hi, high)
    for value, causes in opens:
        why |= causes | (value.why if isinstance(value, Unknown) else frozenset())
        low, high = ends(value) if isinstance(value, (Num, Unknown)) else (None, None)
        lo = lo if low is not None and low >= 0 else None
        hi = hi if high is not None and high <= 0 else None
    if why or is_open:
        return Unknown(why, lo, hi)
    return error or Num(lo, is_int and bool(items))


def fold_most(x, sign):
    """max (sign 1) or min (sign -1) of a list."""
    if isinstance(x, Err):
        return x
    why, there, maybe, error = frozenset(), [], [], None
    for value, causes in x.elements:
        if isinstance(value, Err):
            error = value
            continue
        if isinstance(value, Unknown):
            why |= value.why
        if causes:
            why |= causes
        (maybe if causes else there).append(value)
    for value, causes in x.opens:
        why |= causes
        maybe.append(value if isinstance(value, (Num, Unknown)) else Unknown(causes))
    if not why:
        if error or not there:
            return error or Err('E804')
        return max(there, key=lambda v: order_key(v)) if sign > 0 else min(there, key=lambda v: order_key(v))
    if any(not isinstance(v, (Num, Unknown)) for v in there + maybe):
        return Unknown(why)
    near = [ends(v)[0 if sign > 0 else 1] for v in there]     # the least that it can be (for max) comes of those that are there
    far = [ends(v)[1 if sign > 0 else 0] for v in there + maybe]
    pick = max if sign > 0 else min
    known_near = [v for v in near if v is not None]
    a = pick(known_near) if known_near else None
    b = pick(far) if None not in far and far else None
    return Unknown(why, a, b) if sign > 0 else Unknown(why, b, a)


def first_of_month(month):
    return datetime.date(month // 12, month % 12 + 1, 1)


def month_of(day):
    return day.year * 12 + day.month - 1


def add_months(day, n):
    month = month_of(day) + n
    last = (first_of_month(month + 1) - datetime.timedelta(days=1)).day
    return datetime.date(month // 12, month % 12 + 1, min(day.day, last))


def months_between(a, b):
    if a > b:
        return -months_between(b, a)
    n = month_of(b) - month_of(a)
    return n if add_months(a, n) <= b else n - 1


def age_on(born, day):
    if day < born:
        return Err('E805')
    return Num(day.year - born.year - ((day.month, day.day) < (born.month, born.day)), True)


def within_months(x, day, n):
    bad = strict(x, day, n)
    if bad:
        if isinstance(x, Unknown) and x.hi is not None and not strict(day, n) and x.hi < month_of(day) - n.v:
            return False        # of a month that is only known to lie before the window
        return Unknown(bad.why) if isinstance(bad, Unknown) else bad
    month = month_of(x) if isinstance(x, datetime.date) else x.n
    return month_of(day) - n.v <= month < month_of(day)


def amount(text):
    return Num(Fraction(text) * 100)


PLAIN = {
    'age_on': age_on, 'add_months': lambda d, n: add_months(d, int(n.v)), 'months_between': lambda a, b: Num(months_between(a, b), True),
    'days_between': lambda a, b: Num((b - a).days, True), 'year': lambda d: Num(d.year, True), 'month': lambda d: Num(d.month, True),
    'month_of': lambda d: Month(month_of(d)), 'date': datetime.date.fromisoformat,
    'yuan': lambda x: amount(x if isinstance(x, str) else x.v), 'fen': lambda x: Num(x.v), 'dec': lambda x: Num(Fraction(x)),
    'rate': lambda x: Num(Fraction(x[:-1]) / 100 if x.endswith('%') else Fraction(x)), 'string': lambda x: str(x.v),
    'bool': lambda x: x, 'contains': lambda a, b: b in a, 'startsWith': str.startswith, 'endsWith': str.endswith, 'trim': str.strip,
}
UNITS = {'fen': 1, 'jiao': 10, 'yuan': 100}
ROUND = re.compile(r'(round|down|up|even)_(fen|jiao|yuan)$')


# ---- evaluation -----------------------------------------------------------------------------------------------------------

class Eval:
    """`look(name)`: the value of a bare name; `seen(op, a, b)`, where given, is told of each comparison."""

    def __init__(self, look, seen=None):
        self.look, self.seen = look, seen

    def __call__(self, tree, names):
        return getattr(self, 'do_' + NAMES.get(tree[0], tree[0]))(tree, names)

    def do_value(self, tree, names):
        return tree[1]

    def do_name(self, tree, names):
        return names[tree[1]] if tree[1] in names else self.look(tree[1])

    def do_field(self, tree, names):
        if tree[1] == ('name', 'p') and 'p' not in names:
            return self.look('p.' + tree[2])
        of = self(tree[1], names)
        return of if isinstance(of, (Unknown, Err)) else of.field(tree[2])

    def do_list(self, tree, names):
        values = [self(item, names) for item in tree[1]]
        if any(isinstance(v, Err) for v in values):
            return strict(*values)
        return List([(v, None) for v in values])

    def do_index(self, tree, names):
        items, n = view(self(tree[1], names)), self(tree[2], names)
        if isinstance(items, Err):
            return items
        why = [w for _, w in items.elements if w] + [w for _, w in items.opens]
        if why:
            return Unknown(frozenset().union(*why))
        bad = strict(n)
        if bad:
            return bad
        return items.elements[int(n.v)][0] if 0 <= n.v < len(items.elements) else Err('E804')

    def do_not(self, tree, names):
        return negated(self(tree[1], names))

    def do_neg(self, tree, names):
        return arith('-', Num(0, True), self(tree[1], names))

    def do_and(self, tree, names):
        a = self(tree[1], names)
        return False if a is False else both(a, self(tree[2], names))

    def do_or(self, tree, names):
        a = self(tree[1], names)
        return True if a is True else either(a, self(tree[2], names))

    def do_if(self, tree, names):
        c = self(tree[1], names)
        if isinstance(c, Unknown):
            return hull(c, self(tree[2], names), self(tree[3], names))
        return c if isinstance(c, Err) else self(tree[2 if c else 3], names)

    def do_arith(self, tree, names):
        return arith(tree[0], self(tree[1], names), self(tree[2], names))

    def do_compare(self, tree, names):
        a, b = self(tree[1], names), self(tree[2], names)
        if self.seen is not None:
            self.seen(tree, a, b)
        return compare(tree[0], a, b)

    def do_in(self, tree, names):
        x, items = self(tree[1], names), view(self(tree[2], names))
        if isinstance(items, Err):
            return items
        out = False
        for value, maybe in items.elements:
            one = compare('==', value, x)
            out = either(out, both(one, Unknown(maybe)) if maybe else one)
        for value, why in items.opens:
            out = either(out, both(compare('==', value, x) if isinstance(value, Unknown) else True, Unknown(why)))
        return out

    def macro(self, name, items, var, arguments, names):
        def p(value, number=0):
            return self(arguments[number], {**names, var: value})
        out = name == 'all'
        if name in ('exists', 'all'):
            join, end = (either, lambda one, why: both(one, Unknown(why))) if name == 'exists' else \
                (both, lambda one, why: either(one, Unknown(why)))
            for value, maybe in items.elements:
                out = join(out, end(p(value), maybe) if maybe else p(value))
            for value, why in items.opens:
                out = join(out, end(p(value), why))
            return out
        if name == 'exists_one':
            parts = [p(value) for value, _ in items.elements]
            why = [w for _, w in items.elements if w] + [w for _, w in items.opens] + [v.why for v in parts if isinstance(v, Unknown)]
            if why:
                return Unknown(frozenset().union(*why))
            return strict(*parts) or sum(v is True for v in parts) == 1
        return self.mapped(name, items, p, len(arguments))

    def mapped(self, name, items, p, count):
        """filter, map of one and of two."""
        kept, opens, error, unknown = [], [], None, []
        for is_open, (value, why) in [(False, e) for e in items.elements] + [(True, e) for e in items.opens]:
            keep = p(value) if name == 'filter' or count == 2 else True
            if isinstance(keep, Err):
                error = keep
                continue
            if keep is False:
                continue
            if isinstance(keep, Unknown):
                why = (why or frozenset()) | keep.why
                unknown.append(keep.why)
            made = value if name == 'filter' else p(value, 1 if count == 2 else 0)
            if isinstance(made, Err) and not is_open and not why:
                error = made
                continue
            if isinstance(made, Unknown):
                unknown.append(made.why)
            (opens if is_open else kept).append((made, why))
        if error:
            whys = unknown + [w for _, w in kept if w] + [w for _, w in opens]
            return Unknown(frozenset().union(*whys)) if whys else error
        return List(kept, opens)

    def do_method(self, tree, names):
        _, name, target, arguments = tree
        if name in ('all', 'exists', 'exists_one', 'filter', 'map'):
            items = view(self(target, names))
            return items if isinstance(items, Err) else self.macro(name, items, arguments[0][1], arguments[1:], names)
        return self.do_call(('call', name, [target] + arguments), names)

    def do_call(self, tree, names):
        _, name, arguments = tree
        if name == 'has':
            value = self(arguments[0], names)
            return strict(value) or value is not None
        values = [self(a, names) for a in arguments]
        if name == 'known':
            return not isinstance(values[0], Unknown)
        if name == 'or_else':
            return values[1] if values[0] is None else values[0]
        if name == 'need':
            return Unknown([need_cause(arguments[0])]) if values[0] is None else values[0]
        if name == 'size' and not isinstance(values[0], str):
            items = view(values[0])
            if isinstance(items, Err):
                return items
            there = sum(not maybe for _, maybe in items.elements)
            why = [m for _, m in items.elements if m] + [w for _, w in items.opens]
            if not why:
                return Num(there, True)
            return Unknown(frozenset().union(*why), Fraction(there), None if items.opens else Fraction(len(items.elements)), True)
        if name == 'sum':
            return fold_sum(view(values[0]))
        if name in ('min', 'max'):
            items = view(values[0]) if len(values) == 1 else List([(v, None) for v in values])
            return fold_most(items, 1 if name == 'max' else -1)
        if name in ('per_month', 'over_months'):
            return arith('/' if name == 'per_month' else '*', exact(values[0]), exact(values[1]))
        if name == 'within_months':
            return within_months(*values)
        m = ROUND.match(name)
        if m:
            return rounded(m.group(1), UNITS[m.group(2)], values[0])
        return strict(*values) or PLAIN[name](*values)


def exact(x):
    return Num(x.v) if is_number(x) else Unknown(x.why, x.lo, x.hi) if isinstance(x, Unknown) else x


def need_cause(tree):
    return '.'.join(([tree[1][1]] if tree[1][0] == 'name' else [need_cause(tree[1])]) + [tree[2]]) if tree[0] == 'field' else tree[1]


NAMES = {'?': 'if', '&&': 'and', '||': 'or', '+': 'arith', '-': 'arith', '*': 'arith', '/': 'arith', '%': 'arith', '<': 'compare',
         '<=': 'compare', '>': 'compare', '>=': 'compare', '==': 'compare', '!=': 'compare'}
