// Turns the sources into what ships: one file per program in dist/, CommonJS, with the files those programs read beside them.
// Owns the list of programs. `node src/build/bundle.mjs` bundles all; tests and packaging call `bundle()`.
import { build } from 'esbuild';
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './node.mjs';

/** Program file in dist/ → its entry source. */
export const programs = {
  'extension.js': 'src/extension/extension.ts',
  'engine.js': 'src/app/engineMain.ts',
  'verify.js': 'src/app/verifyMain.ts',
  'cliMain.js': 'src/cli/main.ts',
  'cliTools.js': 'src/app/cliToolsMain.ts',
  'workflowServer.js': 'src/app/workflowServerMain.ts',
  'graph.js': 'src/webview/graphMain.ts',
};

/** What the extension loads when it is first needed, as files of their own beside it: file in dist/ → package. */
export const lateParts = { 'languageClient.js': 'vscode-languageclient/node', 'jsonRpc.js': 'vscode-jsonrpc/node' };
const late = {
  name: 'late-parts',
  setup(building) {
    for (const [file, name] of Object.entries(lateParts)) building.onResolve({ filter: new RegExp(`^${name}$`) }, ({ kind }) => (kind === 'entry-point' ? undefined : { path: `./${file}`, external: true }));
  },
};

/** Programs that run in a page of the editor, not in Node. */
const pages = new Set(['graph.js']);

/** Folder or file that a program reads at run time → where it goes in dist/. */
const companions = { 'src/workflows/builtin': 'workflows' };

/** The parsers that the integrity guard has: only these of their package ship. */
export const grammars = ['', '-typescript', '-tsx', '-python', '-go', '-rust'].map((language) => `tree-sitter${language}.wasm`);

/** Writes so that a program started in the middle of a build sees the old file or the new one, never half a file. */
function replace(path, content) {
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, content);
  renameSync(fresh, path);
}

/**
 * Bundles every program whose source exists into `outdir`.
 * @param {{ outdir?: string, minify?: boolean }} [options]
 * @returns {Promise<{ file: string, bytes: number }[]>} what was written; `file` is relative to `outdir`
 */
export async function bundle({ outdir = join(root, 'dist'), minify = true } = {}) {
  mkdirSync(outdir, { recursive: true });
  const present = [...Object.entries(programs).filter(([, source]) => existsSync(join(root, source))), ...Object.entries(lateParts)];
  const written = await Promise.all(present.map(async ([file, source]) => {
    const result = await build({
      absWorkingDir: root,
      entryPoints: [source],
      outfile: join(outdir, file),
      bundle: true,
      write: false,
      ...(pages.has(file) ? { format: 'iife', platform: 'browser', target: 'chrome130' } : { format: 'cjs', platform: 'node', target: 'node22', mainFields: ['module', 'main'] }),
      external: file === 'extension.js' || file in lateParts ? ['vscode'] : [],
      // Asked for by `require`: what `import` finds in a CommonJS file depends on how that is written.
      ...(file === 'extension.js' ? { plugins: [late], supported: { 'dynamic-import': false } } : {}),
      minify,
      keepNames: true,
      metafile: true,
      legalComments: 'none',
      logLevel: 'warning',
    });
    const [program] = result.outputFiles;
    replace(join(outdir, file), program.contents);
    replace(join(outdir, `meta-${file}on`), JSON.stringify(result.metafile));
    return { file, bytes: program.contents.byteLength };
  }));
  replace(join(outdir, 'package.json'), '{ "type": "commonjs" }\n');
  for (const [from, to] of Object.entries(companions)) {
    if (existsSync(join(root, from))) cpSync(join(root, from), join(outdir, to), { recursive: true });
  }
  for (const name of grammars) cpSync(join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm', name), join(outdir, 'grammars', name));
  if (existsSync(join(outdir, 'cliMain.js'))) {
    cpSync(join(root, 'src/cli/launcher.cjs'), join(outdir, 'cli.js'));
    chmodSync(join(outdir, 'cli.js'), 0o755);
    written.push({ file: 'cli.js', bytes: statSync(join(outdir, 'cli.js')).size });
  }
  return written;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const began = performance.now();
  for (const { file, bytes } of await bundle()) {
    process.stdout.write(`${relative(process.cwd(), join(root, 'dist', file))}  ${(bytes / 1024).toFixed(0)} kB\n`);
  }
  process.stdout.write(`bundled in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
}
