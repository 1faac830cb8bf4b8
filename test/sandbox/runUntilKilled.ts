// Stands in for an engine that is killed: runs `argv[3]` behind walls in `argv[2]`, says "ready" once it runs, and waits for it.
import { noMounts } from '../../src/ports/sandbox.ts';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { silent } from './ground.ts';

const [, , root = '', command = ''] = process.argv;
await createSandbox({ log: silent, environment: process.env, hidden: [] }).run({
  command: `${command} & echo ready; wait`, root, timeoutMs: 600_000, network: false, mounts: noMounts, environment: {}, mode: 'required',
  output: { head: 1000, tail: 0, killAt: 1e6 }, onOutput: (chunk) => { process.stdout.write(Buffer.from(chunk)); },
}, new AbortController().signal);
