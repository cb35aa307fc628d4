#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sealed originals on the whole road: `hedui open` shows the cells of the raw file for every row that carries another name and for
none else, on record; nothing rests in clear, not even while memory overflows; rings are rotated, lost, exchanged, handed over by a
service manager; what a snapshot's end destroys stays shut for whoever has kept copies."""
import csv
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(__file__))
import county as c  # noqa: E402

FP = os.environ.get('HEDUI_FP_BIN', 'build/fp/hedui')
COLUMNS = {'tax': {'person_name': 'name'}, 'vehicle': {'owner_name': 'name', 'plate': 'plate'},
           'real_estate': {'owner_name': 'name', 'unit': 'unit_no'},
           'bank': {'owner_name': 'name', 'number': 'account_hash'}}


def run(*arguments, env=None, binary=c.HEDUI):
    done = subprocess.run([binary, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=dict(os.environ, **(env or {})))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def rows_of(county):
    """Every raw row of every feed, by feed and line."""
    out = {}
    for feed in c.FEEDS:
        with open(county.path(feed + '.csv'), encoding='utf-8', newline='') as f:
            out[feed] = {n: row for n, row in enumerate(csv.DictReader(f), 2)}
    return out


def canaries(raw):
    """A thousand of each: names that no word holds, plates, unit and account numbers."""
    found = []
    for feed, column, least in (('tax', 'name', 9), ('bank', 'name', 9), ('vehicle', 'plate', 8), ('real_estate', 'unit_no', 8),
                                ('bank', 'account_hash', 8)):
        texts = sorted({(row[column] or '').strip() for row in raw[feed].values()})
        found += [t.encode() for t in texts if len(t.encode()) >= least][:1000]
    return found


def in_clear(blob, texts):
    """The texts that stand in the bytes; grep looks for thousands at once."""
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write(b'\n'.join(texts) + b'\n')
        patterns.flush()
        found = subprocess.run(['grep', '-aoFf', patterns.name], input=blob, stdout=subprocess.PIPE,
                               env=dict(os.environ, LC_ALL='C'))
    return found.stdout.split()


def lengthen(path, to, rows):
    """The feed with `rows` rows, whose account numbers are new but for a few last signs; answers a thousand of them."""
    with open(path, encoding='utf-8') as f:
        head, *lines = f.read().splitlines()
    at = head.split(',').index('account_hash')
    numbers = []
    with open(to, 'w', encoding='utf-8') as f:
        f.write(head + '\n')
        for i in range(rows):
            cells = lines[i % len(lines)].split(',')
            if len(cells) > at:
                cells[at] = '%012x%04x' % (i * 0x9E3779B97F4A7C15 >> 8 & 0xFFFFFFFFFFFF, i % 64)
                numbers += [cells[at].encode()] if i < 1000 else []
            f.write(','.join(cells) + '\n')
    return numbers


def open_all(county, out, raw):
    """Opens every case of provenance.jsonl; answers conflicts seen, cells compared, and what was wrong."""
    seen = cells = others = 0
    wrong = []
    with open(out + '/provenance.jsonl', encoding='utf-8') as f:
        lines = [json.loads(line) for line in f]
    for line in lines:
        want = {(r['file'], r['line']) for r in line['rows'] if r['match'] == 'name_conflict'}
        others += not want
        if not want and others > 10:  # the others are refused alike
            continue
        code, said, why = run('open', out, '--case', line['case_no'], '--reason', '核对姓名', '--json')
        if code != (0 if want else 2) or (not want and 'nothing to open' not in why):
            wrong.append((line['case_no'], code, why))
            continue
        if not want:
            continue
        rows = json.loads(said)['rows']
        if {(r['file'], r['line']) for r in rows} != want:
            wrong.append((line['case_no'], 'other rows'))
        for r in rows:
            seen += 1
            for field, text in r['originals'].items():
                feed = r['file'][:-4]
                cells += 1
                if ''.join(raw[feed][r['line']][COLUMNS[feed][field]].split()) != ''.join(text.split()):
                    wrong.append((r['file'], r['line'], field))
    return seen, cells, wrong


def main():
    county = c.County(scale='0.02', seed=21, dirt='4')
    work, data = county.work, county.new_data()
    raw = rows_of(county)
    try:
        for feed in c.FEEDS:
            county.ingest(data, feed)
        county.verify(data)
        out = county.out
        seen, cells, wrong = open_all(county, out, raw)
        c.ok(seen > 5 and cells > seen and not wrong, 'rows with another name open to what the file says: %d rows, %d cells%s' %
             (seen, cells, ', not %s' % wrong[:2] if wrong else ''))
        with open(data + '/openings.jsonl', encoding='utf-8') as f:
            records = [json.loads(line) for line in f]
        c.ok(sum(len(r['rows']) for r in records) == seen and all(r['reason'] == '核对姓名' and r['uid'] == os.getuid()
             for r in records) and os.stat(data + '/openings.jsonl').st_mode & 0o777 == 0o600, 'each look is on record: who, when, why, which rows')

        texts = canaries(raw)
        left = [t for path in glob.glob(data + '/**', recursive=True) if os.path.isfile(path)
                for t in in_clear(open(path, 'rb').read(), texts)]
        with open(county.path('bank.csv'), 'rb') as f:
            c.ok(len(in_clear(f.read(), texts)) > 1000, 'who looks for them finds them where they are')
        c.ok(len(texts) > 3000 and not left, '%d names, plates, unit and account numbers: %d in clear in the data' % (len(texts), len(left)))

        # past the memory: what rests in files without a name while the rows are read back
        spilled, long = os.path.join(work, 'spilled'), os.path.join(work, 'bank.csv')
        more = lengthen(county.path('bank.csv'), long, 400000)
        process = subprocess.Popen([FP, 'ingest', 'adapters/bank/mapping.yaml', long, '--as-of', '2026-06-30', '--data',
                                    spilled, '--refused', work, '--threads', '1', '--memory', '16M'], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=dict(os.environ, HEDUI_FP='index.spill.read:sleep:4000'))
        blobs = []
        for _ in range(200):
            time.sleep(0.05)
            if process.poll() is not None:
                break
            fds = [f for f in glob.glob('/proc/%d/fd/*' % process.pid) if '(deleted)' in os.readlink(f)]
            if len(fds) >= 2:
                time.sleep(0.3)
                blobs = [open(f, 'rb').read() for f in fds]
                blobs += [open(f, 'rb').read() for f in glob.glob(spilled + '/deliveries/.tmp-*')]
                break
        code = process.wait()
        left = [t for blob in blobs for t in in_clear(blob, texts + more)]
        c.ok(code <= 1 and len(blobs) >= 2 and min(map(len, blobs[:2])) > 50000 and not left,
             'past --memory: %d files of %s bytes without a name, %d in clear' % (len(blobs), sorted(map(len, blobs)), len(left)))
        digest = lambda d: {os.path.basename(p) for p in glob.glob(d + '/deliveries/*.hdl')}  # noqa: E731

        # the same feed again is the same delivery
        before = digest(data)
        for feed in c.FEEDS:
            county.ingest(data, feed)
        c.ok(digest(data) == before, 'the same files ingested again are the same deliveries')

        # rotation
        case = records[0]['case_no']
        look = ('open', out, '--case', case, '--reason', 'r')
        kept = os.path.join(work, 'kept')
        shutil.copytree(data, kept)
        code, said, _ = run('key', 'rotate', '--data', data, '--json')
        turned = json.loads(said)
        c.ok(code == 0 and turned['rewrapped'] == 4 and turned['old'] == 1 and run(*look)[0] == 0, 'a new key: all data keys go under it and open')
        code, said, _ = run('key', 'list', '--data', data, '--json')
        listed = json.loads(said)['ring']['keys']
        c.ok([(k['state'], k['data_keys']) for k in listed] == [('active', 4), ('old', 0)] and code == 0, 'key list tells which key wraps what')
        c.ok(digest(data) == before, 'a rotation leaves the deliveries as they are')
        shutil.copy(kept + '/key.ring', data + '/key.ring')
        code, _, why = run(*look)
        c.ok(code == 2 and 'the ring has no key' in why, 'the ring of before does not open what was wrapped since')
        code, said, _ = run('key', 'list', '--data', data, '--json')
        c.ok(code == 1 and json.loads(said)['ring']['foreign'] == 4, 'and key list says so')
        first = county.verify(data)
        c.ok(len(first) > 1000, 'joins do not miss the ring')

        # lost, and begun anew
        os.unlink(data + '/key.ring')
        code, _, why = run(*look)
        c.ok(code == 2 and 'no key ring' in why and '--ring' in why, 'without a ring nothing opens, and the sentence says what to do')
        code, _, why = run('ingest', 'adapters/bank/mapping.yaml', county.path('bank.csv'), '--as-of', '2026-06-30', '--data', data, '--refused', work)
        c.ok(code == 2 and '--lost' in why and not os.path.exists(data + '/key.ring'), 'an ingest makes no ring beside data that another one sealed')
        c.ok(county.verify(data) == first, 'verdicts are the same without any ring')
        code, _, _ = run('key', 'rotate', '--lost', '--data', data)
        c.ok(code == 1, 'a new ring is begun where the old one is lost, and says what stays shut')
        code, _, why = run('key', 'rotate', '--lost', '--data', data)
        c.ok(code == 2 and 'leave out --lost' in why, 'but not beside one that is there')

        # from a service manager, read only
        shutil.rmtree(data)
        shutil.copytree(kept, data)
        credentials = os.path.abspath(os.path.join(work, 'credentials'))
        os.mkdir(credentials)
        os.rename(data + '/key', credentials + '/hedui.key')
        os.rename(data + '/key.ring', credentials + '/hedui.key.ring')
        for name in os.listdir(credentials):
            os.chmod(os.path.join(credentials, name), 0o440)
        code, _, why = run(*look)
        c.ok(code == 2, 'without the credentials: no key')
        code, _, why = run(*look, env={'CREDENTIALS_DIRECTORY': credentials})
        c.ok(code == 0, 'key and ring as credentials of a service' + (': ' + why if code else ''))
        for name in os.listdir(credentials):
            os.chmod(os.path.join(credentials, name), 0o444)
        c.ok(run(*look, env={'CREDENTIALS_DIRECTORY': credentials})[0] == 2, 'not where everybody may read them')

        # destroyed: who kept the delivery and the ring, but not the data key, has noise
        shutil.rmtree(data)
        shutil.copytree(kept, data)
        run('ingest', 'adapters/bank/mapping.yaml', county.path('bank.csv'), '--as-of', '2026-07-31', '--data', data, '--refused', work)
        gone = {os.path.basename(p) for p in glob.glob(data + '/deliveries/*.key')}
        code, said, _ = run('snapshot', 'drop', '4', '--reason', '期满', '--data', data)
        gone -= {os.path.basename(p) for p in glob.glob(data + '/deliveries/*.key')}
        c.ok(code == 0 and len(gone) == 1 and '1 data keys' in said, 'a data key goes with its delivery, and drop says so')
        code, _, why = run(*look, '--data', data)
        c.ok(code == 2 and 'was destroyed' in why, 'a destroyed snapshot opens nothing')
        for path in glob.glob(kept + '/deliveries/*.key'):
            os.unlink(path)
        code, _, why = run(*look, '--data', kept)
        c.ok(code == 2 and 'originals of this delivery were destroyed' in why, 'a delivery and the ring without the data key: nothing opens')
        run('verify', county.path('applicants.csv'), '--rules', 'rules/jiangsu-dibao', '--data', kept, '--out', os.path.join(work, 'last'))
        c.ok(open(os.path.join(work, 'last', 'verdicts.jsonl'), 'rb').read() == first, 'and its rows join as before')

        # results that were changed open nothing
        with open(out + '/provenance.jsonl', 'r+', encoding='utf-8') as f:
            text = f.read().replace('"match":"exact"', '"match":"name_conflict"', 1)
            f.seek(0)
            f.write(text)
            f.truncate()
        code, _, why = run(*look, '--data', kept)
        c.ok(code == 2 and 'not what run.json says' in why, 'a match that was written into the results opens nothing')
    finally:
        county.close()
    return c.failures != 0


if __name__ == '__main__':
    sys.exit(main())
