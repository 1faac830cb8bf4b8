/** What `verify` asks of the examiners, and how often. REQ ids: specs/gates.md. */
import { deepEqual } from 'node:assert/strict';
import { verify } from '../../src/app/verify.ts';
import { parseVerifyArguments } from '../../src/app/verifyArguments.ts';
import type { Evidence, ExecutableContent } from '../../src/core/gate.ts';
import { judge } from '../../src/core/verdict.ts';
import type { Judgement } from '../../src/core/verdict.ts';

const content: ExecutableContent = { hash: 'h', setup: null, copy: [], gates: [], protect: [], target: null };
const [base, head] = [{ commit: 'b'.repeat(40), tree: 'c'.repeat(40) }, { commit: 'd'.repeat(40), tree: 'e'.repeat(40) }];

function evidenceOf(judgement: Judgement): Evidence {
  const tests = { passed: 0, failed: 0, skipped: 0, total: 0 };
  const gates = [{ id: 'unit', command: 'x', ...judgement, tests, failures: [] }] as unknown as Evidence['gates'];
  return { id: 'i', commit: head.commit, tree: head.tree, ...judgement, gates, integrity: [], ticks: [] };
}

interface Asked { readonly commit: string; readonly baseline: boolean }

/** One answer after another; what was asked. */
async function asked(answers: readonly Judgement[]): Promise<{ readonly reason: string; readonly asked: readonly Asked[] }> {
  const requests: Asked[] = [];
  const { reason } = await verify(parseVerifyArguments(['--base', 'b', '--head', 'h', '--trust']), { base, head, mergeBase: base.commit, moved: false, since: [], judged: { kind: 'clean', ...head } }, {
    requirements: async () => ({ by: 'change', wanted: [], all: [] }), trust: { has: async () => true, add: async () => undefined },
    examiners: {
      content: async () => content,
      examine: async ({ commit, baseline }) => {
        requests.push({ commit, baseline: baseline === true });
        return evidenceOf(answers[requests.length - 1] ?? judge('accepted', 'passed'));
      },
    },
  }, () => undefined, AbortSignal.timeout(60_000));
  return { reason, asked: requests };
}

describe('what verify asks for', () => {
  const once = { commit: head.commit, baseline: true };
  const overloaded = judge('error', 'overloaded');

  it('REQ-VERIFY-12: the base is run, too, whatever the change comes to', async () => {
    for (const judgement of [judge('accepted', 'passed'), judge('rejected', 'new-failures'), judge('timed-out', 'timeout')]) deepEqual(await asked([judgement]), { reason: judgement.reason, asked: [once] });
  });

  it('REQ-VERIFY-12: what ran out of time under load is run once more, and no further time', async () => {
    deepEqual(await asked([overloaded, judge('accepted', 'passed')]), { reason: 'passed', asked: [once, once] });
    deepEqual(await asked([overloaded, overloaded, judge('accepted', 'passed')]), { reason: 'overloaded', asked: [once, once] });
  });
});
