/** specs/engine-process.md REQ-ENGINE-18: an engine that is started and says nothing. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { startEngine } from '../../src/client/startEngine.ts';
import { until } from '../support/until.ts';
import { isAlive, openGround } from './support/ground.ts';
import type { Ground } from './support/ground.ts';

describe('an engine that was started and says nothing', () => {
  let ground: Ground;
  let bundle: string;
  let started: number[];
  beforeEach(async () => {
    started = [];
    ground = await openGround('');
    bundle = join(ground.folder, 'engine.js');
    await writeFile(bundle, `require('node:fs').writeFileSync(${JSON.stringify(join(ground.folder, 'pid'))}, String(process.pid));\nsetInterval(() => {}, 1_000);\n`);
  });
  afterEach(async () => {
    for (const pid of started) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    await until('its end', () => !started.some(isAlive));
    await ground.close();
  });

  const start = (signal: AbortSignal, patienceMs: number): Promise<unknown> => startEngine({ commonDir: join(ground.repository, '.git'), directory: ground.repository, bundle, version: '1', environment: ground.environment, signal, patienceMs });
  const children = (): number => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap' || name === 'PipeWrap').length;

  it('REQ-ENGINE-18 is let go of when patience is over, with its number', async () => {
    const why = await start(new AbortController().signal, 200).catch((error: unknown) => error as { code: string; message: string; next: string });
    const [, pid] = /process (\d+)/.exec((why as { message: string }).message) ?? [];
    started.push(Number(pid));
    assert.deepEqual({ ...(why as object) }, { name: 'TreelineError', code: 'engine-failed', next: `Look at treeline/engine.log in the git folder, and end process ${pid}.`, exit: 6 });
  });

  it('REQ-ENGINE-18 is let go of at once when whoever started it closes', async () => {
    const before = children();
    const closing = new AbortController();
    const starting = start(closing.signal, 60_000);
    const pid = await until('the engine', () => Number(readFileSync(join(ground.folder, 'pid'), 'utf8')));
    started.push(pid);
    closing.abort(new Error('closing'));
    await assert.rejects(starting, /closing/);
    await until('its pipes to go', () => children() <= before);
    assert.equal(isAlive(pid), true);
  });
});
