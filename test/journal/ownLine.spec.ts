/** specs/journal.md REQ-JOURNAL-19: what is exactly in the form in which entries are written, and what is not. */
import assert from 'node:assert/strict';
import { encodeLine } from '../../src/journal/codec.ts';
import { readOwnLine } from '../../src/journal/ownLine.ts';

const hash = '0123456789abcdef';
const read = (json: string, prev: string | null = null) => readOwnLine(Buffer.from(json), 0, Buffer.byteLength(json), prev);
const withSeq = (seq: string): string => `{"v":1,"seq":${seq},"epoch":0,"at":5,"event":{}}`;
const first = '{"v":1,"seq":1,"epoch":20,"at":1700000000009,"event":{"type":"é"}}';
const later = `{"v":1,"seq":1,"epoch":20,"at":1700000000009,"prev":"${hash}","event":{"type":"é"}}`;
const itself = { seq: 1, epoch: 20, at: 1_700_000_000_009, event: { type: 'é' } };

describe('an entry in its own form', () => {
  it('REQ-JOURNAL-19 reads an entry as it is written, wherever in the file it stands', () => {
    assert.deepEqual([read(first), read(later, hash)], [itself, itself]);
    const { text } = encodeLine(itself, hash);
    const file = Buffer.from(`before\n${text}after}}}`);
    assert.deepEqual(readOwnLine(file, 'before\n'.length + 9, 'before\n'.length + Buffer.byteLength(text) - 1, hash), itself);
  });

  it('REQ-JOURNAL-19 leaves an entry to be looked at in full when any sign before its event is another or missing', () => {
    for (const [json, prev] of [[first, null], [later, hash]] as const) {
      const event = json.indexOf('{"type"');
      for (let index = 0; index < event; index += 1) {
        const [before, sign = '', after] = [json.slice(0, index), json[index], json.slice(index + 1)];
        const inNumber = /\d/.test(sign) && !before.includes('"prev"') && before.includes('"seq"');
        assert.equal(read(`${before}_${after}`, prev), null, `_ for ${sign} at ${index}`);
        if (!inNumber) assert.equal(read(before + after, prev), null, `no ${sign} at ${index}`);
      }
    }
  });

  it('REQ-JOURNAL-19 leaves an entry that is cut anywhere to be looked at in full, whatever comes after it', () => {
    for (const [json, prev] of [[first, null], [later, hash]] as const) {
      const bytes = Buffer.from(json);
      for (let end = 0; end < bytes.length; end += 1) assert.equal(readOwnLine(bytes, 0, end, prev), null, `${end}`);
      assert.equal(readOwnLine(bytes, 0, bytes.length, prev)?.seq, 1);
    }
  });

  it('REQ-JOURNAL-19 takes for a number what JSON writes as a whole one that is exact', () => {
    const seqs = ['0', '9', '10', '123456789012345', '1234567890123456', '01', '00', '', '-1', '1.5', '1e3', '/', ':'];
    assert.deepEqual(seqs.map((seq) => read(withSeq(seq))?.seq ?? null), [0, 9, 10, 123_456_789_012_345, ...Array<null>(9).fill(null)]);
  });

  it('REQ-JOURNAL-19 wants the hash of the entry before, all of it, and none where there is no entry before', () => {
    assert.deepEqual([read(later), read(first, hash), read(later, hash.replace('0', '1')), read(later, hash.slice(0, -1)), read(later, `${hash}0`)], [null, null, null, null, null]);
  });

  it('REQ-JOURNAL-19 leaves what is no JSON, ends otherwise, or is no entry at all, to be looked at in full', () => {
    assert.deepEqual(['{"v":1,"seq":1,"epoch":1,"at":1,"event":}', '{"v":1,"seq":1,"epoch":1,"at":1,"event":{}', '{"v":1,"seq":1,"epoch":1,"at":1,"event":{}]', '{"v":1,"seq":1,"epoch":1,"at":1,"event":{},"more":1}', '5}', '', '}'].map((json) => read(json)), Array(7).fill(null));
    assert.deepEqual(['null', '0', '"x"', '[1]'].map((event) => read(`{"v":1,"seq":1,"epoch":1,"at":1,"event":${event}}`)?.event), [null, 0, 'x', [1]]);
  });
});
