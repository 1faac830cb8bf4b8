/** Bundles programs/testEngine.ts (or another entry) as an engine's program with the built-in workflows and the guard's parsers beside it. Who opens, removes the folder. */
import { build } from 'esbuild';
import { cp, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grammars } from '../../../src/build/bundle.mjs';

const root = join(import.meta.dirname, '../../..');

/** `bundle`: for `engineBundle` of connectEngine. */
export async function bundleTestEngine(entry = 'test/client/programs/testEngine.ts'): Promise<{ readonly folder: string; readonly bundle: string }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tle-')));
  const bundle = join(folder, 'engine.js');
  await build({ absWorkingDir: root, entryPoints: [entry], outfile: bundle, bundle: true, format: 'cjs', platform: 'node', target: 'node22', mainFields: ['module', 'main'], logLevel: 'warning' });
  await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  await cp(join(root, 'src/workflows/builtin'), join(folder, 'workflows'), { recursive: true });
  for (const name of grammars) await cp(join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm', name), join(folder, 'grammars', name));
  return { folder, bundle };
}
