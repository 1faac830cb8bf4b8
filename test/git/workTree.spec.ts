import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import type { GitOutput } from '../../src/git/runGit.ts';
import { capture, checkOut, differences, ignoredFiles, openWorkTree, untracked } from '../../src/git/workTree.ts';
import type { ArchiveContext } from '../../src/git/archiveContext.ts';

const link = '160000', file = '100644', none = '000000';
const answers = {
  changed: 'diff-files --raw -z --no-renames --no-ext-diff --ignore-submodules=all', others: 'ls-files -z --others --exclude-standard',
  filters: 'check-attr -z --stdin filter', remove: 'update-index -z --force-remove --stdin', add: 'update-index -z --add --replace --stdin', tree: 'write-tree',
} as const;
type Said = Partial<Record<keyof typeof answers, string>>;

/** A work tree whose git answers this, with what it was asked: arguments, settings, input. */
function treeThat(said: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const workTree = openWorkTree({
    git: async ({ args, settings, input, environment, cwd }): Promise<GitOutput> => {
      assert.deepEqual([cwd, environment?.['GIT_DIR'], environment?.['GIT_WORK_TREE']], [tmpdir(), '/judge', tmpdir()]);
      asked.push([args.join(' '), ...(settings ?? []).map((setting) => `[${setting}]`), ...(input ? [`< ${Buffer.from(input).toString('latin1').replaceAll('\0', '|')}`] : [])].join(' '));
      return { code: 0, stdout: Buffer.from(said[args.join(' ')] ?? '', 'latin1'), stderr: '', cut: false };
    },
  }, tmpdir(), '/judge', null);
  return { workTree, asked };
}

const saidOf = (said: Said): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(said).map(([what, text]) => [answers[what as keyof typeof answers], text]));
const entry = (before: string, after: string, status: string, path: string): string => `:${before} ${after} ${'a'.repeat(40)} ${'0'.repeat(40)} ${status}\0${path}\0`;

describe('a work tree, read through a git dir of ours', () => {
  it('REQ-GIT-91 REQ-GIT-34 what was taken away, changed, added; a repository in a file\'s place takes the file away and is listed, a submodule is neither', async () => {
    const { workTree, asked } = treeThat(saidOf({
      changed: entry(file, none, 'D', 'gone') + entry(file, '100755', 'M', 'mode') + entry(file, link, 'T', 'became') + entry(link, file, 'T', 'module') + entry(link, none, 'D', 'module2'),
      others: 'new\0dir/repository/\0a b\0',
    }));
    assert.deepEqual(await differences(workTree), { removed: ['gone', 'became'], modified: ['mode'], added: ['new', 'a b'], nested: ['became/', 'dir/repository/'] });
    assert.deepEqual(asked, [answers.changed, answers.others]);
  });

  it('REQ-GIT-31 nothing differs where git says nothing', async () => {
    assert.deepEqual(await differences(treeThat({}).workTree), { removed: [], modified: [], added: [], nested: [] });
  });

  it('REQ-GIT-33 what is ignored, and what is not tracked at all, as whole folders where nothing else is in them', async () => {
    const others = 'ls-files -z --others --directory --no-empty-directory', ignored = 'ls-files -z --others --ignored --exclude-standard --directory';
    const { workTree } = treeThat({ [others]: 'node_modules/\0a\0', [ignored]: 'b.log\0' });
    assert.deepEqual([await untracked(workTree), await ignoredFiles(workTree)], [['node_modules/', 'a'], ['b.log']]);
  });

  it('REQ-GIT-90 files are made by one call, over whatever is in their way, by as many writers as the file system likes', async () => {
    const { workTree, asked } = treeThat({});
    await checkOut(workTree, 'c0ffee');
    assert.match(asked.join('\n'), /^read-tree --reset -u c0ffee \[checkout\.workers=[01]\]$/);
  });

  it('REQ-GIT-30 only what differs is taken, by its exact name, and written as one tree', async () => {
    const { workTree, asked } = treeThat(saidOf({ changed: entry(file, none, 'D', 'go\xffne') + entry(file, file, 'M', 'x'), others: 'new\0', tree: 'f00d\n' }));
    const { tree, differences: found } = await capture({ inheritance: { config: [] } } as unknown as ArchiveContext, workTree, 'raw');
    assert.deepEqual([tree, found.removed, asked.slice(2)], ['f00d', ['go\xffne'], [`${answers.remove} < go\xffne|`, `${answers.add} [core.fsyncMethod=batch] < x|new|`, answers.tree]]);
    const unchanged = treeThat(saidOf({ tree: 'f00d\n' }));
    await capture({ inheritance: { config: [] } } as unknown as ArchiveContext, unchanged.workTree, 'refuse');
    assert.deepEqual(unchanged.asked.slice(2), [answers.tree]);
  });

  it('REQ-GIT-38 a changed file under a filter that is not the person\'s own is refused where that is asked for, before anything is taken', async () => {
    const said = saidOf({ others: 'big.bin\0', filters: 'big.bin\0filter\0evil\0', tree: 'f00d\n' });
    const own = { inheritance: { config: [{ scope: 'global', key: 'filter.evil.clean', value: 'x' }] } } as unknown as ArchiveContext, nobodys = { inheritance: { config: [] } } as unknown as ArchiveContext;
    const refused = treeThat(said);
    await assert.rejects(capture(nobodys, refused.workTree, 'refuse'), { reason: 'unsupported-filter' });
    assert.deepEqual(refused.asked.slice(2), [`${answers.filters} < big.bin|`]);
    assert.equal((await capture(own, treeThat(said).workTree, 'refuse')).tree, 'f00d');
    assert.equal((await capture(nobodys, treeThat(said).workTree, 'raw')).tree, 'f00d');
  });
});
