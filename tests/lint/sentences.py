#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every sentence of err_set() and err_sys() is Chinese first, then a line of English; prints those
that are not. A sentence made of %s alone passes another one on."""
import re
import sys

CALL = re.compile(r'\berr_(?:set|sys)\s*\((?:[^;"]|"(?:[^"\\\\]|\\\\.)*")*?;', re.S)
TEXT = re.compile(r'"((?:[^"\\\\]|\\\\.)*)"')
HAN = re.compile('[\u4e00-\u9fff]')

for path in sys.argv[1:]:
    with open(path, encoding='utf-8') as f:
        source = f.read()
    for call in CALL.finditer(source):
        text = ''.join(TEXT.findall(call.group()))
        if not text or re.fullmatch(r'(%s|: |\\n)*', text):
            continue
        lines = text.split('\\n', 1)
        if not HAN.search(lines[0]) or len(lines) < 2 or not re.search('[a-z]{2}', lines[1]):
            print(f'{path}:{source.count(chr(10), 0, call.start()) + 1}: {text[:60]}')
