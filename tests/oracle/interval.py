# SPDX-License-Identifier: Apache-2.0
"""interval.py: numbers of which only an interval may be known, and truths that may be open.

A number is unknown when `why` names causes, however narrow its interval: nothing is computed away. A truth is True, False,
or the set of causes that keep it open."""
import math


class Number:
    __slots__ = ('low', 'high', 'why')

    def __init__(self, low, high=None, why=frozenset()):
        self.low, self.high, self.why = low, high, why

    def __add__(self, other):
        return Number(None if None in (self.low, other.low) else self.low + other.low,
                      None if None in (self.high, other.high) else self.high + other.high, self.why | other.why)

    def __mul__(self, other):
        """Of two that are not negative."""
        assert self.low >= 0 and other.low >= 0
        if self.high is None or other.high is None:
            high = 0 if 0 in (self.high, other.high) else None
        else:
            high = self.high * other.high
        return Number(self.low * other.low, high, self.why | other.why)

    def over(self, whole):
        return Number(None if self.low is None else self.low / whole, None if self.high is None else self.high / whole, self.why)

    def perhaps(self, why):
        """A part of a sum that may not be there."""
        return Number(min(0, self.low), None if self.high is None else max(0, self.high), self.why | why)


def known(value):
    return Number(value, value)


def unknown(low, high, why):
    return Number(low, high, frozenset(why))


NOTHING = known(0)


def total(numbers):
    out = NOTHING
    for number in numbers:
        out = out + number
    return out


def larger(a, b):
    return Number(max(a.low, b.low), None if None in (a.high, b.high) else max(a.high, b.high), a.why | b.why)


def above(a, b):
    """a > b"""
    if None not in (b.high, a.low) and a.low > b.high:
        return True
    if None not in (a.high, b.low) and a.high <= b.low:
        return False
    return a.why | b.why


def at_least(a, b):
    """a >= b"""
    if None not in (b.high, a.low) and a.low >= b.high:
        return True
    if None not in (a.high, b.low) and a.high < b.low:
        return False
    return a.why | b.why


def some(truths, decisive=True):
    """One of them is true; with decisive=False: not one of them is false."""
    open_by = None
    for truth in truths:
        if truth is decisive:
            return decisive
        if truth is not (not decisive):
            open_by = (open_by or frozenset()) | truth
    return (not decisive) if open_by is None else open_by


def every(truths):
    return some(truths, False)


def negated(truth):
    return truth if isinstance(truth, frozenset) else not truth


def left(supply, need, step):
    """max(0, supply - need), rounded up to whole steps."""
    def rest(amount):
        return 0 if amount is None or amount > supply else math.ceil((supply - amount) / step) * step
    return Number(rest(need.high), rest(need.low), need.why)
