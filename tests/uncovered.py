#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What no test reached in the rooms that decide answers, from gcovr's JSON: counts by room and by cause, then the lines
of the cause `other` (all with --all). Causes are read off the source: docs/COVERAGE.md says what each means."""
import json
import re
import sys

ROOMS = 'model', 'match', 'household', 'rule', 'verdict'
MEMORY = re.compile(r'arena_full|is_full|E_MEMORY|is_failed|no memory|C702')
GUARD = re.compile(r'== NULL|\.at == NULL|is_full|is_failed|!cause_|!made_|!list_|_add\(|_put\(|arena_')
SAYS = re.compile(r'\b(say|wrong|fail_at|report|broken|later|err_set|message_add|messages_status|text_of|arena_printf)\(|^"|TEXT_ARG')
GIVES_UP = re.compile(r'^(return|continue|break|goto)\b')
TIES = re.compile(r'\? -1 : 1|^return 0;$')


def cause(source, number):
    line = source[number - 1].strip()
    above = ' '.join(source[max(0, number - 4):number - 1])
    if MEMORY.search(line) or (GIVES_UP.match(line) and GUARD.search(above)):
        return 'memory'
    if SAYS.search(line) or (GIVES_UP.match(line) and SAYS.search(above)):
        return 'refusal'
    if TIES.search(line):
        return 'tie'
    return 'other'


def explained():
    """{file: lines} of the table in docs/COVERAGE.md."""
    with open('docs/COVERAGE.md', encoding='utf-8') as f:
        return {m[1]: int(m[2]) for m in re.finditer(r'^\| (\w+/\w+\.[ch]) \| (\d+) \|', f.read(), re.M)}


def main():
    report = json.load(open([a for a in sys.argv[1:] if not a.startswith('--')][0]))
    rooms = {room: {'lines': 0, 'memory': 0, 'refusal': 0, 'tie': 0, 'other': 0} for room in ROOMS}
    listed, others = [], {}
    for entry in report['files']:
        room = entry['file'].split('/')[1]
        if room not in rooms:
            continue
        source = open(entry['file'], encoding='utf-8').read().split('\n')
        for line in entry['lines']:
            if line.get('gcovr/noncode'):
                continue
            rooms[room]['lines'] += 1
            if line['count'] == 0:
                why = cause(source, line['line_number'])
                rooms[room][why] += 1
                if why == 'other':
                    name = entry['file'][len('engine/'):]
                    others[name] = others.get(name, 0) + 1
                if why == 'other' or '--all' in sys.argv:
                    listed.append('%s:%d: %s: %s' % (entry['file'], line['line_number'], why,
                                                     source[line['line_number'] - 1].strip()))
    print('%-10s %7s %8s %7s %8s %5s %6s' % ('room', 'lines', 'covered', 'memory', 'refusal', 'tie', 'other'))
    for room, n in rooms.items():
        missed = n['memory'] + n['refusal'] + n['tie'] + n['other']
        print('%-10s %7d %7.1f%% %7d %8d %5d %6d' % (room, n['lines'], 100 * (1 - missed / max(n['lines'], 1)),
                                                     n['memory'], n['refusal'], n['tie'], n['other']))
    print('\n'.join(sorted(listed)))
    known = explained()
    more = {name: n for name, n in others.items() if n > known.get(name, 0)}
    for name, n in sorted(more.items()):
        print('docs/COVERAGE.md explains %d lines of %s, not %d' % (known.get(name, 0), name, n))
    print('other: %d lines in %d files, explained in all but %d' % (sum(others.values()), len(others), len(more)))


main()
