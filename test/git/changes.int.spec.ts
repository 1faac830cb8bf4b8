import assert from 'node:assert/strict';
import type { Archive } from '../../src/ports/archive.ts';
import { repositoryWith, type Files, type TestRepository } from './support/repositories.ts';

describe('the diff that a person and a reviewer see', () => {
  let repository: TestRepository;
  let archive: Archive;
  const change = async (before: Files, after: Files): Promise<[string, string]> => {
    repository = repositoryWith(before);
    ({ archive } = await repository.open());
    const from = repository.git('rev-parse', 'HEAD');
    return [from, repository.commit(after)];
  };
  afterEach(() => { repository.end(); });

  it('REQ-GIT-50 shows text in full whatever attributes say, the changed attributes first (case 14)', async () => {
    const [from, to] = await change({ '.gitattributes': '', 'app.js': 'safe()\n' }, { 'app.js': 'evil()\n', 'sub/.gitattributes': '*.js -diff\n', '.gitattributes': '*.js -diff\n', 'a.txt': 'x\n' });
    const text = await archive.diff(from, to, 100_000);
    assert.match(text, /-safe\(\)\n\+evil\(\)/);
    assert.deepEqual([...text.matchAll(/^diff --git a\/(\S+)/gm)].map((match) => match[1]), ['.gitattributes', 'sub/.gitattributes', 'a.txt', 'app.js']);
    assert.deepEqual((await archive.changes(from, to)).map((file) => [file.path, file.added, file.removed]),
      [['.gitattributes', 1, 0], ['sub/.gitattributes', 1, 0], ['a.txt', 1, 0], ['app.js', 1, 1]]);
  });

  it('REQ-GIT-51 replace refs and drivers have no say (cases 8, 15)', async () => {
    const [from, to] = await change({ 'app.js': 'safe()\n' }, { 'app.js': 'evil()\n', '.gitattributes': '*.js diff=x\n' });
    repository.git('replace', repository.git('rev-parse', `${to}:app.js`), repository.git('rev-parse', `${from}:app.js`));
    repository.git('config', 'diff.x.textconv', 'echo innocent; true');
    repository.git('config', 'diff.external', 'false');
    assert.match(await archive.diff(from, to, 100_000), /\+evil\(\)/);
    assert.equal(Buffer.from(await archive.readFile(to, 'app.js') ?? []).toString(), 'evil()\n');
  });

  it('REQ-GIT-52 characters that hide or turn text stand visibly, and their file is marked (cases 16, 26)', async () => {
    const [from, to] = await change({ 'a.js': 'x\n' }, { 'a.js': 'if (admin\u202e) {\u200b}\u{e0041}\n', 'esc.txt': 'a\u001b]52;c;x\u0007b\rspoof\n', 'ok.txt': '\ufeffé 👩‍💻\r\n', 'na\u202eme.txt': 'x\n' });
    const text = await archive.diff(from, to, 100_000);
    assert.match(text, /if \(admin<U\+202E>\) \{<U\+200B>\}<U\+E0041>/);
    assert.match(text, /a<U\+001B>\]52;c;x<U\+0007>b<U\+000D>spoof/);
    assert.match(text, /\+\ufeffé 👩‍💻\r\n/);
    const marks = Object.fromEntries((await archive.changes(from, to)).map((file) => [file.path, file.marks]));
    assert.deepEqual(marks, { 'a.js': ['invisible-characters'], 'esc.txt': ['invisible-characters'], 'ok.txt': [], 'na\u202eme.txt': ['invisible-characters'] });
  });

  it('REQ-GIT-53 a script with a NUL in it is still shown; what is mostly not text is named, not shown', async () => {
    const [from, to] = await change({ 'x': 'x\n' }, { 'evil.js': '/*\0*/ steal()\n'.padEnd(200, ' '), 'image.png': Buffer.from(Array.from({ length: 2_000 }, (_, at) => (at * 7919) % 256)) });
    const text = await archive.diff(from, to, 100_000);
    assert.match(text, /\/\*<U\+0000>\*\/ steal\(\)/);
    assert.match(text, /image\.png[^]*\nBinary content: not shown\.\n/);
    assert.deepEqual((await archive.changes(from, to)).map((file) => [file.path, file.marks]), [['evil.js', ['binary', 'invisible-characters']], ['image.png', ['binary']]]);
  });

  it('REQ-GIT-54 a diff that is too long ends with a line that says what is missing', async () => {
    const [from, to] = await change({ 'a': '' }, { 'a': 'y\n'.repeat(3_000), 'b': 'z\n', 'c': 'z\n' });
    const text = await archive.diff(from, to, 2_000);
    assert.ok(text.length < 2_200);
    assert.match(text, /\[cut: this diff is longer than 2000 characters; 2 of 3 changed files are not shown.*\]\n$/);
  });

  it('REQ-GIT-55 marks what must not be overlooked, and follows renames', async () => {
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at}\n`).join('');
    const [from, to] = await change({ 'old.txt': lines, 'Readme': 'x\n', 'package.json': '{}\n' }, {
      'old.txt': null, 'new.txt': lines, 'README': 'y\n', 'package.json': '{"scripts":{}}\n', '.github/workflows/ci.yml': 'on: push\n', 'test/a.spec.ts': 'x\n', 'aux.txt': 'x\n', 'tool': { text: 'x\n', mode: 0o755 }, '.GitHub/x': 'y\n',
    });
    const files = await archive.changes(from, to);
    assert.deepEqual(files.map(({ path, previous, status, marks }) => [path, previous, status, marks]), [
      ['.GitHub/x', null, 'added', ['protected']], ['.github/workflows/ci.yml', null, 'added', ['protected']], ['README', null, 'added', ['case-twin']],
      ['aux.txt', null, 'added', ['unportable-name']], ['new.txt', 'old.txt', 'renamed', []], ['package.json', null, 'modified', ['protected']], ['test/a.spec.ts', null, 'added', ['test']],
      ['tool', null, 'added', ['mode']],
    ]);
  });

  it('REQ-GIT-56 reads files and lists of a commit from its objects', async () => {
    const [from, to] = await change({ 'dir/a': 'one\n' }, { 'dir/a': 'two\n' });
    assert.deepEqual([Buffer.from(await archive.readFile(from, 'dir/a') ?? []).toString(), Buffer.from(await archive.readFile(to, 'dir/a') ?? []).toString()], ['one\n', 'two\n']);
    assert.deepEqual(await Promise.all(['dir', 'dir/', '', 'dir/b', '../x', '--output=f', '/etc/passwd'].map((name) => archive.readFile(to, name))), [null, null, null, null, null, null, null]);
    assert.deepEqual(await archive.listFiles(to), ['dir/a']);
  });

  it('REQ-GIT-58 lists and reads many files at once: names and bytes exact, links as their targets, submodules left out', async () => {
    const binary = Buffer.from([0, 10, 255, 10, 0]);
    const [, to] = await change({}, { 'a b/ü.md': 'one\n', 'empty': '', 'bytes': binary, 'link': { link: 'a b/ü.md' }, 'twin': 'one\n', '-x\ny': 'two' });
    repository.git('update-index', '--add', '--cacheinfo', `160000,${to},module`);
    repository.git('commit', '--quiet', '-m', 'Module');
    const { tree } = await repository.open();
    const files = await tree.files(repository.git('rev-parse', 'HEAD'));
    const id = (path: string): string => files.find((file) => file.path === path)?.hash ?? '';
    assert.deepEqual(files.map(({ path, bytes, link }) => [path, bytes, link]), [['-x\ny', 3, false], ['a b/ü.md', 4, false], ['bytes', 5, false], ['empty', 0, false], ['link', 9, true], ['twin', 4, false]]);
    assert.equal(id('twin'), id('a b/ü.md'));
    const contents = await tree.contents([id('bytes'), id('twin'), 'f'.repeat(40), id('empty'), id('link'), id('-x\ny')]);
    assert.deepEqual([...contents].map(([hash, bytes]) => [hash, Buffer.from(bytes).toString('latin1')]), [[id('bytes'), binary.toString('latin1')], [id('twin'), 'one\n'], [id('empty'), ''], [id('link'), Buffer.from('a b/ü.md').toString('latin1')], [id('-x\ny'), 'two']]);
    assert.deepEqual(await tree.contents([]), new Map());
  });

  it('REQ-GIT-57 a very large file is marked, and does not fill the diff', async () => {
    const [from, to] = await change({ 'a': 'x\n' }, { 'big.txt': `${'line of a large file\n'.repeat(600_000)}` });
    assert.deepEqual((await archive.changes(from, to)).map(({ path, marks }) => [path, marks]), [['big.txt', ['large']]]);
    assert.ok((await archive.diff(from, to, 5_000)).length < 5_300);
  });
});
