/** `follow` over a real journal and an engine that says what the test lets it say. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, it } from 'mocha';
import { follow } from '../../src/cli/follow/follow.ts';
import { createOutlet } from '../../src/cli/outlet.ts';
import type { EngineClient } from '../../src/client/engineClient.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { createJournal } from '../../src/journal/createJournal.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { inFolder, recordingLog } from '../journal/support.ts';
import { accepted, given, startedAttempt } from '../support/given.ts';

const begun = [accepted(), startedAttempt('plan')];
const over: RunEvent[] = [...begun, { type: 'TaskCancelled', by: 'you' }];

/** Follows with --json. `play` gets the engine's voice once following has begun; `kept` writes an event into the journal. */
async function followed(folder: string, play: (tell: (view: RunView) => void, kept: (event: RunEvent) => Promise<unknown>) => Promise<void>): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  for (const name of ['refs', 'objects', 'treeline']) await mkdir(join(folder, '.git', name), { recursive: true });
  await writeFile(join(folder, '.git/HEAD'), 'ref: refs/heads/main\n');
  const stream = await createJournal({ folder: join(folder, '.git/treeline'), epoch: 1, log: recordingLog() }).run('t1');
  await stream.append(begun, 1_700_000_000_000);
  const told = new Set<(view: RunView) => void>();
  const client = {
    closed: new Promise(() => undefined), onEvent: () => () => undefined, onProgress: () => () => undefined,
    onRunChanged: (listener: (view: RunView) => void) => { told.add(listener); return () => { told.delete(listener); }; },
    request: async () => {
      setImmediate(() => void play((view) => { for (const listener of told) listener(view); }, (event) => stream.append([event], 1_700_000_001_000)));
      return { runs: [viewOf(given(begun).state)] };
    },
  } as unknown as EngineClient;
  const stdout = new PassThrough();
  const surroundings = { environment: {}, directory: folder, programs: '/', version: '0', stdin: new PassThrough(), stdout, stderr: new PassThrough(), onInterrupt: () => () => undefined };
  try {
    const { code } = await follow({ surroundings, outlet: createOutlet(surroundings, true), directory: folder, person: 'you' }, { client, task: 't1', asks: false, stays: false, verbose: false });
    return { code, lines: String(stdout.read() ?? '').trim().split('\n') };
  } finally {
    await stream.close();
  }
}

describe('following a run', () => {
  it('REQ-CLI-33 takes events that nobody told of from the journal, so that it ends', () => inFolder(async (folder) => {
    const { code, lines } = await followed(folder, async (tell, kept) => {
      tell(viewOf(given(over).state));
      await kept({ type: 'TaskCancelled', by: 'you' });
    });
    assert.deepEqual([code, lines.map((line) => (JSON.parse(line) as { seq: number }).seq)], [1, [1, 2, 3]]);
  }));

  it('REQ-CLI-33 says so when the journal does not have them', () => inFolder(async (folder) => {
    await assert.rejects(followed(folder, async (tell) => { tell(viewOf(given(over).state)); }), { code: 'corrupt-journal', message: /stands at entry 3, and its journal gives only 2/ });
  })).timeout(60_000);
});
