// Proofs inside of a run, with real git, gates and suites: what is proven, what a person has to waive or to tick, and what a plan asked for.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { RunState } from '../../src/core/state.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import { status } from '../../src/core/status.ts';
import { runViewSchema } from '../../src/protocol/runView.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { git } from '../app/support.ts';
import { builtinWorkflow } from '../support/given.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { openRealEngine, temporaryGround, workflowOf } from './support/realEngine.ts';
import type { RealEngine } from './support/realEngine.ts';

const source = (sign: string): string => `export const sum = (a, b) => a ${sign} b;\n`;
const suite = (name: string, body: string): string => `import { test } from "node:test";\nimport assert from "node:assert/strict";\nimport { sum } from "./sum.js";\ntest("${name}", () => { ${body} });\n`;
const adds = suite('sums up', 'assert.equal(sum(2, 3), 5);'), takesAway = suite('sums up', 'assert.equal(sum(2, 3), -1);');
/** Request → what the agent writes. */
const work: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Test more': { 'more.test.js': suite('adds once more', 'assert.equal(sum(1, 1), 2);') },
  'Take away': { 'sum.js': source('-'), 'sum.test.js': takesAway, 'more.test.js': suite('adds once more', 'assert.equal(sum(1, 1), 0);') },
  'Add again': { 'sum.js': source('+'), 'sum.test.js': adds, 'more.test.js': suite('adds once more', 'assert.equal(sum(1, 1), 2);') },
};
const straight = workflowOf({ name: 'Straight', description: '', steps: [
  { kind: 'agent', id: 'implement', needs: [], role: 'implementer', gives: 'tree', landing: 'direct', repairs: 0 },
  { kind: 'gate', id: 'test', needs: ['implement'], repairs: 0 }, { kind: 'merge', id: 'merge', needs: ['test'] },
] });
const planned = workflowOf({ ...straight, name: 'Planned', kind: 'feature', steps: [
  { kind: 'agent' as const, id: 'plan', needs: [], role: 'planner' as const, gives: 'plan' as const, repairs: 0 }, ...straight.steps.map((step) => (step.id === 'implement' ? { ...step, needs: ['plan'] } : step)),
] });
const approval = { kind: 'approve', checkpoint: null, commit: null, waivers: [], ticks: [], by: 'a person', tip: null } as const;

describe('proofs in a run', function () {
  this.timeout(120_000);
  const ground = temporaryGround(), repository = join(ground.folder, 'sums');
  let server: ModelServer;
  let real: RealEngine;
  before(async () => {
    mkdirSync(repository);
    git(repository, 'init', '--quiet', '--initial-branch=main');
    for (const [path, text] of Object.entries({ 'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }), 'sum.js': source('+'), 'sum.test.js': adds })) writeFileSync(join(repository, path), text);
    git(repository, 'add', '--all');
    git(repository, 'commit', '--quiet', '--message', 'first');
    server = await startModelServer((talk) => {
      if (talk.gives === 'plan') return call('submit_plan', { summary: 'One part.', subtasks: [{ id: 'sum', title: 'Add', description: 'Add again.', scope: ['**'], needs: [], requirements: [], tests: ['sums up', 'adds once more'] }] });
      const files = Object.entries(work).find(([words]) => talk.request.includes(words))?.[1] ?? {}, [path, content] = Object.entries(files)[talk.calls.length] ?? [];
      return path === undefined ? call('finish', { summary: 'It is done.' }) : call('write_file', { path, content });
    });
    real = await openRealEngine(repository, { endpoints: server.endpoints });
  });
  after(async () => {
    await real.close();
    await server.close();
    ground.end();
  });

  const agents = { implementer: ['anthropic:test'] };
  const tip = (): string => git(repository, 'rev-parse', 'main');
  const open = (state: RunState): string[] => openCheckpoints(state).map(({ id }) => id);
  const shown = (state: RunState) => { const proof = runViewSchema.parse(viewOf(state)).proof; return { proven: proof?.proven.map(({ what }) => what), open: proof?.open.map(({ what, tick, waived }) => [what, tick, waived?.reason ?? null]), touched: proof?.touched.length }; };
  const proofs = ({ candidateEvidence: found }: RunState) => ({ verdict: found?.verdict, reason: found?.reason, redGreen: found?.redGreen?.tests.map(({ test, state }) => `${test}: ${state}`), old: found?.baseTests?.failing.map(({ test, asked }) => `${test}${asked ? ' (asked)' : ''}`), document: /^[0-9a-f]{64}$/.test(found?.document ?? '') });

  it('REQ-GATE-125 a new test that passes without the change is no proof: it lands by a waiver with a reason, which stays recorded', async () => {
    const task = await real.launch(builtinWorkflow('quick-change'), { request: 'Test more', agents });
    const waiting = await real.standing(task);
    assert.deepEqual([open(waiting), proofs(waiting)], [['approve-merge#1'], { verdict: 'not-verified', reason: 'no-red-proof', redGreen: ['more.test.js › adds once more: not-discriminating'], old: [], document: true }]);
    await assert.rejects(real.ask(task, approval), /needs-waiver: not proven: red-green-proof is not-verified \(no-red-proof\)/);
    await real.ask(task, { ...approval, waivers: [{ gate: 'red-green-proof', reason: 'only more of the same' }] });
    const state = await real.standing(task);
    assert.deepEqual([status(state), shown(state)], ['merged', { proven: ['unit'], open: [['red-green-proof', null, 'only more of the same'], ['more.test.js › adds once more', null, null]], touched: 0 }]);
  });

  it('REQ-RUN-32 changed expectations wait for a person\'s ticks also where the workflow asks nobody, though the tests prove the change', async () => {
    const before = tip();
    const task = await real.launch(straight, { request: 'Take away', agents });
    const waiting = await real.standing(task);
    const tests = ['more.test.js › adds once more', 'sum.test.js › sums up'];
    assert.deepEqual([status(waiting), open(waiting), tip() === before, proofs(waiting)], ['waiting', ['merge#1'], true, { verdict: 'not-verified', reason: 'needs-person', redGreen: tests.map((test) => `${test}: proven`), old: tests, document: true }]);
    const ticks = waiting.candidateEvidence?.ticks.map(({ id }) => id) ?? [];
    assert.deepEqual([ticks.map((id) => id.split(':')[0]), shown(waiting)], [['integrity', 'integrity', 'base-test', 'base-test'], { proven: ['unit', ...tests], open: tests.map((test) => [test, `base-test:${test}`, null]), touched: 2 }]);
    await assert.rejects(real.ask(task, approval), /needs-tick/);
    await real.ask(task, { ...approval, ticks });
    const state = await real.standing(task);
    assert.deepEqual([status(state), git(repository, 'show', 'main:sum.js')], ['merged', source('-').trim()]);
  });

  it('REQ-GATE-127 what the plan names needs no tick: it lands by itself, and is told', async () => {
    const task = await real.launch(planned, { request: 'Add again', agents });
    const state = await real.standing(task);
    const tests = ['more.test.js › adds once more', 'sum.test.js › sums up'];
    assert.deepEqual([status(state), state.checkpoints, proofs(state)], ['merged', [], { verdict: 'accepted', reason: 'passed', redGreen: tests.map((test) => `${test}: proven`), old: tests.map((test) => `${test} (asked)`), document: true }]);
  });
});
