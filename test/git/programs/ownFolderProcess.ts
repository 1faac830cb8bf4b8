// Makes a folder of its own, uses it, and removes it; a process, so that a test can kill it anywhere. Arguments: register, root.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openOwnFolders } from '../../../src/git/ownFolders.ts';

const [register = '', root = ''] = process.argv.slice(2);
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const folders = openOwnFolders(register, 'treeline-test', silent);
const folder = await folders.make(root);
await writeFile(join(folder, 'file'), 'content');
await folders.remove(folder);
