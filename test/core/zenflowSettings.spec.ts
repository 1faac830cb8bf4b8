// `.zenflow/settings.json` as it is read.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readZenflowSettings } from '../../src/core/zenflowSettings.ts';

const read = (settings: unknown): unknown => { const found = readZenflowSettings(JSON.stringify(settings)); return found.ok ? found.value : found.refusal; };
const nothing = { setup: null, verification: null, copy: [], unused: [] };

describe('the settings of Zenflow, read', () => {
  it('REQ-ZEN-06 a script is a text, or a list of commands of which each has to succeed; an empty one is none', () => {
    assert.deepEqual([read({}), read({ setup_script: null, verification_script: null, copy_files: null }), read({ setup_script: ' npm ci ', verification_script: ['npm run lint', ' ', 'npm test'], copy_files: ['.env', 'config/a b.json'] })], [
      nothing, nothing, { setup: 'npm ci', verification: 'npm run lint && npm test', copy: ['.env', 'config/a b.json'], unused: [] },
    ]);
    assert.deepEqual([read({ setup_script: ' \n', verification_script: [] }), read({ setup_script: [' '] })], [nothing, nothing]);
  });

  it('REQ-ZEN-06 a file is copied from inside the repository, however the path is written', () => {
    const inside = ['a', 'a/b', 'a\\b', '.env', 'a/..b', 'ab:c', '.'];
    assert.deepEqual(read({ copy_files: inside }), { ...nothing, copy: inside });
    for (const outside of ['/etc/passwd', '\\a', 'C:/a', 'c:a', '..', '../a', 'a/../../b', 'a\\..\\b']) assert.deepEqual(read({ copy_files: [outside] }), ['copy_files.0: expected a path inside the repository'], outside);
  });

  it('REQ-ZEN-11 what another tool reads is named, not refused', () => {
    assert.deepEqual(read({ setup_script: 'a', dev_server_script: 'b', toString: 1 }), { ...nothing, setup: 'a', unused: ['dev_server_script', 'toString'] });
  });

  it('REQ-ZEN-06 every mistake is told with its place', () => {
    const places = (settings: unknown): unknown => { const found = read(settings); return Array.isArray(found) ? found.map((line: string) => line.split(': ')[0]) : found; };
    assert.deepEqual([places({ setup_script: 1, verification_script: [1], copy_files: ['', 'a'] }), places([]), places('x'), places({ setup_script: 'x'.repeat(2_001) })], [['setup_script', 'verification_script', 'copy_files.0'], ['the file'], ['the file'], ['setup_script']]);
    const broken = readZenflowSettings('{');
    assert.ok(!broken.ok && broken.refusal.length === 1 && broken.refusal[0]?.startsWith('it is no JSON: '));
  });
});
