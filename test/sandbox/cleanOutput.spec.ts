import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanOutput, readableOutput } from '../../src/sandbox/cleanOutput.ts';

const cases: readonly (readonly [title: string, text: string, shown: string])[] = [
  ['colours go, the words stay', '\x1b[1;31mFAIL\x1b[0m a\tb\n', 'FAIL a\tb\n'],
  ['a clipboard command is gone whole', 'a\x1b]52;c;ZXZpbA==\x07b', 'ab'],
  ['a link keeps its text only', '\x1b]8;;https://x.example\x1b\\click\x1b]8;;\x1b\\', 'click'],
  ['a title is gone', '\x1b]0;root@host\x07$', '$'],
  ['a device control string is gone with its body', 'a\x1bP1$r0m\x1b\\b', 'ab'],
  ['a control string without an end hides nothing', '\x1b]0;FAIL 3 tests\nPASS\n', '0;FAIL 3 tests\nPASS\n'],
  ['8-bit introducers are dropped', '\u009b31mred\u009d0;t\u009c', '31mred0;t'],
  ['an escape rebuilt from pieces stays dead', '\x1b\x1b[31m[31m', '[31m'],
  ['a lone carriage return hides nothing', 'FAIL\rPASS\r\n', 'FAIL\nPASS\n'],
  ['backspaces erase nothing', 'FAIL\b\b\b\bPASS', 'FAILPASS'],
  ['overstruck bold and underline are read as letters', 'N\bNA\bA _\bx', 'NA x'],
  ['bell, form feed, vertical tab and DEL are dropped', 'a\x07\x0b\x0c\x7fb', 'ab'],
  ['NUL is visible', 'a\0b', 'a␀b'],
  ['direction overrides are visible', 'if (a \u202e)x(\u202c', 'if (a ⟨U+202E⟩)x(⟨U+202C⟩'],
  ['zero-width characters are visible', 'pass\u200bword\u2060\ufeff', 'pass⟨U+200B⟩word⟨U+2060⟩⟨U+FEFF⟩'],
  ['tag characters are visible', 'x\u{e0049}', 'x⟨U+E0049⟩'],
  ['smuggled variation selectors are visible, one in its place is not', '✔\ufe0f a\ufe01\ufe02', '✔\ufe0f a\ufe01⟨U+FE02⟩'],
  ['an emoji family stays one', '👨\u200d👩\u200d👧 a\u200db 1\u200d2', '👨\u200d👩\u200d👧 a⟨U+200D⟩b 1⟨U+200D⟩2'],
  ['other line ends are new lines', 'a\u2028b', 'a\nb'],
  ['half a surrogate pair is replaced', 'a\ud800', 'a\ufffd'],
];

describe('output made safe to show (specs/sandbox.md)', () => {
  for (const [title, text, shown] of cases) it(`REQ-WALL-31: ${title}`, () => { assert.equal(cleanOutput(text), shown); });

  it('REQ-WALL-31: whatever goes in, nothing that a terminal obeys or an eye misses comes out, and once is enough', () => {
    const nasty = fc.constantFrom('\x1b', '[', ']', '52;c;', '\x07', '\\', 'P', '\r', '\b', '\n', '\u009b', '\u202e', '\u200d', '\ufe0f', '\u{e0041}', 'm', '1', 'x', 'é', '👩', '\0', '_');
    fc.assert(fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 40 }).map((parts) => parts.join('')), (text) => {
      const shown = cleanOutput(text);
      assert.doesNotMatch(shown, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u);
      assert.equal(cleanOutput(shown), shown);
    }));
  });

  it('REQ-WALL-32: an endless line is cut at 2,000 columns', () => {
    assert.equal(cleanOutput(`a\n${'x'.repeat(4500)}`), `a\n${'x'.repeat(2000)}↩\n${'x'.repeat(2000)}↩\n${'x'.repeat(500)}`);
    assert.equal(cleanOutput('x'.repeat(2000)), 'x'.repeat(2000));
  });

  it('REQ-WALL-32: a megabyte of openings takes no time to speak of', () => {
    const shown = cleanOutput('\x1b]'.repeat(500_000));
    assert.equal(shown, '');
  });

  it('REQ-WALL-32: megabytes of lines that are nearly too long take no time to speak of', () => {
    const text = `${'x'.repeat(1_950)}\n`.repeat(4_000);
    assert.ok(cleanOutput(text) === text);
  });

  const none = new Uint8Array(0);
  it('REQ-WALL-33: binary output only says so', () => {
    assert.equal(readableOutput({ head: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1), tail: none, dropped: 0 }), '(binary output, 8 bytes, beginning with 7f 45 4c 46 00 00 00 01)\n');
    assert.match(readableOutput({ head: new Uint8Array(9000), tail: none, dropped: 991_000 }), /^\(binary output, 1000000 bytes, beginning with 00 00/);
  });

  it('REQ-WALL-33: text with a few broken bytes is text, and so is text in another script that was cut', () => {
    assert.equal(readableOutput({ head: Buffer.concat([Buffer.from('a long enough line of plain text '), Uint8Array.of(0xff)]), tail: none, dropped: 0 }), 'a long enough line of plain text \ufffd');
    assert.equal(readableOutput({ head: Buffer.from('日本語').subarray(0, 8), tail: Buffer.from('日本語').subarray(1), dropped: 10 }), '日本\n… 10 bytes of output are not kept …\n本語');
  });
});
