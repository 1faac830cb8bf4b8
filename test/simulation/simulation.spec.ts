/**
 * I17: the engine holds under simulation. The real core and engine over scripted ports, with faults and crashes at every port call, on the
 * built-in workflows and on drawn ones; I1-I6, I8, I16 and the rules of the flow are checked after each event.
 * A failing seed is printed: play it again with SEED=<n> npm run test:sim.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isDrawn, play } from './play.ts';

const [first, count] = process.env.SEED ? [Number(process.env.SEED), 1] : [1, Number(process.env.SEEDS ?? 1_000)];
const batch = 100;

describe('REQ-MOTOR-09 the engine under simulation', () => {
  const seen = { builtin: tally(), drawn: tally() };
  for (let from = first; from < first + count; from += batch) {
    const to = Math.min(from + batch, first + count) - 1;
    it(`keeps every invariant with seeds ${from} to ${to}`, async function () {
      this.timeout(300_000);
      for (let seed = from; seed <= to; seed += 1) {
        const played = await play(seed);
        const own = isDrawn(seed) ? seen.drawn : seen.builtin;
        for (const end of played.ends) own.ends.set(end, (own.ends.get(end) ?? 0) + 1);
        for (const event of played.events) own.events.add(event);
        own.crashes += played.crashes;
        assert.deepEqual(played.violations, [], `SEED=${seed}\n${played.workflows.join('\n\n')}\n${played.trace.slice(-40).join('\n')}`);
      }
    });
  }

  for (const kind of ['builtin', 'drawn'] as const) {
    it(`was a world worth surviving (${kind}): crashes, and every way to end, came up`, function () {
      if (count < 500) this.skip();
      const { ends, crashes } = seen[kind];
      assert.deepEqual({ missing: endings.filter((end) => !ends.has(end)), crashed: crashes > 100 }, { missing: [], crashed: true }, JSON.stringify({ ends: [...ends], crashes }));
    });
  }

  it('was a world worth surviving: every kind of event came up', function () {
    if (count < 500) this.skip();
    assert.deepEqual(happenings.filter((event) => !seen.builtin.events.has(event) && !seen.drawn.events.has(event)), []);
  });
});

const endings = ['merged', 'done', 'rejected', 'cancelled'];
const happenings = [
  'AttemptFinished', 'ArtifactEdited', 'IntegrationConflicted', 'UnitJudged', 'UnitLanded', 'CandidateConflicted', 'CandidateJudged', 'CommandFailed', 'CheckpointApproved', 'ChangesRequested', 'CheckpointRejected',
  'PlanEdited', 'PlanAmendmentProposed', 'SpecsChanged', 'RerunRequested', 'GateWaived', 'RetryRequested', 'LandingBlocked', 'LandingVoided', 'Landed', 'UpstreamAtWork', 'UpstreamLanded', 'UpstreamLost', 'TaskCancelled',
];

function tally(): { readonly ends: Map<string, number>; readonly events: Set<string>; crashes: number } {
  return { ends: new Map(), events: new Set(), crashes: 0 };
}
