// The rules that a plan has to keep before a person sees it, what a review comes to, and that every plan is kept.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { placedPlanMistakes, planMistakes, reviewVerdict } from '../../src/core/plan.ts';
import type { Plan, Review } from '../../src/core/plan.ts';
import { withPlan } from '../../src/core/planVersions.ts';
import { given, accepted, plan } from '../support/given.ts';

/** Subtasks in their order, each with what it needs. */
const needing = (...subtasks: readonly (readonly [id: string, ...needs: string[]])[]): Plan => ({ summary: '', subtasks: subtasks.map(([id, ...needs]) => ({ id, title: id, description: id, needs, scope: ['**'], requirements: [], tests: [] })) });

describe('a plan', () => {
  it('REQ-RUN-18 has no mistake where each need is a subtask and none waits for itself', () => {
    assert.deepEqual(planMistakes(needing(['a', 'b'], ['b'], ['c', 'a', 'b'])), []);
  });

  it('REQ-RUN-18 has every mistake named at once, each with its place', () => {
    assert.deepEqual(placedPlanMistakes(needing()), [{ path: ['subtasks'], message: 'it has no subtask' }]);
    assert.deepEqual(placedPlanMistakes(needing(['a', 'x'], ['a'], ['rework-2', 'a', 'y'])), [
      { path: ['subtasks', 1, 'id'], message: 'two subtasks are called "a"' }, { path: ['subtasks', 2, 'id'], message: '"rework-2": ids that begin with "rework-" are kept for the engine' },
      { path: ['subtasks', 0, 'needs', 0], message: '"a" needs "x", which is no subtask' }, { path: ['subtasks', 2, 'needs', 1], message: '"rework-2" needs "y", which is no subtask' },
    ]);
  });

  it('REQ-RUN-18 has a circle named from its first subtask on, without what only leads there, at the need that closes it', () => {
    assert.deepEqual(placedPlanMistakes(needing(['free'], ['lead', 'b', 'c'], ['b', 'free', 'c'], ['c', 'b'])), [{ path: ['subtasks', 2, 'needs', 1], message: 'the needs form a circle: b → c → b' }]);
    assert.deepEqual(placedPlanMistakes(needing(['a', 'a'])), [{ path: ['subtasks', 0, 'needs', 0], message: 'the needs form a circle: a → a' }]);
  });

  it('REQ-RUN-18 of two subtasks of one name the circle is at the one that closes it', () => {
    assert.deepEqual(placedPlanMistakes(needing(['a'], ['b', 'a'], ['a', 'b'])).at(-1), { path: ['subtasks', 2, 'needs', 0], message: 'the needs form a circle: a → b → a' });
  });

  it('REQ-RUN-18 is checked at once however many ways lead through it', () => {
    const layers = Array.from({ length: 33 }, (_, layer) => [0, 1, 2].map((place) => [`s${layer}-${place}`, ...(layer === 0 ? [] : [0, 1, 2].map((need) => `s${layer - 1}-${need}`))] as const));
    assert.deepEqual(planMistakes(needing(...layers.flat().reverse())), []);
  });
});

describe('a review', () => {
  const review = (more: Partial<Review>): Review => ({ summary: '', criteria: [], findings: [], ...more });
  const finding = (severity: Review['findings'][number]['severity']): Partial<Review> => ({ findings: [{ file: 'a', line: 1, severity, message: '' }] });
  const criterion = (verdict: Review['criteria'][number]['verdict']): Partial<Review> => ({ criteria: [{ criterion: 'x', verdict, why: '' }] });

  it('REQ-AGENT-44 needs a change for a high finding or a criterion that is not met, whatever it says of itself; else it is what it says', () => {
    const said = (more: Partial<Review>): readonly string[] => [reviewVerdict(review(more)), reviewVerdict(review({ ...more, verdict: 'approve' })), reviewVerdict(review({ ...more, verdict: 'changes' }))];
    const own = ['approve', 'approve', 'changes'], changes = ['changes', 'changes', 'changes'];
    assert.deepEqual([said({}), said(finding('medium')), said(finding('low')), said(criterion('met')), said(criterion('unclear')), said(finding('high')), said(criterion('not-met'))], [own, own, own, own, own, changes, changes]);
  });
});

describe('versions of plans', () => {
  it('REQ-AMEND-05 are all kept, in their order, with who gave each; the newest counts, and of each step its own', () => {
    const other = needing(['x']), third = needing(['y']);
    const state = withPlan(withPlan(withPlan(given([accepted()]).state, 'plan', plan, 'plan', 1), 'second', other, 'second', 2), null, third, 'you', 3);
    assert.deepEqual([state.plan, state.plans, state.planVersion], [third, { plan, second: other }, 3], 'an edit that names no step takes the place of no step\'s plan');
    assert.deepEqual(state.planVersions, [{ version: 1, plan, by: 'plan', at: 1 }, { version: 2, plan: other, by: 'second', at: 2 }, { version: 3, plan: third, by: 'you', at: 3 }]);
  });
});
