#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/fetch.py: the peers of the bench, each into build/bench/peers once; prints what is there.

duckdb-1.5  a Python environment with DuckDB 1.5, whose figures the goals were set by
duckdb      another with the newest
npm         Polars and the rule engines, in the versions that bench/peers/rule_engines.js names

A peer that cannot be had (no registry in reach, no npm) is said in one line, and the bench runs
without it. PostgreSQL is not fetched: bench/postgres.py starts the one that the system has."""
import os
import platform
import shutil
import subprocess
import sys
import venv

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PEERS = os.path.join(ROOT, 'build/bench/peers')
PYTHON = {'duckdb-1.5': 'duckdb>=1.5,<1.6', 'duckdb': 'duckdb'}
POLARS = '0.25.2'
CPU = 'arm64' if platform.machine() == 'aarch64' else 'x64'
NODE = ('nodejs-polars@' + POLARS,
        'nodejs-polars-linux-%s-gnu@%s' % (CPU, POLARS),  # optional to npm, which at times leaves it out
        'json-logic-js@2.0.5', 'json-rules-engine@7.3', '@marcbachmann/cel-js@8', 'cel-js@0.8', '@gorules/zen-engine@0.54')


def tried(command, log):
    """Runs it; false, with the end of what it said, where it fails."""
    with open(log, 'w', encoding='utf-8') as out:
        if subprocess.run(command, stdout=out, stderr=subprocess.STDOUT).returncode == 0:
            return True
    print('skip - bench: %s: %s' % (' '.join(command[-2:]), open(log, encoding='utf-8').read().strip()[-300:]))
    return False


def python_peer(name):
    """The interpreter of that environment, or None."""
    folder = os.path.join(PEERS, name)
    python = os.path.join(folder, 'bin/python')
    if os.path.exists(folder + '/.whole'):
        return python
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    if not tried([python, '-m', 'pip', 'install', '--quiet', PYTHON[name]], folder + '.log'):
        return None
    open(folder + '/.whole', 'w').close()
    return python


def node_peers():
    """The folder that holds node_modules, or None. A package that cannot be had leaves the others."""
    folder = os.path.join(PEERS, 'npm')
    if shutil.which('npm') is None:
        print('skip - bench: npm is not installed: no Polars, no rule engines of npm')
        return None
    if not os.path.exists(folder + '/.whole'):
        os.makedirs(folder, exist_ok=True)
        got = [tried(['npm', 'install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, package],
                     os.path.join(PEERS, 'npm.log')) for package in NODE]
        if not any(got):
            return None
        if all(got):
            open(folder + '/.whole', 'w').close()
    return folder


def version_of(python):
    return subprocess.run([python, '-c', 'import duckdb; print(duckdb.__version__)'], check=True, capture_output=True,
                          text=True).stdout.strip()


def main():
    os.makedirs(PEERS, exist_ok=True)
    for name in PYTHON:
        python = python_peer(name)
        if python is not None:
            print('%s: DuckDB %s' % (name, version_of(python)))
    folder = node_peers()
    if folder is not None:
        print('npm: %s' % ', '.join(sorted(os.listdir(folder + '/node_modules'))))
    return 0


if __name__ == '__main__':
    sys.exit(main())
