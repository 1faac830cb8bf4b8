/** `treeline verify` as a program: real git, real walls, its own process. REQ ids: specs/gates.md. */
import { deepEqual, equal, match } from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { verifyDocumentSchema, type VerifyDocument } from '../../src/protocol/verifyDocument.ts';
import { skipBecause } from '../support/skip.ts';
import { leftIn } from '../support/temporaryFiles.ts';
import { temporaryFolder } from '../gates/support/temporaryFolder.ts';

const program = join(import.meta.dirname, '../../src/app/verifyMain.ts');
const suite = "const { test } = require('node:test');\nconst assert = require('node:assert');\ntest('is right', () => assert.equal(require('../word.js'), 'right'));\n";

interface Ended { readonly code: number | null; readonly document: VerifyDocument | null; readonly error: { readonly code: string; readonly message: string; readonly next: string } | null; readonly stdout: string; readonly stderr: string }

describe('treeline verify', function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let repository: string;
  let temporary: string;

  beforeEach(async () => {
    folder = await temporaryFolder('verify');
    [repository, temporary] = [join(folder.path, 'repository'), join(folder.path, 'tmp')];
    await mkdir(repository);
    await mkdir(temporary);
    git('init', '-q', '-b', 'main');
    await commit({ 'package.json': '{ "name": "small", "scripts": { "test": "node --test" } }', 'word.js': "module.exports = 'right';\n", 'test/word.test.js': suite });
    git('tag', 'base');
  });
  afterEach(async () => {
    deepEqual(leftIn(temporary), []);
    await folder.remove();
  });

  function git(...args: readonly string[]): string {
    const who = { GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.org', GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.org' };
    return execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', ...who } });
  }

  async function commit(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(repository, name)), { recursive: true });
      await writeFile(join(repository, name), text);
    }
    git('add', '-A');
    git('commit', '-q', '-m', 'step');
  }

  function verify(args: readonly string[], during: (child: ReturnType<typeof spawn>, stderr: string) => void = () => undefined): Promise<Ended> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, TMPDIR: temporary, XDG_STATE_HOME: join(folder.path, 'state'), XDG_RUNTIME_DIR: join(folder.path, 'runtime'), ANTHROPIC_API_KEY: 'a-key' } });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        during(child, stderr);
      });
      child.once('close', (code) => {
        const json = args.includes('--json') && stdout !== '' ? JSON.parse(stdout) as Record<string, unknown> : null;
        resolve({ code, stdout, stderr, document: json !== null && 'schema' in json ? verifyDocumentSchema.parse(json) : null, error: (json?.['error'] ?? null) as Ended['error'] });
      });
    });
  }
  const judge = (base: string, head: string, ...more: readonly string[]): Promise<Ended> => verify(['--repo', repository, '--base', base, '--head', head, '--json', ...more]);

  /** Everything of the repository but Treeline's own folder. */
  async function state(): Promise<unknown> {
    const files = (await readdir(join(repository, '.git'), { recursive: true })).filter((path) => !path.startsWith('treeline')).sort();
    return [files, git('for-each-ref'), git('status', '--porcelain=v2', '--branch'), git('worktree', 'list', '--porcelain'), await readFile(join(repository, '.git/config'), 'utf8')];
  }

  it('REQ-VERIFY-02: starts nothing before it is trusted; once trusted, the same content needs no word', async () => {
    const before = await state();
    const refused = await judge('base', 'main');
    equal(refused.code, 6);
    equal(refused.error?.code, 'untrusted');
    match(refused.error?.message ?? '', /gate unit: npm test\n {4}runs package\.json#scripts\.test/);
    match(refused.error?.next ?? '', /--trust/);
    equal((await judge('base', 'main', '--trust')).code, 0);
    equal((await judge('base', 'main')).code, 0);
    deepEqual(await state(), before);
    await commit({ 'package.json': '{ "name": "small", "scripts": { "test": "node --test --test-concurrency=1" } }' });
    equal((await judge('main', 'main')).error?.code, 'untrusted');
    equal((await stat(join(folder.path, 'state/treeline/trust.json'))).mode & 0o777, 0o600);
  });

  it('REQ-VERIFY-01, REQ-VERIFY-04: prints the document, from a detached HEAD too, and changes nothing', async () => {
    git('switch', '-q', '-c', 'work');
    await commit({ 'word.js': "module.exports = 'wrong';\n" });
    git('switch', '-q', '--detach', 'base');
    const before = await state();
    const { code, document } = await judge('base', 'work', '--trust');
    deepEqual(await state(), before);
    equal(code, 1);
    deepEqual([document?.verdict, document?.reason], ['rejected', 'new-failures']);
    deepEqual([document?.base, document?.head, document?.tree], [git('rev-parse', 'base').trim(), git('rev-parse', 'work').trim(), git('rev-parse', 'work^{tree}').trim()]);
    deepEqual([document?.mergeBase, document?.merged], [document?.base, null]);
    const [gate] = document?.gates ?? [];
    deepEqual(gate?.failures.map(({ test, file, line }) => ({ test, file, line })), [{ test: 'test/word.test.js › is right', file: 'test/word.test.js', line: 3 }]);
    match(gate?.evidence.log ?? '', /\.git\/treeline\/gates\/logs\/verify\/.*\.log\.gz$/);
    deepEqual([document?.integrity, document?.redGreen, document?.baseTests], [[], { state: 'none', tests: [] }, { state: 'none', failing: [] }]);
    deepEqual([document?.notes, gate?.reruns?.map(({ test, outcome, alone }) => [test, outcome, alone])], [[], [['test/word.test.js › is right', 'fails-always', { runs: 3, failed: 3 }]]]);
    match((await verify(['--repo', repository, '--base', 'base', '--head', 'work'])).stdout, /^rejected \(new-failures\)\n[^]*test\/word\.test\.js:3/);
  });

  it('REQ-VERIFY-04, REQ-GATE-120: says of a fix whether its test fails without it', async () => {
    await commit({ 'word.js': "module.exports = 'right';\nmodule.exports.more = 1;\n" });
    const without = await judge('base', 'main', '--trust', '--kind', 'fix');
    await commit({ 'word.js': "module.exports = 'right';\n", 'half.js': 'module.exports = (n) => n / 2;\n', 'test/half.test.js': "require('node:test').test('halves', () => require('node:assert').equal(require('../half.js')(4), 2));\n" });
    const proven = await judge('base', 'main', '--kind', 'feature');
    deepEqual([without, proven].map(({ code, document }) => [code, document?.reason, document?.redGreen.state, document?.redGreen.tests.map(({ test, state }) => `${test}: ${state}`)]), [
      [1, 'no-red-proof', 'none', []], [0, 'passed', 'proven', ['test/half.test.js › halves: proven']],
    ]);
    match((await verify(['--repo', repository, '--base', 'base', '--head', 'main', '--kind', 'feature'])).stdout, /red-green proof: proven\n {4}proven: test\/half\.test\.js › halves\n {8}.*Cannot find module/);
  });

  it('REQ-VERIFY-07, REQ-VERIFY-08, REQ-VERIFY-09: where the base moved on, both together are judged as they would land, and nothing of that is left', async () => {
    const at = (name: string): string => git('rev-parse', name).trim();
    const branch = async (name: string, files: Readonly<Record<string, string>>): Promise<void> => {
      git('switch', '-q', '-c', name, 'base');
      await commit(files);
    };
    await branch('ahead', { 'size.test.js': "require('node:test').test('has its size', () => require('node:assert').equal(require('./word.js').length ?? 0, 5));\n" });
    await branch('good', { 'README.md': 'more' });
    await branch('alone', { 'word.js': "const word = ['r', 'ight'];\nword.toString = () => 'right';\nmodule.exports = word;\n" });
    await branch('other', { 'size.test.js': '// another\n' });
    git('switch', '-q', '--orphan', 'unrelated');
    // Within the same second it would be the very commit of the base but for this.
    await commit({ 'NOTES.md': 'begun anew', 'package.json': '{ "name": "small", "scripts": { "test": "node --test" } }', 'word.js': "module.exports = 'right';\n", 'test/word.test.js': suite });
    const before = await state();
    const good = await judge('ahead', 'good', '--trust');
    deepEqual([good.code, good.document?.reason, good.document?.gates[0]?.tests, good.document?.integrity], [0, 'passed', { passed: 2, failed: 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 }, []]);
    deepEqual([good.document?.base, good.document?.head, good.document?.mergeBase, good.document?.merged], [at('ahead'), at('good'), at('base'), { since: [{ commit: at('ahead'), subject: 'step' }], conflicts: [] }]);
    match(good.document?.notes.join(' ') ?? '', /tree of both together/);
    const alone = await judge('ahead', 'alone', '--trust');
    deepEqual([alone.code, alone.document?.reason, alone.document?.gates[0]?.reason, alone.document?.gates[0]?.failures.map(({ test }) => test)], [1, 'merged-tree-red', 'merged-tree-red', ['size.test.js › has its size']]);
    const conflict = await judge('ahead', 'other');
    deepEqual([conflict.code, conflict.document?.verdict, conflict.document?.reason, conflict.document?.merged?.conflicts, conflict.document?.gates], [1, 'rejected', 'conflict', ['size.test.js'], []]);
    match((await verify(['--repo', repository, '--base', 'ahead', '--head', 'other'])).stdout, /^rejected \(conflict\)\n.*\n {2}parted at [0-9a-f]{12}; since then on the base:\n {4}[0-9a-f]{12} step\n {2}✗ conflict: size\.test\.js/);
    const unrelated = await judge('base', 'unrelated');
    deepEqual([unrelated.code, unrelated.document?.reason, unrelated.document?.mergeBase, unrelated.document?.merged, unrelated.document?.tree], [0, 'passed', null, null, at('unrelated^{tree}')]);
    deepEqual(await state(), before);
    equal(good.document?.tree, git('merge-tree', '--write-tree', 'ahead', 'good').trim());
  });

  it('REQ-VERIFY-10: a requirement that the change brings, or that is asked for, needs a test that names it', async () => {
    const spec = (...ids: readonly string[]): string => `# Words\n\n${ids.map((id) => `- ${id}: The word shall be right.\n`).join('')}`;
    await commit({ 'specs/words.md': spec('REQ-WORD-01', 'REQ-WORD-02'), 'long.js': "module.exports = 'long';\n", 'test/long.test.js': "require('node:test').test('REQ-WORD-01 is long', () => require('node:assert').equal(require('../long.js').length, 4));\n" });
    const brought = await judge('base', 'main', '--trust');
    deepEqual([brought.code, brought.document?.verdict, brought.document?.reason, brought.document?.gates.map(({ id, reason }) => [id, reason]), brought.document?.incomplete.map(({ requirement, why, file }) => `${requirement} ${file}: ${why}`)], [
      1, 'not-verified', 'incomplete', [['unit', 'passed']], ['REQ-WORD-02 specs/words.md: no test that ran names it'],
    ]);
    const [docs, asked, odd] = [await judge('base', 'main', '--kind', 'docs'), await judge('main', 'main', '--spec', 'specs/**'), await judge('main', 'main', '--spec', 'nothing/**')];
    deepEqual([docs.document?.reason, asked.document?.reason, asked.document?.incomplete.map(({ requirement, line }) => [requirement, line]), odd.code, odd.error?.code], ['passed', 'incomplete', [['REQ-WORD-02', 4]], 2, 'invalid-request']);
  });

  it('REQ-VERIFY-05: a tree that was judged is known; where nothing can be written it is judged all the same', async () => {
    equal((await judge('base', 'main', '--trust')).document?.gates[0]?.evidence.cached, false);
    equal((await judge('base', 'main')).document?.gates[0]?.evidence.cached, true);
    await rm(join(repository, '.git/treeline'), { recursive: true });
    await writeFile(join(repository, '.git/treeline'), 'in the way');
    const { code, document } = await judge('base', 'main');
    equal(code, 0);
    deepEqual([document?.gates[0]?.evidence.cached, document?.gates[0]?.evidence.log], [false, null]);
    equal(await readFile(join(repository, '.git/treeline'), 'utf8'), 'in the way');
  });

  it('REQ-VERIFY-03: a project file that cannot be used, of the base or of the head, is told line by line', async () => {
    await commit({ '.treeline/project.yaml': 'gatez: []\ngates:\n  - id: A\n    run: ""\n' });
    for (const [base, head] of [['main', 'main'], ['base', 'main']] as const) {
      const { code, error } = await judge(base, head, '--trust');
      deepEqual([code, error?.code], [2, 'invalid-file']);
      match(error?.message ?? '', /of main cannot be used:\n {2}line 1: .*gatez.*\n {2}line 3: .*\n {2}line 4: /);
    }
  });

  it('REQ-VERIFY-03: wrong use says what is wrong and how it is used', async () => {
    const rows: readonly (readonly [readonly string[], number, string, RegExp])[] = [
      [['--repo', repository, '--json'], 2, 'invalid-request', /--base REF is missing; --head REF is missing/],
      [['--repo', repository, '--base', 'base', '--head', 'main', '--kind', 'odd', '--json'], 2, 'invalid-request', /--kind is one of/],
      [['--repo', repository, '--base', 'base', '--head', 'main', '--odd', '--json'], 2, 'invalid-request', /--odd/],
      [['--repo', repository, '--base', 'base', '--head', 'absent', '--json'], 2, 'unknown-base', /"absent"/],
      [['--repo', repository, '--base', '--upload-pack=x', '--head', 'main', '--json'], 2, 'invalid-request', /--base/],
      [['--repo', repository, '--base', 'base', '--head', 'main', '--gate', 'nope', '--json'], 2, 'invalid-request', /no gate nope/],
      [['--repo', temporary, '--base', 'base', '--head', 'main', '--json'], 2, 'not-a-repository', /not/],
      [['--repo', join(temporary, 'absent'), '--base', 'base', '--head', 'main', '--json'], 2, 'not-a-repository', /absent/],
    ];
    for (const [args, exit, name, words] of rows) {
      const { code, error, document } = await verify(args);
      deepEqual([code, error?.code, document], [exit, name, null], JSON.stringify(error));
      match(error?.message ?? '', words);
      equal((error?.next ?? '') !== '', true);
    }
  });

  it('REQ-VERIFY-01: a repository with nothing to run is not verified, and needs no trust for that', async () => {
    await commit({ 'package.json': '{ "name": "small" }' });
    const { code, document } = await judge('main', 'main');
    deepEqual([code, document?.verdict, document?.reason, document?.gates], [1, 'not-verified', 'no-command', []]);
  });

  it('REQ-VERIFY-06: a gate sees neither what Treeline keeps, nor the person\'s trust, configuration or keys', async function () {
    const secrets = [join(repository, '.git/treeline/secret'), join(repository, '.git/config'), join(folder.path, 'state/treeline/trust.json')];
    await mkdir(join(repository, '.git/treeline'), { recursive: true });
    await writeFile(join(repository, '.git/treeline/secret'), 'token');
    await commit({ 'test/canary.test.js': `const { test } = require('node:test');
const assert = require('node:assert');
for (const path of ${JSON.stringify(secrets)}) test('cannot read ' + path.split('/').at(-1), () => assert.throws(() => require('node:fs').readFileSync(path), { code: 'ENOENT' }));
test('has no key', () => assert.equal(process.env.ANTHROPIC_API_KEY, undefined));
test('is confined', () => assert.notEqual(process.env.TREELINE_CONFINED, undefined));
` });
    const { document, stdout } = await judge('main', 'main', '--trust');
    const walls = document?.gates[0]?.evidence.sandbox ?? '';
    if (walls !== 'bubblewrap') skipBecause(this, `gates are not sandboxed here (${walls})`);
    deepEqual([document?.verdict, document?.gates[0]?.tests.passed], ['accepted', 6], stdout);
  });

  it('REQ-GATE-52: interrupted, it ends everything that it started', async () => {
    await commit({ 'test/slow.test.js': "require('node:test').test('waits', () => new Promise(() => setTimeout(() => {}, 600000)));\nconsole.error('begun');\n" });
    let killed = false;
    const { code, stdout } = await verify(['--repo', repository, '--base', 'base', '--head', 'main', '--json', '--trust'], (child, stderr) => {
      if (killed || !stderr.includes('begun')) return;
      killed = true;
      child.kill('SIGTERM');
    });
    deepEqual([code, stdout], [130, '']);
  });
});
