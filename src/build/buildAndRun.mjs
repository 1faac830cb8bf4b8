// Bundles, then runs a file of this repository with the arguments given, and ends as it ended: `npm run demo`, `npm run bench`.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { root } from './node.mjs';

const [file, ...args] = process.argv.slice(2);
await bundle();
const child = spawn(process.execPath, [join(root, file), ...args], { stdio: 'inherit' });
// Ctrl-C reaches the child by itself; it decides what that means.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => { process.exitCode = code ?? 128 + constants.signals[signal]; });
