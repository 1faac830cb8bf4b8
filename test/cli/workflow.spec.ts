// What `treeline workflow …` shows of a document. Pure.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkLines, dryRunLines, workflowLines } from '../../src/cli/commands/workflow.ts';
import { noPaint } from '../../src/cli/show/paint.ts';

describe('workflow files on the command line', () => {
  it('REQ-CLI-43 are listed with where they come from, what they ask for and what is wrong with them', () => {
    assert.deepEqual(workflowLines({
      schema: 'treeline/workflow-list/1',
      workflows: [
        { id: 'quick-change', name: 'Quick change', description: 'One agent.', from: 'built-in', path: 'quick-change.yaml', mistakes: 0, steps: 4, inputs: [], triggers: [] },
        { id: 'nightly', name: 'N', description: 'Each\u001b[31m night.', from: 'repository', path: '.treeline/workflows/nightly.yaml', mistakes: 0, steps: 1, triggers: ['schedule 0 6 * * *'], inputs: [{ name: 'area', type: 'src | test', description: 'Where', default: 'src', required: false }, { name: 'from', type: 'commit', description: '', required: true }] },
        { id: 'bad', name: 'bad', description: '', from: 'zenflow', path: '.zenflow/workflows/bad.md', mistakes: 2, steps: 0, inputs: [], triggers: [] },
      ],
    }, noPaint), [
      'quick-change  built-in    4 steps     One agent.', 'nightly       repository  1 step      Each night.', '    --input area=src | test  (src)  Where', '    --input from=commit  (has to be given)', '    offers to start by schedule 0 6 * * *',
      'bad           zenflow     2 mistakes', '    see: treeline workflow validate .zenflow/workflows/bad.md',
    ]);
  });

  it('REQ-CLI-45 are played: one line for each thing that happened, and how the run would stand', () => {
    assert.deepEqual(dryRunLines({
      schema: 'treeline/workflow-dry-run/1', workflow: 'w', state: 'failed', waiting: null, failures: [{ at: 'b', why: 'command: no' }], outputs: { found: true }, unreached: ['b'], endless: false,
      path: [
        { kind: 'attempt', step: 'a', unit: 'a', n: 1, agent: 'stub', outcome: 'rate-limit' }, { kind: 'retry', at: 'a' }, { kind: 'merge', step: 'a', unit: null, outcome: 'conflict' }, { kind: 'gate', step: 'test', unit: null, n: 1, verdict: 'rejected' },
        { kind: 'decision', step: 'ok', n: 1, decision: 'changes' }, { kind: 'landing', step: 'land', outcome: 'moved' }, { kind: 'step', step: 'a', n: 1, outcome: 'success', why: null, outputs: { n: 3, how: 'x\u001b[31m' } }, { kind: 'step', step: 'c', n: 0, outcome: 'skipped', why: 'a failed', outputs: {} },
      ],
    }, noPaint), [
      '·  a     attempt 1 by stub: rate-limit', '·  a     a person: retry', '·  a     conflict', '·  test  gate: rejected', '·  ok    a person: changes', '·  land  the target moved', '✓  a     n=3 how=x', '–  c     skipped: a failed',
      '', 'Would be: failed', '  b: command: no', 'Outputs: found=true', 'Not reached: b',
    ]);
  });

  it('REQ-CLI-44 are checked: one line a mistake, as compilers say it, and what to do below', () => {
    const mistake = { line: 7, column: 12, code: 'schema', message: 'agent: "planer" is not known', fix: 'Did you mean "planner"?' };
    const files = [{ path: 'a.yaml', steps: 3, mistakes: [] }, { path: 'b.yaml', steps: 0, mistakes: [mistake, { ...mistake, line: 9 }] }];
    assert.deepEqual(checkLines({ schema: 'treeline/workflow-check/1', ok: false, files }, noPaint), [
      '✓ a.yaml  3 steps', '✗ b.yaml:7:12: agent: "planer" is not known', '    Did you mean "planner"?', '✗ b.yaml:9:12: agent: "planer" is not known', '    Did you mean "planner"?', '2 mistakes in 1 file.',
    ]);
    assert.deepEqual(checkLines({ schema: 'treeline/workflow-check/1', ok: true, files: [] }, noPaint), ['There is no workflow file in this repository. Begin with: treeline workflow new --from quick-change.']);
  });
});
