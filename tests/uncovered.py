#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What no test reached in the rooms that decide answers, and why: every such line is explained, or `make cov` fails.

uncovered.py TESTS.json FAULTS.json [--write]: gcovr's reports after the tests, and after the runs in which memory is refused at
every place of the code. A line that only the second one reaches is a way out of a failed allocation, shown to be one. Any other
stands in tests/uncovered.txt with its reason; a reason whose line was reached, or is gone, is told. --write brings the file up to
date: reasons stay, what has none gets `?`, which is not a reason."""
import collections
import json
import re
import sys

ROOMS = 'model', 'match', 'household', 'rule', 'verdict'
LIST = 'tests/uncovered.txt'
HEAD = """# Lines of the rooms that decide answers which no test reaches, and which no refused memory reaches either (tests/uncovered.py).
# FILE:FUNCTION: REASON, then the lines as they stand, one of each for each that is not reached. `closed`: another place refuses
# earlier, or the two would have to differ; it stands so that a change there is no silent error here. `open`: an input could
# reach it, and none of ours does. `memory`: a failed allocation that the tests' commands do not meet.
"""


def missed(report):
    """{file: {line number: (function, text)}} of code that never ran."""
    out = {}
    for entry in json.load(open(report, encoding='utf-8'))['files']:
        if entry['file'].split('/')[1] not in ROOMS:
            continue
        source = open(entry['file'], encoding='utf-8').read().split('\n')
        begins = sorted((f['lineno'], f['name']) for f in entry.get('functions', []))
        lines = out[entry['file'][len('engine/'):]] = {}
        for line in entry['lines']:
            if line['count'] != 0 or line.get('gcovr/noncode'):
                continue
            number = line['line_number']
            name = [f for at, f in begins if at <= number]
            lines[number] = (name[-1] if name else '', source[number - 1].strip())
    return out


def count(report):
    """{room: lines of code}"""
    out = collections.Counter()
    for entry in json.load(open(report, encoding='utf-8'))['files']:
        out[entry['file'].split('/')[1]] += sum(not line.get('gcovr/noncode') for line in entry['lines'])
    return out


def listed():
    """[(file, function, reason, [text])] in the order of the list."""
    out = []
    try:
        with open(LIST, encoding='utf-8') as f:
            for line in f:
                head = re.match(r'(\w+/\w+\.[ch]):([\w.]*): (.*)', line)
                if head:
                    out.append((head[1], head[2], head[3], []))
                elif line.startswith('    '):
                    out[-1][3].append(line.strip())
    except FileNotFoundError:
        pass
    return out


def write(lines, reasons):
    """The list anew: neighbours of one function that have one reason stand together."""
    with open(LIST, 'w', encoding='utf-8') as f:
        f.write(HEAD)
        for file in sorted(lines):
            last = None
            for number, (function, text) in sorted(lines[file].items()):
                kept = reasons[file, function, text]
                reason = kept.pop(0) if kept else '?'
                if (function, reason) != last:
                    f.write('\n%s:%s: %s\n' % (file, function, reason))
                last = function, reason
                f.write('    %s\n' % text)


def main():
    paths = [a for a in sys.argv[1:] if not a.startswith('--')]
    tests, faults, all_lines = missed(paths[0]), missed(paths[1]), count(paths[0])
    reasons = collections.defaultdict(list)
    for file, function, reason, texts in listed():
        for text in texts:
            reasons[file, function, text].append(reason)
    if '--write' in sys.argv:
        write(faults, reasons)
        return 0
    print('%-10s %7s %9s %9s %10s' % ('room', 'lines', 'reached', 'by faults', 'explained'))
    for room in ROOMS:
        these = [f for f in tests if f.startswith(room + '/')]
        first, second = (sum(len(m[f]) for f in these) for m in (tests, faults))
        print('%-10s %7d %8.1f%% %9d %10d' % (room, all_lines[room], 100 * (1 - first / all_lines[room]), first - second, second))
    bad = 0
    for file in sorted(faults):
        for number, (function, text) in sorted(faults[file].items()):
            kept = reasons[file, function, text]
            if not kept or kept.pop(0) == '?':
                bad += 1
                print('not explained: engine/%s:%d: %s: %s' % (file, number, function, text))
    for (file, function, text), kept in sorted(reasons.items()):
        for reason in kept:
            print('explained, but reached or gone: %s: %s: %s (%s)' % (file, function, text, reason))
    print('%d lines that no test reaches have no reason in %s' % (bad, LIST))
    return bad > 0


if __name__ == '__main__':
    sys.exit(main())
