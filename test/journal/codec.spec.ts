/** specs/journal.md: what a line is, and what is wrong with one. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import * as z from 'zod';
import { runEventSchema } from '../../src/core/event.ts';
import type { Recorded, RunEvent } from '../../src/core/event.ts';
import { decodeLines, encodeLine } from '../../src/journal/codec.ts';
import { crc32 } from 'node:zlib';
import { eventNumber } from './support.ts';

const record = (seq: number, epoch = 1): Recorded<RunEvent> => ({ seq, epoch, at: 1_700_000_000_000 + seq, event: eventNumber(seq) });

function written(records: readonly Recorded<RunEvent>[], prev: string | null = null): { text: string; chain: string | null } {
  let [text, chain] = ['', prev];
  for (const one of records) {
    const line = encodeLine(one, chain);
    text += line.text;
    chain = line.chain;
  }
  return { text, chain };
}

const read = (text: string | Uint8Array) => decodeLines(typeof text === 'string' ? Buffer.from(text) : text, runEventSchema);

describe('journal codec', () => {
  const three = [record(1), record(2), record(3)];
  const { text } = written(three);
  const lines = text.split('\n').slice(0, -1).map((line) => `${line}\n`);

  it('REQ-JOURNAL-01 reads back what was written, in order', () => {
    const { records, bad, torn, stale } = read(text);
    assert.deepEqual({ records, bad, torn, stale }, { records: three, bad: null, torn: 0, stale: 0 });
  });

  it('REQ-JOURNAL-02 takes an unfinished last line for torn at each byte of it, and loses no line before', () => {
    const start = lines.slice(0, 2).join('').length;
    for (let end = start; end < text.length; end += 1) {
      const { records, bad, torn, good } = read(text.slice(0, end));
      assert.deepEqual({ records: records.length, bad, torn, good }, { records: 2, bad: null, torn: end - start, good: start });
    }
  });

  it('REQ-JOURNAL-02 takes zero bytes at the end for space that was never written', () => {
    const { records, bad, torn } = read(Buffer.concat([Buffer.from(text), Buffer.alloc(5_000)]));
    assert.deepEqual({ records: records.length, bad, torn }, { records: 3, bad: null, torn: 5_000 });
  });

  it('REQ-JOURNAL-03 notices every flipped bit', () => {
    const bytes = Buffer.from(text);
    const end = bytes.length - 1;
    for (let index = 0; index < end; index += 1) for (const bit of [0, 3, 6]) {
      const flipped = Buffer.from(bytes);
      flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
      const { records, bad, torn } = read(flipped);
      assert.ok(bad !== null || torn > 0, `bit ${bit} of byte ${index}`);
      const damaged = bytes.subarray(0, index).filter((byte) => byte === 10).length;
      assert.ok(records.length <= damaged, `byte ${index}`);
    }
  });

  it('REQ-JOURNAL-04 names the first bad entry when one was removed, doubled, moved, or edited with a right checksum', () => {
    const edited = (line: string): string => {
      const json = line.slice(9, -1).replace('implement#2', 'implement#7');
      return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
    };
    const [first = '', second = '', third = ''] = lines;
    const where = (text: string) => read(text).bad?.line;
    assert.deepEqual({ removed: where(first + third), doubled: where(first + second + second), moved: where(first + third + second), edited: where(first + edited(second) + third), head: where(second + third) },
      { removed: 2, doubled: 3, moved: 2, edited: 3, head: 1 });
  });

  it('REQ-JOURNAL-05 tells a newer format and an unknown event from damage', () => {
    const lineOf = (value: object): string => {
      const json = JSON.stringify(value);
      return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
    };
    assert.equal(read(lineOf({ v: 2, anything: true })).bad?.reason, 'newer-version');
    assert.equal(read(lineOf({ v: 1, seq: 1, epoch: 1, at: 1, event: { type: 'InventedLater' } })).bad?.reason, 'newer-version');
    assert.equal(read(lineOf({ v: 1, seq: 'one' })).bad?.reason, 'corrupt');
  });

  it('REQ-JOURNAL-06 leaves out what a leader wrote after another had taken over', () => {
    const { chain } = written(three);
    const stale = written([record(4, 1)], chain).text;
    const next = written([record(4, 2), record(5, 2)], chain).text;
    const late = written([record(5, 1)], chain).text;
    const [fourth = ''] = next.split(/(?<=\n)/);
    const { records, stale: left, bad } = read(text + stale + fourth + late + next.slice(fourth.length));
    assert.deepEqual({ bad, left, records }, { bad: null, left: 2, records: [...three, record(4, 2), record(5, 2)] });
  });

  it('REQ-JOURNAL-19 comes to the same, whatever is wrong, whether lines are read at once or one by one', () => {
    const own = encodeLine(record(1), null);
    // The same entry in other spelling: from it on, every line is looked at for itself.
    const json = `{ ${own.text.slice(10, -1)}`;
    const other = `${crc32(json).toString(16).padStart(8, '0')} ${json}`;
    const rest = (chain: string): string[] => {
      const second = encodeLine(record(2), chain);
      const third = encodeLine(record(3), second.chain);
      const late = encodeLine(record(4), third.chain);
      const fourth = encodeLine(record(4, 2), third.chain);
      return [second.text, third.text, late.text, fourth.text, encodeLine(record(5), late.chain).text, encodeLine(record(5, 2), fourth.chain).text];
    };
    const files = [[own.text, ...rest(own.chain)], [`${other}\n`, ...rest(hash('sha256', other, 'hex').slice(0, 16))]] as const;
    const damages: ((text: readonly string[]) => string)[] = [(text) => text.join('')];
    for (let line = 1; line <= 6; line += 1) {
      damages.push((text) => text.toSpliced(line, 1).join(''), (text) => text.toSpliced(line, 0, text[line] ?? '').join(''), (text) => [...text.slice(0, line), ...text.slice(line).reverse()].join(''));
      for (let index = 0; index < (files[0][line]?.length ?? 0); index += 1) {
        damages.push((text) => `${text.slice(0, line).join('')}${text[line]?.slice(0, index) ?? ''}`);
        for (const bit of [0, 2, 4, 6]) damages.push((text) => text.with(line, `${text[line]?.slice(0, index) ?? ''}${String.fromCharCode((text[line]?.charCodeAt(index) ?? 0) ^ (1 << bit))}${text[line]?.slice(index + 1) ?? ''}`).join(''));
      }
    }
    const different = damages.filter((damage) => {
      const [fast, slow] = files.map((file) => {
        const { records, newest, good, torn, stale, bad } = read(damage(file));
        return JSON.stringify({ records, newest, good: good - (file[0]?.length ?? 0), torn, stale, bad });
      });
      return fast !== slow;
    });
    assert.deepEqual(different.map(String), []);
    assert.ok(damages.length > 3_000);
  });

  it('REQ-JOURNAL-19 takes an entry in no other form for one of its own, though checksum and chain fit', () => {
    const event = JSON.stringify(eventNumber(2));
    const forms = {
      itself: '"v":1,"seq":2,"epoch":1,"at":5,"prev":"P","event":E}', spaced: '"v":1,"seq":2,"epoch":1,"at":5,"prev":"P","event":E }', more: '"v":1,"seq":2,"epoch":1,"at":5,"prev":"P","event":E,"more":1}',
      followed: '"v":1,"seq":2,"epoch":0,"at":5,"prev":"P","event":E}', older: '"v":1,"seq":2,"epoch":0,"at":5,"prev":"P","event":E}', newer: '"v":1,"seq":2,"epoch":7,"at":5,"prev":"P","event":E}', jump: '"v":1,"seq":3,"epoch":1,"at":5,"prev":"P","event":E}',
      fraction: '"v":1,"seq":2,"epoch":1,"at":5.25,"prev":"P","event":E}', long: '"v":1,"seq":2,"epoch":1,"at":8542054553360507840521,"prev":"P","event":E}', zero: '"v":1,"seq":02,"epoch":1,"at":5,"prev":"P","event":E}',
      open: '"v":1,"seq":2,"epoch":1,"at":5,"prev":"P","event":E', list: '"v":1,"seq":2,"epoch":1,"at":5,"prev":"P","event":E]', none: '"v":1,"seq":2,"epoch":1,"at":5,"event":E}', format: '"v":2,"seq":2,"epoch":1,"at":5,"prev":"P","event":E}',
    };
    const found = Object.entries(forms).map(([name, form]) => {
      const first = encodeLine(record(1), null);
      const json = `{${form.replace('P', first.chain).replace('E', event)}`;
      const second = `${crc32(json).toString(16).padStart(8, '0')} ${json}`;
      const { records, stale, bad } = read(`${first.text}${second}\n${encodeLine(record(name === 'older' ? 2 : 3, 7), name === 'older' ? first.chain : hash('sha256', second, 'hex').slice(0, 16)).text}`);
      return `${name}: ${records.map(({ seq, epoch, at }) => `${seq} ${epoch} ${at > 1_700_000_000_000 && at < 1_800_000_000_000 ? 'then' : at}`).join(', ')}; stale ${stale}; ${bad?.line ?? 'good'} ${bad?.reason ?? ''}`.trimEnd();
    });
    assert.deepEqual(found, [
      'itself: 1 1 then, 2 1 5, 3 7 then; stale 0; good', 'spaced: 1 1 then, 2 1 5, 3 7 then; stale 0; good', 'more: 1 1 then, 2 1 5, 3 7 then; stale 0; good',
      'followed: 1 1 then; stale 1; 3 corrupt', 'older: 1 1 then, 2 7 then; stale 1; good', 'newer: 1 1 then, 2 7 5, 3 7 then; stale 0; good', 'jump: 1 1 then; stale 0; 2 corrupt',
      'fraction: 1 1 then, 2 1 5.25, 3 7 then; stale 0; good', 'long: 1 1 then, 2 1 8.542054553360507e+21, 3 7 then; stale 0; good', 'zero: 1 1 then; stale 0; 2 corrupt',
      'open: 1 1 then; stale 0; 2 corrupt', 'list: 1 1 then; stale 0; 2 corrupt', 'none: 1 1 then; stale 0; 2 corrupt', 'format: 1 1 then; stale 0; 2 newer-version',
    ]);
  });

  it('REQ-JOURNAL-01 takes an empty file for no entries', () => {
    assert.deepEqual(read(''), { records: [], newest: 0, chain: null, good: 0, torn: 0, stale: 0, bad: null });
  });

  it('REQ-JOURNAL-03 says of what is no entry that it is damage, and keeps what is before it', () => {
    const lineOf = (json: string): string => `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
    const noEntry = 'it is not an entry of a journal';
    const unfit = 'the checksum does not fit the text';
    const cases: Record<string, string> = { '\n': unfit, '\u0000\n': unfit, [lineOf('{').replace(' ', '_')]: unfit, [lineOf('{')]: noEntry, [lineOf('null')]: noEntry, [lineOf('2')]: noEntry, [lineOf('{"v":"9"}')]: noEntry, [lineOf('{"v":0}')]: noEntry, [lineOf('{}')]: noEntry };
    for (const [line, why] of Object.entries(cases)) for (const before of [0, 1, 3]) {
      const start = lines.slice(0, before).join('');
      const { records, bad, good, torn } = read(start + line + text);
      assert.deepEqual({ records, bad, good, torn }, { records: three.slice(0, before), bad: { line: before + 1, reason: 'corrupt', why }, good: start.length, torn: 0 }, JSON.stringify(line));
    }
  });

  it('REQ-JOURNAL-04 says what became of the entry that is missing or was changed', () => {
    const [first = '', second = '', third = ''] = lines;
    const other = encodeLine({ ...record(2), at: 7 }, read(first).chain);
    assert.deepEqual([first + third, first + second + second, first + other.text + third].map((file) => read(file).bad), [
      { line: 2, reason: 'corrupt', why: 'entry 3 stands where 2 belongs: an entry was removed or added' },
      { line: 3, reason: 'corrupt', why: 'entry 2 stands where 3 belongs: an entry was removed or added' },
      { line: 3, reason: 'corrupt', why: 'entry 3 does not follow from the one before it: that one was changed' },
    ]);
  });

  it('REQ-JOURNAL-05 says of an event that it does not know which it is and what is new about it, and reads what is before it', () => {
    const schema = z.object({ type: z.literal('Known', 'something else') });
    const known = { seq: 1, epoch: 1, at: 1, event: { type: 'Known' } };
    const first = encodeLine(known, null);
    const second = encodeLine({ seq: 2, epoch: 1, at: 1, event: { type: 'New' } }, first.chain);
    const third = encodeLine({ ...known, seq: 3 }, second.chain);
    const { records, bad, good } = decodeLines(Buffer.from(first.text + second.text + third.text), schema);
    assert.deepEqual({ records, bad, good }, { records: [known], good: first.text.length, bad: { line: 2, reason: 'newer-version', why: 'entry 2 is whole, but this version does not know it: something else' } });
    assert.equal(read(`${crc32('{"v":2}').toString(16).padStart(8, '0')} {"v":2}\n`).bad?.why, 'it was written in format 2, this version reads format 1');
  });

  it('REQ-JOURNAL-06 leaves out all that was there when a new leader had read none of it', () => {
    const begun = encodeLine(record(1, 2), null);
    const { records, stale, bad, chain, newest } = read(text + begun.text);
    assert.deepEqual({ records, stale, bad, chain, newest }, { records: [record(1, 2)], stale: 3, bad: null, chain: begun.chain, newest: 2 });
  });

  it('REQ-JOURNAL-19 believes the hash that the next entry carries, without the checksum, and looks at the checksum of the last', () => {
    let [all, chain]: [string, string | null] = ['', null];
    for (const one of [record(1), record(2), record(3, 2), record(4, 2)]) {
      const line: string = `00000000 ${encodeLine(one, chain).text.slice(9, -1)}`;
      all += `${line}\n`;
      chain = hash('sha256', line, 'hex').slice(0, 16);
    }
    const { records, bad } = read(all);
    assert.deepEqual({ records, bad }, { records: [record(1), record(2), record(3, 2)], bad: { line: 4, reason: 'corrupt', why: 'the checksum does not fit the text' } });
  });

  it('REQ-JOURNAL-19 has zod judge what zod would change, and no other event that the next entry proves', () => {
    const judged: unknown[] = [];
    const schema = z.object({ type: z.literal('A'), more: z.string().default('added') });
    const watched = Object.assign(Object.create(schema) as typeof schema, { safeParse: (event: unknown) => { judged.push(event); return schema.safeParse(event); } });
    const written = [{ type: 'A', more: 'own' }, { type: 'A' }, { type: 'A', more: 'own' }, { type: 'A', more: 'last' }];
    let [all, chain]: [string, string | null] = ['', null];
    for (const [index, event] of written.entries()) {
      const line = encodeLine({ seq: index + 1, epoch: 1, at: 1, event }, chain);
      all += line.text;
      ({ chain } = line);
    }
    const { records } = decodeLines(Buffer.from(all), watched);
    assert.deepEqual(records.map(({ seq, event }) => [seq, event.type, event.more]), [[1, 'A', 'own'], [2, 'A', 'added'], [3, 'A', 'own'], [4, 'A', 'last']]);
    assert.deepEqual(judged, [written[1], written[3]]);
  });
});
