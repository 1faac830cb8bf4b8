import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ignoreMissing, makeGitDir, objectFolders, ownEnvironment, readInheritance, replaceFile, type GitDirRequest, type Inheritance } from '../../src/git/gitDirs.ts';

describe('git dirs of our own', () => {
  let ground: string;
  beforeEach(() => { ground = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-'))); });
  afterEach(() => { rmSync(ground, { recursive: true, force: true }); });
  const write = (name: string, text: string): string => {
    const path = join(ground, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const read = (name: string): string => readFileSync(join(ground, name), 'utf8');
  const inheritance = (): Inheritance => ({ commonDir: join(ground, 'common'), config: [{ scope: 'global', key: 'filter.mine.clean', value: 'cat' }], exclude: 'hidden\n', attributes: '*.a text\n', infoAttributes: '*.b text\n' });
  const make = (request: Partial<GitDirRequest>): Promise<void> => makeGitDir(inheritance(), { directory: join(ground, 'own'), head: null, borrowsFrom: null, bare: false, filters: false, person: null, ...request });

  it('REQ-GIT-33 hold the exclude rules and attributes that the person had, for nobody else to enter', async () => {
    await make({});
    assert.deepEqual([read('own/info/exclude'), read('own/info/attributes'), read('own/attributes')], ['hidden\n', '*.b text\n', '*.a text\n']);
    assert.ok(read('own/config').includes(`attributesfile = "${join(ground, 'own/attributes')}"`));
    for (const folder of ['', 'info', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) assert.equal(statSync(join(ground, 'own', folder)).mode & 0o777, 0o700, folder);
  });

  it('REQ-GIT-50 that only hold objects know no attributes', async () => {
    await make({ bare: true });
    assert.match(read('own/config'), /bare = "true"/);
    assert.ok(read('own/config').includes(`attributesfile = "${devNull}"`));
  });

  it('REQ-GIT-38 have the person\'s own filters, and where LFS keeps its objects, only where these are wanted', async () => {
    await make({ filters: true });
    assert.match(read('own/config'), /\[filter "mine"\]\n\tclean = "cat"/);
    assert.ok(read('own/config').includes(`storage = "${join(ground, 'common/lfs')}"`));
    await make({});
    assert.doesNotMatch(read('own/config'), /filter|lfs/);
  });

  it('REQ-GIT-40 know who works in them where that is said', async () => {
    await make({ person: { name: 'An agent', email: 'a@localhost' } });
    assert.match(read('own/config'), /name = "An agent"[^]*email = "a@localhost"/);
    await make({});
    assert.doesNotMatch(read('own/config'), /user/);
  });

  it('REQ-GIT-40 are on a branch at a commit, at a commit, or on nothing', async () => {
    await make({ head: { branch: 'refs/heads/treeline/t/implement/u', commit: 'c1' } });
    assert.deepEqual([read('own/HEAD'), read('own/refs/heads/treeline/t/implement/u')], ['ref: refs/heads/treeline/t/implement/u\n', 'c1\n']);
    await make({ head: { branch: null, commit: 'c2' } });
    assert.equal(read('own/HEAD'), 'c2\n');
    await make({ head: null });
    assert.equal(read('own/HEAD'), 'ref: refs/heads/none\n');
  });

  it('REQ-GIT-41 read objects from the folders that they borrow from, or write them into the person\'s store', async () => {
    await make({});
    assert.equal(existsSync(join(ground, 'own/objects/info/alternates')), false);
    await make({ borrowsFrom: ['/a', '/b c'] });
    assert.equal(read('own/objects/info/alternates'), '/a\n/b c\n');
  });

  it('REQ-GIT-09 end where a shallow clone does', async () => {
    write('common/shallow', 'c1\n');
    await make({});
    assert.equal(read('own/shallow'), 'c1\n');
    rmSync(join(ground, 'common/shallow'));
    mkdirSync(join(ground, 'common/shallow'));
    await assert.rejects(make({}), /EISDIR|illegal operation|not supported/i);
  });

  it('REQ-GIT-22 are all that git looks at: no configuration and no attributes of the machine or the person, no LFS', () => {
    const always = { GIT_DIR: '/g', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull, GIT_ATTR_NOSYSTEM: '1', GIT_LFS_SKIP_SMUDGE: '1' };
    assert.deepEqual([ownEnvironment('/g', null, null), ownEnvironment('/g', '/w', '/o')], [always, { ...always, GIT_WORK_TREE: '/w', GIT_OBJECT_DIRECTORY: '/o' }]);
  });

  describe('what they take from the person\'s', () => {
    const before = { HOME: process.env['HOME'], XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'] };
    beforeEach(() => {
      process.env['HOME'] = join(ground, 'home');
      delete process.env['XDG_CONFIG_HOME'];
      write('common/info/exclude', 'shared');
      write('common/info/attributes', 'info');
    });
    afterEach(() => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    const taken = async (config: Readonly<Record<string, string>> = {}): Promise<Inheritance> =>
      readInheritance(join(ground, 'common'), join(ground, 'project'), Object.entries(config).map(([key, value]) => ({ scope: 'global', key, value })));

    it('REQ-GIT-33 is their exclude rules and the repository\'s, each from a line of its own on, their attributes and the repository\'s', async () => {
      const nothing = await taken();
      assert.deepEqual([nothing.commonDir, nothing.exclude, nothing.attributes, nothing.infoAttributes], [join(ground, 'common'), '\nshared\n', '', 'info']);
      write('home/.config/git/ignore', 'own');
      write('home/.config/git/attributes', 'mine');
      const { exclude, attributes } = await taken();
      assert.deepEqual([exclude, attributes], ['own\nshared\n', 'mine']);
      process.env['XDG_CONFIG_HOME'] = '';
      assert.equal((await taken()).exclude, 'own\nshared\n');
    });

    it('REQ-GIT-33 lies where their environment and configuration say: below home, at a path, or seen from the checkout', async () => {
      process.env['XDG_CONFIG_HOME'] = join(ground, 'xdg');
      write('xdg/git/ignore', 'xdg');
      write('home/my/ignore', 'home');
      write('project/ignore', 'project');
      const [absolute, attributes] = [write('far/ignore', 'far'), write('far/attributes', 'far attributes')];
      assert.deepEqual(await Promise.all([{}, ...['~/my/ignore', absolute, 'ignore'].map((value) => ({ 'core.excludesfile': value }))].map(async (config) => (await taken(config)).exclude)),
        ['xdg\nshared\n', 'home\nshared\n', 'far\nshared\n', 'project\nshared\n']);
      assert.equal((await taken({ 'core.attributesfile': attributes })).attributes, 'far attributes');
    });
  });

  it('REQ-GIT-09 objects are looked for in every folder that one borrows from another, each once, however they are written', async () => {
    const at = (name: string): string => join(ground, name, 'objects');
    write('a/objects/info/alternates', `# of a\n../../b/objects\n${at('c')}\n`);
    write('b/objects/info/alternates', `${at('d')}\n`);
    write('c/objects/info/alternates', `${at('a')}\n${at('d')}`);
    assert.deepEqual(await objectFolders(at('a')), ['a', 'b', 'd', 'c'].map(at));
    assert.deepEqual(await objectFolders(at('d')), [at('d')]);
  });

  it('REQ-GIT-09 a chain of them without an end is followed for twenty links', async () => {
    for (let link = 0; link < 30; link += 1) write(`${link}/info/alternates`, `${join(ground, String(link + 1))}\n`);
    assert.deepEqual(await objectFolders(join(ground, '0')), Array.from({ length: 21 }, (_, link) => join(ground, String(link))));
  });

  it('REQ-GIT-19 a file is replaced whole, for the person alone, with nothing left beside it, by any number at once', async () => {
    const path = write('file', 'old');
    await Promise.all(['one', 'two', 'six'].map((content) => replaceFile(path, content)));
    assert.match(readFileSync(path, 'utf8'), /^(one|two|six)$/);
    assert.deepEqual([readdirSync(ground), statSync(path).mode & 0o777], [['file'], 0o600]);
  });

  it('REQ-GIT-16 what is not there is no failure, anything else is', () => {
    const failure = (code: string): Error => Object.assign(new Error(code), { code });
    for (const code of ['ENOENT', 'ENOTDIR']) ignoreMissing(failure(code));
    for (const error of [failure('EACCES'), new Error('ENOENT')]) assert.throws(() => { ignoreMissing(error); }, error);
  });
});
