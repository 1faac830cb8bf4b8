import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScratchCheckout } from '../../src/ports/scratch.ts';
import { repositoryWith, writeFiles, type Files, type TestRepository } from './support/repositories.ts';

describe('what was touched in a scratch checkout', () => {
  let repository: TestRepository, checkout: ScratchCheckout;
  const at = (name: string): string => join(checkout.path, name);
  const opened = async (files: Files): Promise<void> => {
    repository = repositoryWith(files);
    checkout = await (await repository.open()).scratch.open(repository.git('rev-parse', 'HEAD'));
  };
  afterEach(async () => { await checkout.close(); repository.end(); });

  it('REQ-GIT-91 a file that got other content of the same size at once, with its times put back, is changed', async () => {
    await opened({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
    const { atime, mtime } = statSync(at('a.txt'));
    writeFileSync(at('a.txt'), 'two\n');
    utimesSync(at('a.txt'), atime, mtime);
    assert.deepEqual(await checkout.changed(), { modified: ['a.txt'], added: [] });
    // The git that the run has sees it as well.
    assert.equal(repository.gitIn(checkout.path, 'diff', '--name-only'), 'a.txt');
  });

  it('REQ-GIT-95 a file that was only touched, or holds again what it held, is not changed, and one that was changed with it is', async () => {
    await opened({ 'touched.txt': 'one\n', 'rewritten.txt': 'one\n', 'replaced.txt': 'one\n', 'changed.txt': 'one\n' });
    utimesSync(at('touched.txt'), 1, 1);
    for (const text of ['two\n', 'one\n']) writeFileSync(at('rewritten.txt'), text);
    rmSync(at('replaced.txt'));
    writeFileSync(at('replaced.txt'), 'one\n');
    assert.deepEqual(await checkout.changed(), { modified: [], added: [] });
    writeFileSync(at('changed.txt'), 'two\n');
    assert.deepEqual(await checkout.changed(), { modified: ['changed.txt'], added: [] });
    writeFileSync(at('changed.txt'), 'one\n');
    assert.deepEqual(await checkout.changed(), { modified: [], added: [] });
  });

  it('REQ-GIT-91 folders that were exchanged, led elsewhere, or became a file change what lies in them', async () => {
    await opened({ 'one/a.txt': 'one\n', 'two/a.txt': 'two\n', 'three/a.txt': 'three\n', 'four/a.txt': 'four\n' });
    renameSync(at('one'), at('other'));
    renameSync(at('two'), at('one'));
    renameSync(at('other'), at('two'));
    renameSync(at('three'), at('.git/three'));
    symlinkSync('.git/three', at('three'));
    renameSync(at('four'), at('.git/four'));
    writeFileSync(at('four'), '');
    assert.deepEqual(await checkout.changed(), { modified: ['four/a.txt', 'one/a.txt', 'three/a.txt', 'two/a.txt'], added: ['four', 'three'] });
  });

  it('REQ-GIT-91 another mode, another kind, a repository in a file\'s place, a name that is no UTF-8', async () => {
    await opened({ 'mode.sh': 'one\n', 'kind.txt': 'one\n', 'link': { link: 'mode.sh' }, 'repository': 'one\n', 'n\xffme': 'one\n', 'same.txt': 'one\n' });
    chmodSync(at('mode.sh'), 0o755);
    writeFiles(checkout.path, { 'kind.txt': null, 'link': null, 'repository': null, 'n\xffme': 'two\n' });
    writeFiles(checkout.path, { 'kind.txt': { link: 'same.txt' }, 'link': 'one\n' });
    mkdirSync(at('repository'));
    repository.gitIn(at('repository'), 'init', '--quiet');
    repository.gitIn(at('repository'), 'commit', '--quiet', '--allow-empty', '-m', 'in a suite');
    assert.deepEqual(await checkout.changed(), { modified: ['kind.txt', 'link', 'mode.sh', 'n\\xffme', 'repository'], added: ['repository/'] });
  });

  it('REQ-GIT-95 a file that git itself would write otherwise is not changed by a run that changed another one', async () => {
    await opened({ 'crlf.txt': 'one\r\n', 'a.txt': 'one\n' });
    repository.commit({ '.gitattributes': '* text=auto\n' });
    await checkout.close();
    checkout = await (await repository.open()).scratch.open(repository.git('rev-parse', 'HEAD'));
    assert.deepEqual(await checkout.changed(), { modified: [], added: [] });
    writeFileSync(at('a.txt'), 'two\n');
    assert.deepEqual(await checkout.changed(), { modified: ['a.txt'], added: [] });
    assert.equal(readFileSync(at('crlf.txt'), 'utf8'), 'one\r\n');
  });

  it('REQ-GIT-91 new files and folders, with and without changed ones beside them; ignored ones are none', async () => {
    await opened({ 'a.txt': 'one\n', '.gitignore': '*.log\n' });
    writeFiles(checkout.path, { 'new.txt': 'x\n', 'dir/new.txt': 'x\n', 'run.log': 'x\n' });
    mkdirSync(at('nested'));
    repository.gitIn(at('nested'), 'init', '--quiet');
    writeFileSync(at('nested/x'), '');
    const added = ['dir/new.txt', 'nested/', 'new.txt'];
    assert.deepEqual(await checkout.changed(), { modified: [], added });
    rmSync(at('a.txt'));
    assert.deepEqual(await checkout.changed(), { modified: ['a.txt'], added });
  });
});
