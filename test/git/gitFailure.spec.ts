import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf, gitMissing } from '../../src/git/gitFailure.ts';

describe('what is said of a git that failed', () => {
  const said = (stderr: string, signal: string | null = null): string => failureOf('git x', { code: 128, stderr }, signal).message;

  it('REQ-GIT-27 keeps git\'s own words, without its hints and empty lines, and without ends of lines', () => {
    assert.equal(said('\n fatal: one\n\nhint: do this\n  \t\nwarning: a hint: two\n\n'), 'git x failed: fatal: one; warning: a hint: two');
  });

  it('REQ-GIT-27 says at most eight lines, and of them at most a thousand characters', () => {
    const lines = Array.from({ length: 9 }, (_, at) => `line ${at}`);
    assert.equal(said(lines.join('\n')), `git x failed: ${lines.slice(0, 8).join('; ')}`);
    assert.equal(said('x'.repeat(1_001)), `git x failed: ${'x'.repeat(1_000)}`);
  });

  it('REQ-GIT-27 names the exit code, or the signal, of a git that said nothing', () => {
    assert.deepEqual([said(' \n'), said('', 'SIGKILL'), said('fatal: one', 'SIGKILL')], ['git x failed: exit code 128', 'git x failed: ended by SIGKILL', 'git x failed: fatal: one']);
  });

  it('REQ-GIT-27 hands on the whole of what git said as the cause, and what the system said of a git that is missing', () => {
    const [output, cause] = [{ code: 1, stderr: 'hint: x' }, new Error('ENOENT')];
    assert.equal(failureOf('git x', output, null).cause, output);
    const missing = gitMissing('/nowhere/git', '/folder', cause);
    assert.deepEqual([missing.reason, missing.cause], ['git-missing', cause]);
    assert.match(missing.message, /"\/nowhere\/git".*\/folder/);
  });

  it('REQ-GIT-20 tells the age of a lock that is there, and nothing of one that is gone, is not named, or is not what failed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'treeline-test-'));
    try {
      const lock = join(folder, 'index.lock');
      writeFileSync(lock, '');
      utimesSync(lock, 1_700_000_000, 1_700_000_000);
      const held = `fatal: Unable to create '${lock}': File exists.`;
      assert.equal(said(held), `git x failed: ${held} (${lock} is there since 2023-11-14T22:13:20.000Z)`);
      const gone = `fatal: Unable to create '${folder}/gone.lock': File exists.`;
      assert.equal(said(gone), `git x failed: ${gone}`);
      assert.equal(said('error: could not lock config file x'), 'git x failed: error: could not lock config file x');
      const other = `fatal: '${lock}' is odd`;
      assert.equal(said(other), `git x failed: ${other}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
