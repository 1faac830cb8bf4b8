import assert from 'node:assert/strict';
import { gitDirConfigText, readConfig, settingOf, type GitDirConfig } from '../../src/git/config.ts';

const own: GitDirConfig = { bare: false, attributesFile: null, lfs: null, filters: [], name: null, email: null };
const entry = (scope: string, key: string, value: string) => ({ scope, key, value });

describe('the person\'s configuration of git', () => {
  it('REQ-GIT-21 is read with its scopes, without what our own calls add', async () => {
    const stdout = Buffer.from('local\0user.name\nAda\0command\0core.hookspath\n/dev/null\0');
    assert.deepEqual(await readConfig(async () => ({ code: 0, stdout, stderr: '', cut: false }), '/', {}), [entry('local', 'user.name', 'Ada')]);
  });

  it('REQ-GIT-21 is the last value of a key, of those scopes that are asked for', () => {
    const entries = [entry('global', 'a.b', '1'), entry('global', 'a.b', '2'), entry('local', 'a.b', '3'), entry('local', 'a.c', '4')];
    assert.deepEqual([settingOf(entries, 'a.b'), settingOf(entries, 'a.b', ['system', 'global']), settingOf(entries, 'a.c', ['global']), settingOf(entries, 'a.d')], ['3', '2', null, null]);
  });

  it('REQ-GIT-21 gives a git dir of ours no logs, no excludes of the person\'s and no collection of garbage, and nothing that it does not have', () => {
    const core = (version: number, bare: boolean): string => `[core]\n\trepositoryformatversion = "${version}"\n[core]\n\tbare = "${bare}"\n[core]\n\tlogallrefupdates = "false"\n`;
    const [excludes, gc] = ['[core]\n\texcludesfile = ""\n', '[gc]\n\tauto = "0"\n'];
    assert.equal(gitDirConfigText([], own), `${core(0, false)}${excludes}${gc}`);
    assert.equal(gitDirConfigText([], { ...own, bare: true }), `${core(0, true)}${gc}`);
    assert.equal(gitDirConfigText([entry('local', 'extensions.objectformat', 'sha256')], { ...own, lfs: '/x/lfs', name: 'A\nB', email: 'a@b' }),
      `${core(1, false)}${excludes}[extensions]\n\tobjectformat = "sha256"\n[lfs]\n\tstorage = "/x/lfs"\n[user]\n\tname = "A\\nB"\n[user]\n\temail = "a@b"\n${gc}`);
  });
});
