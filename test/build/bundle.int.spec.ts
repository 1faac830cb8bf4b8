// What ships: each program is one CommonJS file that starts, within its size budget, and an old Node is told so in words.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, grammars, lateParts, programs } from '../../src/build/bundle.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const extensionBudget = 1024 * 1024;

describe('the bundles', function () {
  this.timeout(60_000);
  let outdir: string;
  let written: { file: string; bytes: number }[];

  before(async () => {
    outdir = mkdtempSync(join(tmpdir(), 'bundle-'));
    written = await bundle({ outdir });
  });

  after(() => rmSync(outdir, { recursive: true }));

  it('REQ-HOUSE-07: there is one for every program', () => {
    assert.deepEqual(written.map(({ file }) => file).sort(), [...Object.keys(programs), ...Object.keys(lateParts), 'cli.js'].sort());
  });

  it('REQ-HOUSE-07: they are CommonJS by the package.json beside them, and parse as such', () => {
    assert.deepEqual(JSON.parse(readFileSync(join(outdir, 'package.json'), 'utf8')), { type: 'commonjs' });
    for (const { file } of written) {
      const { status, stderr } = spawnSync(process.execPath, ['--check', join(outdir, file)], { encoding: 'utf8' });
      assert.deepEqual({ file, status, stderr }, { file, status: 0, stderr: '' });
    }
  });

  it('REQ-HOUSE-07: only the extension asks for vscode, and none for a package that is not inside it', () => {
    for (const file of [...Object.keys(programs), ...Object.keys(lateParts)]) {
      const { outputs } = JSON.parse(readFileSync(join(outdir, `meta-${file}on`), 'utf8')) as {
        outputs: Record<string, { imports: { path: string; external?: boolean }[] }> };
      const asked = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path)).filter((path) => !isBuiltin(path));
      assert.deepEqual({ file, asked: [...new Set(asked)] }, { file, asked: file === 'extension.js' ? ['vscode', ...Object.keys(lateParts).map((part) => `./${part}`)] : file === 'languageClient.js' ? ['vscode'] : [] });
    }
  });

  it('REQ-HOUSE-15: what the editor starts has no connection, journal, graph or workflow file in it', () => {
    const { inputs } = JSON.parse(readFileSync(join(outdir, 'meta-extension.json'), 'utf8')) as { inputs: Record<string, { imports: { path: string; kind: string }[] }> };
    const first = new Set(['src/extension/extension.ts']);
    for (const file of first) for (const { path, kind } of inputs[file]?.imports ?? []) if (kind === 'import-statement') first.add(path);
    const later = ['src/client/connectEngine.ts', 'src/client/readRuns.ts', 'src/core/event.ts', 'src/extension/graph/graphPanel.ts', 'src/protocol/workflowHelp.ts', 'src/protocol/messages.ts'];
    assert.deepEqual(later.filter((file) => inputs[file] === undefined), []);
    assert.deepEqual([...later, ...Object.keys(lateParts).map((part) => `./${part}`)].filter((file) => first.has(file)), []);
  });

  it('REQ-INTEGRITY-06: the guard\'s parsers lie beside the programs, and the extension has nothing of them', () => {
    assert.deepEqual(readdirSync(join(outdir, 'grammars')).sort(), [...grammars].sort());
    const holds = Object.keys(programs).filter((file) => readFileSync(join(outdir, `meta-${file}on`), 'utf8').includes('@vscode/tree-sitter-wasm'));
    assert.deepEqual(holds.sort(), ['engine.js', 'verify.js']);
  });

  it('REQ-HOUSE-08: the extension, with what it loads later, is within its budget of 1 MB', () => {
    const bytes = written.filter(({ file }) => file === 'extension.js' || file in lateParts).reduce((sum, one) => sum + one.bytes, 0);
    assert.ok(bytes <= extensionBudget, `extension.js and its late parts have ${bytes} bytes, their budget is ${extensionBudget}`);
  });

  it('REQ-HOUSE-09: an old Node reads what is needed, as text and as JSON, with exit 6', () => {
    const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.0' } });";
    const run = (...args: string[]) => spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(old)}`, join(outdir, 'cli.js'), ...args], { encoding: 'utf8' });
    assert.ok(existsSync(join(outdir, 'cli.js')));
    const text = run('list');
    assert.deepEqual([text.status, text.stdout, text.stderr],
      [6, '', 'Treeline needs Node 22.15 or newer, this is Node 20.20.0. Install a newer Node and run the command again.\n']);
    const json = run('list', '--json');
    assert.deepEqual([json.status, JSON.parse(json.stdout), json.stderr], [6, { error: { code: 'node-too-old',
      message: 'Treeline needs Node 22.15 or newer, this is Node 20.20.0.', next: 'Install a newer Node and run the command again.' } }, '']);
  });

  it('REQ-HOUSE-09: the launcher is written in syntax that an old Node can read', () => {
    const launcher = readFileSync(join(root, 'src/cli/launcher.cjs'), 'utf8').replace(/^(#!|\s*\/\/).*$/gm, '');
    assert.doesNotMatch(launcher, /=>|`|\b(const|let|class|async|import)\b|\?\.|\?\?|\.\.\./);
  });
});
