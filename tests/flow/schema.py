#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`rules json-schema` before a validator that knows nothing of hedui: every shipped pack, its tests and packs.yaml fit it, read as
texts and as an editor reads them; faulty packs whose fault is one of shape do not, and at the key that the loader points at."""
import glob
import json
import os
import subprocess
import sys

HEDUI = os.environ.get('HEDUI', 'build/hedui')
SHAPE = {  # faulty packs whose fault a schema can see, and the path that it points at
    'Y013-key': [], 'Y013-inside': ['reasons', 'X'], 'Y014-rule': ['rules', 'r'], 'Y014-zh': ['facts', 'n'], 'Y001-list': [],
    'Y016-key': ['reasons', 'X'], 'Y016-list': ['evidence', 'all', 'kinds'],
    'Y004-deep': ['reasons', 'a'], 'N104-type': ['facts', 'n', 'type']}


def say(is_good, text, why=''):
    print('%s - %s' % ('ok' if is_good else 'not ok', text))
    if not is_good and why:
        print('# ' + str(why)[:1500].replace('\n', '\n# '))


def schema(name, model='rules/model.yaml'):
    done = subprocess.run([HEDUI, 'rules', 'json-schema', name, '--model', model], capture_output=True)
    return json.loads(done.stdout)


def check_of(name, model='rules/model.yaml'):
    import jsonschema
    return jsonschema.Draft7Validator(schema(name, model))


def texts(path):
    import yaml
    with open(path, encoding='utf-8') as f:
        return yaml.load(f, Loader=getattr(yaml, 'CBaseLoader', yaml.BaseLoader))


def as_editors(path):
    """Numbers and bools by their look; days stay texts, as in YAML 1.2."""
    import yaml

    class Loader(getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):  # the engine's own reading is libyaml's, too
        pass
    Loader.yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in tags if not tag.endswith(('timestamp', 'merge', 'value'))]
        for first, tags in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    with open(path, encoding='utf-8') as f:
        return named(yaml.load(f, Loader=Loader))


def named(node):
    if isinstance(node, dict):
        return {str(k): named(v) for k, v in node.items()}
    return [named(v) for v in node] if isinstance(node, list) else node


def first_error(check, document):
    errors = sorted(check.iter_errors(document), key=lambda e: list(map(str, e.absolute_path)))
    return errors[0] if errors else None


def shipped(checks):
    for folder in sorted(glob.glob('rules/*/') + glob.glob('bench/packs/*/') + glob.glob('docs/examples/*/')):
        for path in sorted(glob.glob(folder + '*.yaml') + glob.glob(folder + 'tests/*.yaml')):
            if os.path.basename(path) == 'model.yaml':
                continue
            check = checks['tests' if '/tests/' in path else 'pack']
            own = [m for m in (folder + 'model.yaml', folder + 'model/model.yaml') if os.path.exists(m)]
            if own:  # a vocabulary of its own
                check = check_of('tests' if '/tests/' in path else 'pack', own[0])
            for reading in (texts, as_editors):
                error = first_error(check, reading(path))
                say(error is None, '%s fits, read as %s' % (path, reading.__name__.replace('_', ' ')), error)
    say(first_error(checks['packs'], texts('rules/packs.yaml')) is None, 'rules/packs.yaml fits')


def faulty(check):
    import yaml
    seen = set()
    for path in sorted(glob.glob('tests/faulty/*.yaml')):
        name = os.path.splitext(os.path.basename(path))[0]
        if name[0] == 'F' or name.startswith('C702'):  # mappings, a vocabulary
            continue
        try:
            document = texts(path)
        except (yaml.YAMLError, UnicodeDecodeError):
            continue  # not YAML: an editor says so before any schema
        error = first_error(check, document)
        if name in SHAPE:
            seen.add(name)
            where = SHAPE[name]
            say(error is not None and list(error.absolute_path)[:len(where)] == where, name + ' does not fit', error and list(error.absolute_path))
        else:
            say(error is None, name + ' is no fault of shape', error)
    say(seen == set(SHAPE), 'every fault of shape was looked at', set(SHAPE) - seen)


def main():
    try:
        import jsonschema
        import yaml  # noqa: F401
    except ImportError as missing:
        print('skip - the schema: %s is not installed' % missing.name)
        return
    checks = {name: check_of(name) for name in ('pack', 'tests', 'packs')}
    for name in ('pack', 'tests', 'packs'):
        jsonschema.Draft7Validator.check_schema(schema(name))
        say(True, 'the schema of %s is one' % name)
    shipped(checks)
    faulty(checks['pack'])
    keys = schema('pack')['definitions']
    bare = [d + '.' + k for d, c in keys.items() for k, v in c.get('properties', {}).items() if ' | ' not in v.get('description', '')]
    say(not bare, 'every key has help in both languages', bare)


main()
