// @ts-check
/**
 * Packs an extension into a .vsix. `npm run package` bundles first and writes dist/treeline.vsix.
 *
 * Owns: which files may be in Treeline's package, and its size budget. Refuses: to publish, and to pack a file that
 * nobody intended: .vscodeignore chooses, this list checks, so that a slip in one does not ship.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from './bundle.mjs';
import { root } from './node.mjs';

const budget = 5 * 1024 * 1024;
const intended = [/^package(\.nls(\.[\w-]+)?)?\.json$/, /^(README|CHANGELOG)\.md$/i, /^LICENSE(\.txt|\.md)?$/i, /^dist\/(?!meta-)[\w.-]+\.js$/, /^dist\/package\.json$/,
  /^dist\/workflows\//, /^dist\/grammars\/[\w-]+\.wasm$/, /^media\//];

/** Where {@link packageTreeline} writes. */
export const packageFile = join(root, 'dist', 'treeline.vsix');

/**
 * Packs the extension in `directory` as it lies there; its dependencies must be bundled.
 * @param {{ directory: string, file: string }} options absolute paths: the folder with the manifest, the .vsix to write
 */
export async function packageExtension({ directory, file }) {
  mkdirSync(dirname(file), { recursive: true });
  // As a process of its own: in this one it would print its list of files into whatever is going on.
  try {
    await promisify(execFile)(process.execPath, [join(root, 'node_modules', '@vscode', 'vsce', 'vsce'), 'package', '--no-dependencies', '--allow-missing-repository', '--skip-license',
      // README's pictures lie in the package; there is no public repository yet that links could point into.
      '--no-rewrite-relative-links', '--out', file], { cwd: directory });
  } catch (error) {
    const { message, stdout = '', stderr = '' } = /** @type {Error & { stdout?: string, stderr?: string }} */ (error);
    throw new Error(`${directory} could not be packed:\n${(stdout + stderr).trim() || message}`, { cause: error });
  }
}

/**
 * Packs Treeline from what `dist/` holds now.
 * @returns {Promise<{ file: string, bytes: number, files: string[] }>}
 * @throws {Error} when a file is in it that should not be, or when it is over its budget
 */
export async function packageTreeline() {
  const { listFiles, PackageManager } = await import('@vscode/vsce'); // takes a second to load
  const files = (await listFiles({ cwd: root, packageManager: PackageManager.None })).map((name) => name.replaceAll('\\', '/'));
  const stray = files.filter((name) => !intended.some((pattern) => pattern.test(name)));
  if (stray.length > 0) throw new Error(`The package would hold files that nobody intended: ${stray.join(', ')}. Exclude them in .vscodeignore, or name them in src/build/package.mjs.`);
  await packageExtension({ directory: root, file: packageFile });
  const { size } = statSync(packageFile);
  if (size > budget) throw new Error(`The package has ${size} bytes, more than its budget of ${budget}: dist/meta-*.json says what weighs.`);
  return { file: packageFile, bytes: size, files };
}

/**
 * Lays Treeline out as an installed extension without packing it first, which takes seconds on a busy machine.
 * @param {string} extensions the extensions folder of a VS Code that has not been started with it yet: only then it looks
 */
export function layOutTreeline(extensions) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const files = ['dist', 'media'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)));
  for (const file of [...files, ...readdirSync(root)]) {
    if (!intended.some((pattern) => pattern.test(file.split(sep).join('/'))) || !statSync(join(root, file)).isFile()) continue;
    const target = join(extensions, `${publisher}.${name}-${version}`, file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(root, file), target);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await bundle();
  const { file, bytes, files } = await packageTreeline();
  process.stdout.write(`${file}: ${files.length} files, ${(bytes / 1024).toFixed(0)} kB\n`);
}
