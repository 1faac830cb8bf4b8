/** The text of a project file, with entries of its quarantine put in and taken out. */
import { deepEqual, equal, throws } from 'node:assert/strict';
import { parseProjectFile } from '../../src/gates/projectFile.ts';
import { quarantineOf, withEntry, withoutEntry } from '../../src/gates/quarantineEntries.ts';
import { ProjectFileError } from '../../src/ports/examiners.ts';

const entry = { test: 'test/a.js › adds: "two"', gate: null, reason: 'slow disks', since: '2026-11-26', until: '2030-01-31' };
const read = (text: string): readonly unknown[] => quarantineOf(parseProjectFile(new TextEncoder().encode(text)));

describe('REQ-GATE-170 entries of a quarantine', () => {
  it('are put into a file that is not there yet, and into one that stays as it is', () => {
    equal(withEntry(null, entry), 'quarantine:\n  - test: \'test/a.js › adds: "two"\'\n    reason: slow disks\n    since: 2026-11-26\n    until: 2030-01-31\n');
    const file = '# ours\nsetup: npm ci # always\ngates:\n  - { id: unit, run: mocha }\n';
    const text = withEntry(file, { ...entry, gate: 'unit' });
    equal(text.startsWith(file), true);
    deepEqual(read(text), [{ ...entry, gate: 'unit' }]);
  });

  it('take the place of an older one, and go without a trace', () => {
    const two = withEntry(withEntry('setup: npm ci\n', { ...entry, test: 'other' }), entry);
    deepEqual(read(withEntry(two, { ...entry, until: '2031-01-31' })), [{ ...entry, test: 'other' }, { ...entry, until: '2031-01-31' }]);
    const one = withoutEntry(two, 'other', null) ?? '';
    deepEqual(read(one), [entry]);
    deepEqual([withoutEntry(one, entry.test, null), withoutEntry(withEntry(null, entry), entry.test, null), withoutEntry(one, 'nosuch', null), withoutEntry(one, entry.test, 'unit'), withoutEntry(null, 'x', null)], ['setup: npm ci\n', '', null, null, null]);
  });

  it('are refused with every mistake', () => {
    throws(() => withEntry('gates: [{ id: unit, run: mocha }]\n', { ...entry, gate: 'nosuch', until: 'soon' }), (error) => {
      deepEqual(error instanceof ProjectFileError && error.mistakes.map(({ message }) => message), ['quarantine[0].gate: there is no gate nosuch', 'quarantine[0].until: expected a day such as 2030-01-31']);
      return true;
    });
    throws(() => withEntry('nosuch: 1\n', entry), /the key "nosuch" is not known here/);
  });
});
