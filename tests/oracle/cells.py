# SPDX-License-Identifier: Apache-2.0
"""cells.py: what one cell of a feed says, by the rules for dirt of the feeds' page: a value, BLANK, or REFUSED.
Written from that page; no line is shared with the engine."""
import datetime
import operator
import re
import unicodedata
from fractions import Fraction

BLANK, REFUSED = None, 'refused'
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NARROW = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: ' '}
MONEY_MOST = 10 ** 12


def plain(text):
    """Full-width forms and the blanks around a cell are folded."""
    if not text.isascii():
        text = text.translate(NARROW)
    return text.strip(' \t\u3000')


def is_day(year, month, day):
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def identity(text):
    """The 18-digit number. REFUSED: nobody can be found by this text."""
    text = plain(text).lstrip("'# ").upper()  # blanks stand around the mark, or between it and the number
    if not text:
        return BLANK
    if len(text) == 15 and text.isascii() and text.isdigit():
        text = text[:6] + '19' + text[6:]
        text += '10X98765432'[sum(map(operator.mul, WEIGHTS, map(int, text))) % 11]
    if len(text) != 18 or not text.isascii() or not text[:17].isdigit():
        return REFUSED
    if text[17] != '10X98765432'[sum(map(operator.mul, WEIGHTS, map(int, text[:17]))) % 11]:
        return REFUSED
    return text if is_day(int(text[6:10]), int(text[10:12]), int(text[12:14])) else REFUSED


AMOUNT = re.compile(r'(-?)[¥￥]?(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d{1,2}))?')


def hundredths(text):
    text = plain(text)
    if not text:
        return BLANK
    match = AMOUNT.fullmatch(text)
    if not match or not (match[2] or match[3]):
        return REFUSED
    number = int((match[2] or '0').replace(',', '')) * 100 + int(((match[3] or '') + '00')[:2])
    return REFUSED if match[1] and number else number  # nothing in these feeds is below 0


def money(text):
    """Fen; every amount of the model is at least 0."""
    fen = hundredths(text)
    return REFUSED if fen is not BLANK and fen is not REFUSED and fen > MONEY_MOST else fen


def price(text):
    """The mapping of vehicles says so: a dash is a blank."""
    return BLANK if plain(text) == '-' else money(text)


def part(text):
    """A share, written of 100."""
    percent = hundredths(text)
    if percent is BLANK or percent is REFUSED:
        return percent
    return Fraction(percent, 10000) if percent <= 10000 else REFUSED


DAY = re.compile(r'(\d{4})([-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?')
MONTH = re.compile(r'(\d{4})[-/.年]?(\d{1,2})月?')


def day(text):
    text = plain(text)
    if not text:
        return BLANK
    match = DAY.fullmatch(text)
    if not match or not is_day(int(match[1]), int(match[3]), int(match[4])):
        return REFUSED
    return datetime.date(int(match[1]), int(match[3]), int(match[4]))


def month(text):
    """Months since the year 0."""
    text = plain(text)
    if not text:
        return BLANK
    match = MONTH.fullmatch(text)
    if not match or not 1 <= int(match[2]) <= 12:
        return REFUSED
    return int(match[1]) * 12 + int(match[2]) - 1


def code(**words):
    def read(text):
        text = plain(text)
        return words.get(text, REFUSED) if text else BLANK
    return read


def ranked(words, ranks):
    """Several codes in one cell, joined by 、 or a comma: the first of the ranks counts."""
    def read(text):
        found = [words.get(piece.strip()) for piece in re.split('[、,]', plain(text)) if piece.strip()]
        if not found:
            return BLANK
        return REFUSED if None in found else min(found, key=ranks.index)
    return read


def words(text):
    return text.strip(' \t\u3000') or BLANK


def name(text):
    """A name as names are compared: width, case, blanks and the dots between its parts fold."""
    text = unicodedata.normalize('NFKC', text).casefold()
    return ''.join(c for c in text if c not in ' \t\u3000·•・‧.') or BLANK
