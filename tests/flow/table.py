#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Walks the one table of verbs: every verb and option has both languages and stands in help, manual
and completions; every reading verb answers --json with one document; wrong use is exit 2."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HEDUI = os.environ.get('HEDUI', 'build/hedui')
HAN = re.compile('[\u4e00-\u9fff]')


def call(*arguments):
    done = subprocess.run([HEDUI, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def say(is_good, text, why=''):
    print('%s - %s' % ('ok' if is_good else 'not ok', text))
    if not is_good and why:
        print('# ' + why[:2000].replace('\n', '\n# '))


def tool(text, *command):
    """A checker that may not be installed."""
    if shutil.which(command[0]) is None:
        print('skip - %s: %s is not installed' % (text, command[0]))
        return
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    complaints = done.stdout.decode()
    say(done.returncode == 0 and not complaints.strip(), text, complaints)


def table_of():
    code, out, _ = call('help', '--json')
    say(code == 0, 'the table is printed')
    return json.loads(out)


def texts(table):
    wrong = []
    for verb in table['verbs']:
        for thing in [verb] + verb['options'] + table['common']:
            if not HAN.search(thing['zh']) or HAN.search(thing['en']) or not thing['en']:
                wrong.append(verb['name'] + ' ' + thing['name'])
        names = [o['name'] for o in verb['options'] + table['common']]
        if len(names) != len(set(names)):
            wrong.append(verb['name'] + ': an option twice')
    say(not wrong, 'every verb and option is said in Chinese and in English', ', '.join(wrong))


def places(table, work):
    """Each option of each verb in each rendering."""
    files = {}
    for kind, value in (('man', 'zh'), ('man', 'en'), ('completion', 'bash'), ('completion', 'zsh'), ('completion', 'fish')):
        code, out, err = call('help', '--' + kind, value)
        name = kind + '.' + value
        say(code == 0 and call('help', '--' + kind, value)[1] == out, name + ' is printed, the same twice', err)
        files[name] = out
        with open(os.path.join(work, name), 'w', encoding='utf-8') as f:
            f.write(out)
    for verb in table['verbs']:
        code, out, _ = call('help', *verb['name'].split())
        _, same, _ = call(*verb['name'].split(), '--help')
        wanted = verb['options'] + [o for o in table['common'] if o['name'] != 'json' or verb['json']]
        lost = [o['name'] for o in wanted if '\n  --' + o['name'] not in out]
        say(code == 0 and out == same and not lost, 'help of ' + verb['name'], ', '.join(lost))
    for name, out in files.items():
        sign = {'man.zh': '\\-\\-%s\\fR', 'man.en': '\\-\\-%s\\fR', 'completion.bash': '--%s ',
                'completion.zsh': "'--%s", 'completion.fish': ' -l %s '}[name]
        dash = (lambda s: s.replace('-', '\\-')) if name.startswith('man') else (lambda s: s)
        lost = [o['name'] for v in table['verbs'] for o in v['options'] + table['common']
                if sign % dash(o['name']) not in out]
        lost += [v['name'] for v in table['verbs'] if dash(v['name'].split()[-1]) not in out]
        say(not lost, 'every verb and option stands in ' + name, ', '.join(lost))
    for shell in ('bash', 'zsh', 'fish'):
        tool(shell + ' reads its completion', shell, '-n', os.path.join(work, 'completion.' + shell))
    for lang in ('zh', 'en'):
        tool('mandoc has no warning of the manual, ' + lang, 'mandoc', '-T', 'lint', '-W', 'warning',
             os.path.join(work, 'man.' + lang))
    return files


def completes(work):
    if shutil.which('bash') is None:
        print('skip - bash completes: bash is not installed')
        return
    rows = (('a verb', ['ingest'], 1, 'ing', ['ingest']),
            ('a group', ['snap'], 1, 'snap', ['snapshot']),
            ('a second word', ['rules', 'c'], 2, 'c', ['check']),
            ('an option of the verb', ['verify', '--ru'], 2, '--ru', ['--rules']),
            ('no option of another verb', ['verify', '--as'], 2, '--as', []),
            ('a common option', ['rules', 'check', '--thr'], 3, '--thr', ['--threads']),
            ('a choice', ['help', '--man', ''], 3, '', ['zh', 'en']),
            ('a common choice', ['explain', '--lang', 'e'], 3, 'e', ['en']),
            ('nothing for a day', ['ingest', '--as-of', ''], 3, '', []),
            ('folders', ['verify', '--out', os.path.join(work, 'fold')], 3, '', [os.path.join(work, 'folder')]),
            ('files', ['feed', 'check', os.path.join(work, 'man.z')], 3, '', [os.path.join(work, 'man.zh')]))
    os.mkdir(os.path.join(work, 'folder'))
    for text, words, at, _, want in rows:
        script = ('source %s/completion.bash; COMP_WORDS=(hedui "$@"); COMP_CWORD=%d; _hedui; '
                  'printf "%%s\\n" "${COMPREPLY[@]}"' % (work, at))
        done = subprocess.run(['bash', '-c', script, 'bash', *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        got = done.stdout.decode().split()
        say(done.returncode == 0 and got == want, 'bash offers ' + text, ' '.join(got))


def county(work):
    path = os.path.join(work, 'c')
    call('gen', '--scale', '0.0005', '--seed', '3', '--dirt', '20', '--checked-on', '2026-07-01', '--out', path)
    for feed in ('tax', 'vehicle'):
        call('ingest', 'adapters/%s/mapping.yaml' % feed, '%s/%s.csv' % (path, feed), '--as-of', '2026-06-30', '--data',
             work + '/data', '--refused', work)
    return path


# how each reading verb is called; a verb that is missing here fails
CALLS = {
    'feed check': ['adapters/tax/mapping.yaml', '{c}/tax.csv'],
    'ingest': ['adapters/vehicle/mapping.yaml', '{c}/vehicle.csv', '--as-of', '2026-06-30', '--data', '{w}/more', '--refused', '{w}'],
    'snapshot list': ['--data', '{w}/data'],
    'snapshot show': ['--data', '{w}/data'],
    'snapshot verify': ['--data', '{w}/data'],
    'snapshot drop': ['1', '--reason', '到期', '--data', '{w}/data'],
    'verify': ['{c}/applicants.csv', '--rules', 'rules/jiangsu-dibao', '--data', '{w}/data', '--out', '{w}/out'],
    'reconcile': ['{c}/applicants.csv', '--data', '{w}/data', '--out', '{w}/reconciled'],
    'explain': ['{w}/out', '--case', 'H000000001'],
    'replay': ['{w}/out', '--data', '{w}/data'],
    'key list': ['--data', '{w}/data'],
    'key rotate': ['--data', '{w}/data'],
    'open': ['{w}/out', '--case', '{other}', '--reason', '核对'],
    'rules check': ['rules/jiangsu-dibao'],
    'rules test': ['rules/jiangsu-dibao'],
    'rules eval': ['--jsonl', '{w}/lines.jsonl'],
    'rules diff': ['rules/jiangsu-dibao', 'rules/jiangsu-dibao', '--in', '{w}/cases.jsonl'],
    'rules hash': ['rules/jiangsu-dibao'],
    'rules json-schema': [],
    'rules flatten': ['rules/jiangsu-dibao'],
    'rules affected': ['rules/jiangsu-dibao', '{w}/out', '--data', '{w}/data'],
    'rules explain': ['rules/jiangsu-dibao', '--in', '{w}/cases.jsonl', '--case', 'H1'],
    'doctor': ['--data', '{w}/data'],
    'help': [],
}
LAST = ('snapshot drop',)


def other_name(work):
    """A case with a row that carries another name, once there are results."""
    try:
        with open(work + '/out/provenance.jsonl', encoding='utf-8') as f:
            return next((json.loads(line)['case_no'] for line in f if '"name_conflict"' in line), 'none')
    except FileNotFoundError:
        return 'none'


def documents(table, work):
    path = county(work)
    with open(work + '/lines.jsonl', 'w', encoding='utf-8') as f:
        f.write('{"expr":"1 + 2"}\n')
    with open(work + '/cases.jsonl', 'w', encoding='utf-8') as f:
        f.write('{"case":{"case_no":"H1","applied_on":"2026-07-01"},"members":{"A":{"born":"1980-03-02"}}}\n')
    verbs = [v for v in table['verbs'] if v['json']]
    for verb in [v for v in verbs if v['name'] not in LAST] + [v for v in verbs if v['name'] in LAST]:
        name = verb['name']
        if name not in CALLS:
            say(False, '%s --json: no call of it is known here' % name)
            continue
        arguments = [a.format(c=path, w=work, other=other_name(work)) for a in CALLS[name]]
        code, out, err = call(*name.split(), *arguments, '--json')
        try:
            document = json.loads(out)
        except ValueError:
            document = None
        say(code in (0, 1) and isinstance(document, (dict, list)) and out.endswith('\n'), name + ' --json', '%d\n%s%s' % (code, out, err))
        say('\r' not in err, name + ' draws no progress away from a terminal')
    plain = [v['name'] for v in table['verbs'] if not v['json']]
    say(set(plain) == {'gen', 'rules set', 'rules follow'}, 'no other verb reads', ', '.join(plain))


def misuse(table):
    for verb in table['verbs']:
        words = verb['name'].split()
        code, out, err = call(*words, '--no-such-option')
        is_told = HAN.search(err) and re.search('[a-z] [a-z]', err)
        say(code == 2 and not out and is_told, verb['name'] + ' with an unknown option', err)
        if verb['operands'] and not verb['operands'].startswith('['):
            code, out, err = call(*words)
            say(code == 2 and not out, verb['name'] + ' without its operands', err)
    rows = (('no verb', (), 2), ('an unknown verb', ('bogus',), 2), ('a group alone', ('rules',), 2),
            ('help of a group', ('rules', '--help'), 0), ('help of what is not', ('help', 'bogus'), 2),
            ('a language that is not', ('help', '--man', 'fr'), 2), ('a shell that is not', ('help', '--completion', 'csh'), 2),
            ('the version', ('--version',), 0), ('help', ('--help',), 0), ('help in short', ('-h',), 0))
    for text, arguments, want in rows:
        code, _, err = call(*arguments)
        say(code == want, '%s is exit %d' % (text, want), err)
    _, _, err = call('verfy')
    say("'verify'" in err, 'a slip in a verb is answered with the verb')
    _, _, err = call('ingest', '--asof', '2026-06-30')
    say("'--as-of'" in err, 'a slip in an option is answered with the option')


def optional_columns(work):
    for name, options in (('plain', ()), ('full', ('--optional',))):
        call('gen', '--scale', '0.01', '--seed', '9', '--checked-on', '2026-07-01', '--out', '%s/%s' % (work, name), *options)
    read = lambda name: open('%s/%s/applicants.csv' % (work, name), encoding='utf-8').read().splitlines()
    plain, full = read('plain'), read('full')
    kept = [row for row in full if ',supporter,' not in row and '新生儿' not in row]
    say(len(kept) == len(plain) and all(f.startswith(p + ',') for p, f in zip(plain, kept)),
        'gen --optional leaves the other columns as they are')
    say(len(full) > len(kept), 'newborns and supporters come with them')
    code, out, err = call('feed', 'check', 'adapters/applicants/mapping.yaml', work + '/full/applicants.csv', '--json')
    refused = json.loads(out)['balance']['refused']
    code, out, err = call('feed', 'check', 'adapters/applicants/mapping.yaml', work + '/plain/applicants.csv', '--json')
    say(refused == json.loads(out)['balance']['refused'], 'the mapping reads every optional column', err)


def main():
    os.makedirs('build', exist_ok=True)
    work = tempfile.mkdtemp(prefix='table.', dir='build')
    try:
        table = table_of()
        texts(table)
        places(table, work)
        completes(work)
        documents(table, work)
        misuse(table)
        optional_columns(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


sys.exit(main())
