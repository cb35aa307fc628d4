# SPDX-License-Identifier: Apache-2.0
"""yamlish.py: the YAML that packs and vocabularies are written in, read without a library: block and flow maps and lists, plain
and quoted scalars, comments. Every scalar stays text."""


class Flow:
    """One value in the flow style, or a scalar, of a text."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def space(self):
        while self.at < len(self.text):
            if self.text[self.at] in ' \n':
                self.at += 1
            elif self.text[self.at] == '#' and (self.at == 0 or self.text[self.at - 1] in ' \n'):
                end = self.text.find('\n', self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def quoted(self):
        mark, out = self.text[self.at], ''
        self.at += 1
        while True:
            c = self.text[self.at]
            self.at += 1
            if c == mark and mark == "'" and self.text[self.at:self.at + 1] == "'":
                out += "'"
                self.at += 1
            elif c == mark:
                return out
            elif c == '\\' and mark == '"':
                out += {'n': '\n', 't': '\t'}.get(self.text[self.at], self.text[self.at])
                self.at += 1
            else:
                out += c

    def plain(self, ends):
        start = self.at
        while self.at < len(self.text):
            c, before, after = self.text[self.at], self.text[self.at - 1:self.at], self.text[self.at + 1:self.at + 2]
            if c in ends or (c == ':' and after in (' ', '\n', '')) or (c == '#' and before in (' ', '\n')) or c == '\n' and not ends:
                break
            self.at += 1
        return ' '.join(self.text[start:self.at].split())

    def value(self, ends=''):
        self.space()
        c = self.text[self.at:self.at + 1]
        if c in ('"', "'"):
            return self.quoted()
        if c not in ('{', '['):
            return self.plain(ends)
        self.at += 1
        out, close = ({}, '}') if c == '{' else ([], ']')
        while True:
            self.space()
            if self.text[self.at] in close + ',':
                self.at += 1
                if self.text[self.at - 1] == close:
                    return out
                continue
            item = self.value(',{}[]')
            if c == '[':
                out.append(item)
                continue
            self.space()
            assert self.text[self.at] == ':', self.text[self.at:self.at + 40]
            self.at += 1
            out[item] = self.value(',{}[]')


def blocks(lines, at, indent):
    """A block map or list whose lines begin at `indent`; (value, next line)."""
    out = None
    while at < len(lines):
        depth, text = lines[at]
        if depth < indent:
            break
        assert depth == indent, text
        if text.startswith('- '):
            out = [] if out is None else out
            end = at + 1
            while end < len(lines) and lines[end][0] > indent:
                end += 1
            first = lines[at][1][2:]
            inner = [(indent + 2 + len(first) - len(first.lstrip()), first.lstrip())] + lines[at + 1:end]
            out.append(value_of(inner))
            at = end
            continue
        out = {} if out is None else out
        flow = Flow(text)
        key = flow.value()
        flow.space()
        rest = flow.text[flow.at + 1:].strip()
        end = at + 1
        while end < len(lines) and lines[end][0] > indent:
            end += 1
        if rest and not rest.startswith('#'):
            out[key] = Flow('\n'.join([rest] + [t for _, t in lines[at + 1:end]])).value()
        else:
            out[key] = blocks(lines, at + 1, lines[at + 1][0])[0] if end > at + 1 else ''
        at = end
    return out, at


def value_of(lines):
    text = lines[0][1]
    if text[0] in '{["\'' or ': ' not in text + ' ':
        return Flow('\n'.join(t for _, t in lines)).value()
    return blocks(lines, 0, lines[0][0])[0]


def load(path):
    with open(path, encoding='utf-8') as f:
        lines = [line.rstrip() for line in f.read().splitlines()]
    lines = [(len(line) - len(line.lstrip()), line.strip()) for line in lines if line.strip() and not line.lstrip().startswith('#')]
    return blocks(lines, 0, 0)[0]
