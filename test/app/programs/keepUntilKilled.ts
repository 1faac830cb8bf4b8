/** Keeps one installed tree after the other until it is killed. Arguments: the store's folder, its register, the tree's root. */
import { createHash } from 'node:crypto';
import { openInstalledTrees } from '../../../src/app/installedTrees.ts';

const [folder = '', register = '', root = ''] = process.argv.slice(2);
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const trees = await openInstalledTrees(folder, register, 'machine', quiet);
for (let n = 0; ; n += 1) {
  await trees.keep(createHash('sha256').update(`${process.pid} ${n}`).digest('hex'), root, ['node_modules']);
}
