// `npm run test:runners`: the truth table of the gates with the real jest and vitest, which have to be there for it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './node.mjs';
import { setUpRunners } from './runners.mjs';

const folder = await setUpRunners();
process.exitCode = spawnSync(process.execPath, [join(root, 'node_modules/mocha/bin/mocha.js'), '--timeout', '600000', 'test/gates/truthTable.int.spec.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, TREELINE_RUNNERS: folder } }).status ?? 1;
