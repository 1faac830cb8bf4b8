/**
 * A workflow played without an agent: with the outcomes that somebody chose, and others by chance where there is a seed.
 * Owns: seeded chance. Refuses: outcomes that do not fit the workflow.
 */
import { dryRun } from '../core/dryRun.ts';
import type { DryRun } from '../core/dryRun.ts';
import { ok } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { chosenStubs, drawnStubs, readStubs } from '../core/stubs.ts';
import type { Workflow } from '../core/workflow.ts';

/** `outcomes`: as the command line takes them (`core/stubs.ts`). Refuses with each that does not fit, in words. */
export function playWorkflow(workflow: Workflow, outcomes: readonly string[], seed: number | null): Result<DryRun, readonly string[]> {
  const chosen = readStubs(outcomes, workflow);
  if (!chosen.ok) return chosen;
  const draw = seed === null ? undefined : drawing(seed);
  return ok(dryRun({ workflow, stubs: chosenStubs(chosen.value, draw && drawnStubs(draw)), ...(draw ? { draw } : {}) }));
}

/** Seeded chance (mulberry32): the same seed plays the same run. */
function drawing(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
