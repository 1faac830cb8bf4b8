/** Journals that earlier versions wrote, with what they came to there: every later version folds them to the same. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { decide } from '../../src/core/decide.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { runEventSchema } from '../../src/core/event.ts';
import { evolve } from '../../src/core/evolve.ts';
import type { RunState } from '../../src/core/state.ts';
import { status, waiting } from '../../src/core/status.ts';

const folder = new URL('../fixtures/journals/', import.meta.url);
interface Kept { readonly expected: ReturnType<typeof standing>; readonly records: readonly { readonly seq: number; readonly epoch: number; readonly at: number; readonly event: unknown }[] }

function standing(state: RunState) {
  return {
    status: status(state), waiting: waiting(state)?.for ?? null, end: state.end, head: state.head,
    steps: state.steps.map((step) => `${step.id}#${step.n} ${step.status}`), units: state.units.map((unit) => `${unit.id}#${unit.attempts.length} ${unit.phase.kind}`),
    checkpoints: state.checkpoints.map((checkpoint) => `${checkpoint.id} ${checkpoint.state}`), commands: decide(state).map((command) => command.id),
  };
}

/** The first version did not number what it repeated for one attempt. The command whose outcome an event is: it must have been wanted. A landing that was voided from outside names none. */
function commandOf(event: RunEvent): string | null {
  if (!('command' in event) || event.command === '') return null;
  return event.command;
}

describe('kept journals', () => {
  for (const name of readdirSync(folder)) {
    it(`REQ-RUN-19 ${name}: each outcome is one that the run wants, and the end is the one that it had`, () => {
      const { records, expected } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Kept;
      const unwanted: string[] = [];
      let state: RunState | undefined;
      for (const record of records) {
        const event = runEventSchema.parse(record.event);
        const command = commandOf(event);
        if (state && command !== null && !decide(state).some(({ id }) => id.replace(/\.\d+(?=@|$)/, '') === command)) unwanted.push(`${record.seq} ${event.type} ${command}`);
        state = evolve(state, { ...record, event });
      }
      assert.ok(state);
      assert.deepEqual({ unwanted, ...standing(state) }, { unwanted: [], ...expected });
    });
  }
});
