// Workflow files by the built command line: copied, checked, turned into Zenflow's form and back.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { workflowCheckDocument, workflowDryRunDocument, workflowListDocument, workflowWrittenDocument } from '../../src/protocol/workflowDocuments.ts';
import { openGround } from './support/ground.ts';
import type { Ended, Ground } from './support/ground.ts';

const zenflow = '# Careful\n\n## Configuration\n- **Artifacts Path**: {@artifacts_path} → `.zenflow/tasks/{task_id}`\n\n---\n\n## Workflow Steps\n\n### [ ] Step: Plan\n<!-- agent: opus -->\n\nWrite `{@artifacts_path}/plan.md`.\n\n### [ ] Step: Build\n\nBuild it.\n';

describe('treeline workflow', () => {
  let ground: Ground;
  before(() => { ground = openGround(); });
  after(() => ground.close());

  const answer = (ended: Ended): unknown => JSON.parse(ended.stdout);
  const failure = (ended: Ended): readonly unknown[] => [ended.code, (answer(ended) as { error: { code: string } }).error.code];

  it('REQ-CLI-43 REQ-CLI-44 REQ-CLI-28 copies a built-in with its comments, lists it and checks it, from any folder of the checkout', async () => {
    const repository = ground.repository('copies', { 'src/a.js': '' });
    const inside = { cwd: join(repository, 'src') };
    assert.deepEqual(workflowWrittenDocument.parse(answer(await ground.treeline(['workflow', 'new', '--from', 'spec-and-build', '--as', 'ours', '--json'], inside))), { schema: 'treeline/workflow-written/1', path: '.treeline/workflows/ours.yaml', from: 'spec-and-build' });
    const file = join(repository, '.treeline/workflows/ours.yaml');
    assert.equal(readFileSync(file, 'utf8'), readFileSync(join(import.meta.dirname, '../../src/workflows/builtin/spec-and-build.yaml'), 'utf8'));
    assert.deepEqual(failure(await ground.treeline(['workflow', 'new', '--as', 'ours', '--json'], inside)), [6, 'unwritable']);
    assert.deepEqual(failure(await ground.treeline(['workflow', 'new', '--as', '../out', '--json'], inside)), [2, 'invalid-request']);
    const listed = workflowListDocument.parse(answer(await ground.treeline(['workflow', 'list', '--json'], inside)));
    assert.deepEqual(listed.workflows.filter(({ from }) => from !== 'built-in').map(({ id, steps, mistakes }) => ({ id, steps, mistakes })), [{ id: 'ours', steps: 7, mistakes: 0 }]);

    const fine = await ground.treeline(['workflow', 'validate'], inside);
    assert.deepEqual([fine.code, fine.stdout], [0, '✓ .treeline/workflows/ours.yaml  7 steps\n']);
    writeFileSync(file, readFileSync(file, 'utf8').replace('agent: planner', 'agent: planer').replace('needs: review', 'needs: reveiw'));
    const wrong = await ground.treeline(['workflow', 'validate', '../.treeline/workflows/ours.yaml', 'quick-change', '--json'], inside);
    assert.equal(wrong.code, 2);
    assert.deepEqual(workflowCheckDocument.parse(answer(wrong)).files.map(({ path, mistakes }) => [path, mistakes.map(({ line, column, fix }) => `${line}:${column} ${fix}`)]), [
      ['.treeline/workflows/ours.yaml', ['7:12 Did you mean "planner"?', '35:12 Did you mean "review"?']], ['quick-change.yaml', []],
    ]);
    assert.deepEqual(failure(await ground.treeline(['workflow', 'validate', 'nosuch', '--json'], inside)), [2, 'unknown-workflow']);
  });

  it('REQ-CLI-45 plays a workflow with stub outcomes, chosen or by seed', async () => {
    const cwd = ground.repository('played', {});
    const played = await ground.treeline(['workflow', 'dry-run', 'quick-change', '--outcome', 'test=rejected,accepted', '--json'], { cwd });
    const document = workflowDryRunDocument.parse(answer(played));
    assert.deepEqual([played.code, document.state, document.path.flatMap((one) => (one.kind === 'gate' ? [one.verdict] : []))], [0, 'merged', ['rejected', 'accepted']]);
    const [first, second] = [await ground.treeline(['workflow', 'dry-run', 'spec-and-build', '--seed', '3'], { cwd }), await ground.treeline(['workflow', 'dry-run', 'spec-and-build', '--seed', '3'], { cwd })];
    assert.equal(first.stdout, second.stdout);
    assert.deepEqual(failure(await ground.treeline(['workflow', 'dry-run', 'quick-change', '--outcome', 'tset=rejected', '--json'], { cwd })), [2, 'invalid-request']);
    assert.equal((await ground.treeline(['workflow', 'dry-run', 'quick-change', '--outcome', 'approve-merge=wait'], { cwd })).code, 3);
  });

  it('REQ-CLI-28 never writes through a link that leads out of the repository', async () => {
    const repository = ground.repository('linked', {});
    symlinkSync(ground.folder, join(repository, '.treeline'));
    assert.deepEqual(failure(await ground.treeline(['workflow', 'new', '--json'], { cwd: repository })), [6, 'unwritable']);
    assert.equal(existsSync(join(ground.folder, 'workflows', 'quick-change.yaml')), false);
  });

  it('REQ-ZEN-02 REQ-ZEN-04 REQ-ZEN-07 turns a Zenflow workflow into YAML and back; it stands on the shelf as it is', async () => {
    const repository = ground.repository('zenflow', { '.zenflow/workflows/careful.md': zenflow, '.zenflow/workflows/quick-change.md': zenflow, '.zenflow/settings.json': '{ "verification_script": "true" }' });
    const listed = workflowListDocument.parse(answer(await ground.treeline(['workflow', 'list', '--json'], { cwd: repository })));
    assert.deepEqual(listed.workflows.filter(({ from }) => from === 'zenflow').map(({ id }) => id), ['careful', 'zenflow-quick-change']);
    assert.equal((await ground.treeline(['workflow', 'import', '.zenflow/workflows/careful.md'], { cwd: repository })).code, 0);
    const yaml = readFileSync(join(repository, '.treeline/workflows/careful.yaml'), 'utf8');
    assert.match(yaml, /agents: preset:opus\n {4}landing: gated/);
    const back = await ground.treeline(['workflow', 'import', '.treeline/workflows/careful.yaml', '--to', 'zenflow', '--as', 'back', '--json'], { cwd: repository });
    assert.deepEqual(workflowWrittenDocument.parse(answer(back)).path, '.zenflow/workflows/back.md');
    assert.equal(readFileSync(join(repository, '.zenflow/workflows/back.md'), 'utf8'), zenflow);
  });

  it('REQ-TRUST-01 REQ-TRUST-03 REQ-CLI-29 starts a workflow of the repository only as it was approved, with the inputs it asks for (case 2)', async () => {
    const file = (inputs: string): string => `name: Ours\ndescription: d\n${inputs}steps:\n  - { id: make, agent: implementer, landing: direct }\n  - { id: test, gate: all, needs: make }\n  - { id: look, checkpoint: merge, needs: test }\n  - { id: land, merge: target, needs: look }\n`;
    const repository = await ground.sample('approved');
    const path = join(repository, '.treeline/workflows/ours.yaml');
    mkdirSync(dirname(path), { recursive: true });
    const commit = (text: string): void => {
      writeFileSync(path, text);
      ground.git(repository, 'add', '--all');
      ground.git(repository, 'commit', '--quiet', '--message', 'workflow');
    };
    const run = (...words: string[]): Promise<Ended> => ground.treeline(['run', 'Do it', '--workflow', 'ours', '--agent', 'implementer=demo', '--detach', '--repo', repository, ...words]);
    commit(file(''));
    const first = await run();
    assert.deepEqual([first.code, /\+ {2}- \{ id: make, agent: implementer/.test(first.stderr), /The workflow "ours" is not trusted yet/.test(first.stderr)], [6, true, true]);
    assert.equal((await run('--trust')).code, 0);
    assert.equal((await run()).code, 0);

    commit(file('inputs: { depth: { type: number, required: true } }\n'));
    const changed = await run('--input', 'depth=3');
    assert.deepEqual([changed.code, /changed since you approved it/.test(changed.stderr), /\+inputs: \{ depth/.test(changed.stderr), /\+ {2}- \{ id: make/.test(changed.stderr)], [6, true, true, false]);
    const missing = await run('--trust', '--json');
    assert.deepEqual([missing.code, (answer(missing) as { error: { message: string } }).error.message], [2, 'The workflow "ours" cannot start like this: "depth" has to be given']);
    assert.equal((await run('--trust', '--input', 'depth=3')).code, 0);
    assert.equal((await ground.treeline(['list', '--json', '--repo', repository])).stdout.match(/"workflow":"Ours"/g)?.length ?? 0, 3);
  });

  it('REQ-WORKFLOW-06 prints the published JSON schema', async () => {
    const ended = await ground.treeline(['workflow', 'schema']);
    assert.deepEqual([ended.code, ended.stdout], [0, readFileSync(join(import.meta.dirname, '../../media/schemas/workflow-file.json'), 'utf8')]);
  });
});
