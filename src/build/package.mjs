// `npm run package`: bundles, then packs treeline-<version>.vsix. Owns the size budget of the package. Publishes nothing.
import { createVSIX } from '@vscode/vsce';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { root } from './node.mjs';

const budget = 5 * 1024 * 1024;

await bundle();
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const packagePath = join(root, `${name}-${version}.vsix`);
await createVSIX({ cwd: root, packagePath, dependencies: false, allowMissingRepository: true });
const { size } = statSync(packagePath);
if (size > budget) {
  process.stderr.write(`The package has ${size} bytes, more than its budget of ${budget}: see dist/meta-*.json for what weighs.\n`);
  process.exitCode = 1;
}
