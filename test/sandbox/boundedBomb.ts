// Starts 100 processes behind walls that allow 64, and prints whether the system refused some. Run as a user who is not root.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noMounts } from '../../src/ports/sandbox.ts';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { silent } from './ground.ts';

const bomb = `
  const { spawn } = require('child_process');
  let refused = 0;
  for (let n = 0; n < 100; n += 1) spawn('sleep', ['600'], { stdio: 'ignore' }).on('error', () => { refused += 1; });
  setImmediate(() => { console.log(refused > 0 ? 'limited' : 'not limited'); process.exit(); });`;

const root = mkdtempSync(join(tmpdir(), 'treeline-bomb-'));
try {
  const { end, output, sandbox } = await createSandbox({ log: silent, environment: { PATH: process.env['PATH'] }, hidden: [], limits: { processes: 64 } }).run({
    command: `exec node -e "${bomb}"`, root, timeoutMs: 60_000, network: false, mounts: noMounts, environment: {}, mode: 'required', output: { head: 10_000, tail: 0, killAt: 1e6 },
  }, new AbortController().signal);
  process.stdout.write(`${sandbox} ${end.kind} ${output}`);
} finally {
  rmSync(root, { recursive: true });
}
