// Who says what is never sent. specs/context.md.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createNeverSend } from '../../src/app/neverSend.ts';
import { parseSettings } from '../../src/app/settings.ts';
import type { Settings } from '../../src/app/settings.ts';

const settingsOf = (text: string): Settings => {
  const parsed = parseSettings(text);
  return 'settings' in parsed ? parsed.settings : assert.fail(parsed.mistakes.join());
};

describe('what is never sent, from its two places', () => {
  it('REQ-CONTEXT-14 is what the settings say now and what the base commit adds, read once a commit', async () => {
    const reads: string[] = [];
    let settings = settingsOf('');
    const neverSend = createNeverSend({ readFile: async (commit, path) => {
      reads.push(`${commit} ${path}`);
      return commit === 'bare' ? null : new TextEncoder().encode('context: { neverSend: ["infra/**"] }\n');
    } }, () => settings);
    assert.deepEqual(await neverSend('bare'), [{ patterns: [], from: 'your settings' }, { patterns: [], from: '.treeline/project.yaml' }]);
    settings = settingsOf('context.neverSend: [secret]');
    for (let time = 0; time < 2; time += 1) assert.deepEqual(await neverSend('c1'), [{ patterns: ['secret'], from: 'your settings' }, { patterns: ['infra/**'], from: '.treeline/project.yaml' }]);
    assert.deepEqual(reads, ['bare .treeline/project.yaml', 'c1 .treeline/project.yaml']);
  });

  it('REQ-CONTEXT-15 refuses a commit whose project file cannot be understood, with its line', async () => {
    const of = (text: string) => createNeverSend({ readFile: async () => new TextEncoder().encode(text) }, () => settingsOf(''))('c1');
    await assert.rejects(of('context:\n  neverSend:\n    - ok/**\n    - "+(x)"\n'), { name: 'ProjectFileError', message: '.treeline/project.yaml: line 4: context.neverSend: "+(x)": patterns such as +(…) are not understood' });
    await assert.rejects(of('context: { sendAll: true }\n'), { name: 'ProjectFileError' });
  });
});
