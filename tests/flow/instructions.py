#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""instructions.py [--write]: what each stage costs in instructions, beside bench/instructions.txt.

Counted by callgrind on one thread over a small county, so that neither noise nor neighbours matter. A
stage that costs more than the file says, by more than its tolerance, fails; one that costs less is
told, and --write puts the new counts into the file. Counts hold for the compiler, its flags, the
libraries and the valgrind that the file names: elsewhere this says so and skips."""
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

HEDUI = os.environ.get('HEDUI', 'build/hedui')
EXPECTED = 'bench/instructions.txt'
FEEDS = ('tax', 'real_estate', 'vehicle', 'bank')
# stage: run, function whose count with all that it calls is meant
STAGES = {
    'ingest: read, parse, build': ('ingest', 'feed_read'),
    'ingest: seal': ('ingest', 'builder_seal'),
    'batch: read and group': ('figures', 'batch_cases'),
    'figures: match': ('figures', 'match_block'),
    'figures: households': ('figures', 'household_build'),
    'figures: rules over columns': ('figures', 'vector_lane_answer'),
    'figures: write': ('figures', 'verdict_figures'),
    'all: match': ('all', 'match_block'),
    'all: households': ('all', 'household_build'),
    'all: judge and tell': ('all', 'judge_told'),
    'all: verdicts.jsonl': ('all', 'verdict_json'),
    'all: provenance': ('all', 'verdict_provenance'),
    'pack: check and compile': ('pack', 'pack_load'),
}
TOLERANCE = 8  # per cent


def said(command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ''


def toolchain():
    """What the counts hang on, in one line; None: valgrind or binutils are missing."""
    if shutil.which('valgrind') is None or shutil.which('callgrind_annotate') is None:
        return None, 'valgrind is not installed'
    producer = re.search(r'DW_AT_producer *: *(?:\(.*?\): )?(.*)',
                         said(['readelf', '--debug-dump=info', '--dwarf-depth=1', HEDUI]))
    if producer is None:
        return None, 'the program does not say which compiler made it'
    crypto = re.search(r'libcrypto\S* => (\S+)', said(['ldd', HEDUI]))
    library = 'libcrypto ' + (hashlib.sha256(open(crypto.group(1), 'rb').read()).hexdigest()[:12] if crypto else '-')
    return '; '.join([platform.machine(), producer.group(1).strip(), '%s %s' % platform.libc_ver(), library,
                      said(['valgrind', '--version']).strip()]), ''


def counted(work, name, arguments):
    """Function → instructions, with what it calls, of one run under callgrind."""
    out = os.path.join(work, name + '.callgrind')
    done = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=' + out, HEDUI] + arguments,
                          capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr[-2000:]
    counts = {}
    for line in said(['callgrind_annotate', '--inclusive=yes', '--threshold=100', '--auto=no', out]).splitlines():
        match = re.match(r' *([\d,]+) \([^)]*\)  \S*?([A-Za-z_0-9]+)(?:\.[a-z]+\.\d+)?(?:\'\d+)? \[', line)
        if match:
            count = int(match.group(1).replace(',', ''))
            counts[match.group(2)] = max(count, counts.get(match.group(2), 0))
    return counts


def measured():
    work = tempfile.mkdtemp(dir='build', prefix='instructions.')
    try:
        county, data = work + '/county', work + '/data'
        subprocess.run([HEDUI, 'gen', '--scale', '0.005', '--seed', '1', '--dirt-kinds', 'sql', '--checked-on',
                        '2025-01-15', '--households', '600', '--out', county], check=True, stdout=subprocess.DEVNULL)
        feeds = [a for f in FEEDS for a in ('adapters/%s/mapping.yaml' % f, '%s/%s.csv' % (county, f))]
        verify = ['verify', county + '/applicants.csv', '--data', data, '--threads', '1']
        runs = {
            'ingest': counted(work, 'ingest', ['ingest'] + feeds + ['--as-of', '2025-01-20', '--refused', work, '--data',
                                                                   data, '--threads', '1']),
            'figures': counted(work, 'figures', verify + ['--rules', 'bench/packs/six-wide', '--out', work + '/figures',
                                                          '--outputs', 'figures.csv']),
            'all': counted(work, 'all', verify + ['--rules', 'rules/jiangsu-dibao', '--out', work + '/all']),
            'pack': counted(work, 'pack', ['rules', 'check', 'rules/changshu-dibao']),
        }
        return {stage: runs[run].get(function, 0) for stage, (run, function) in STAGES.items()}
    finally:
        shutil.rmtree(work, ignore_errors=True)


def read():
    """The toolchain and the counts of the file."""
    chain, counts = None, {}
    for line in open(EXPECTED, encoding='utf-8') if os.path.exists(EXPECTED) else ():
        if line.startswith('# toolchain: '):
            chain = line[len('# toolchain: '):].strip()
        elif not line.startswith('#') and line.strip():
            stage, count = line.rsplit(None, 1)
            counts[stage.strip()] = int(count)
    return chain, counts


def write(chain, counts):
    with open(EXPECTED, 'w', encoding='utf-8') as out:
        out.write('# Instructions a stage, one thread, a county of 5,000 residents and 600 households: made by\n'
                  '# tests/flow/instructions.py --write. A stage may cost %d %% more before the check fails.\n'
                  '# toolchain: %s\n' % (TOLERANCE, chain))
        for stage, count in counts.items():
            out.write('%-32s %12d\n' % (stage, count))


def main():
    chain, why = toolchain()
    if chain is None:
        print('skip - instructions: ' + why)
        return 0
    if '--write' in sys.argv[1:]:
        write(chain, measured())
        return 0
    there, expected = read()
    if chain != there:
        print('skip - instructions: the counts are of another compiler, library or valgrind (%s)' % chain)
        return 0
    counts, failed = measured(), 0
    for stage in STAGES:
        is_counted = counts[stage] > 0 and stage in expected
        change = 100.0 * counts[stage] / expected[stage] - 100 if is_counted else 0
        good = is_counted and change <= TOLERANCE
        failed += not good
        print('%s - instructions: %s: %d beside %s (%+.1f %%%s)' % (
            'ok' if good else 'not ok', stage, counts[stage], expected.get(stage, 'nothing'), change,
            '; less: --write keeps it' if change < -TOLERANCE else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
