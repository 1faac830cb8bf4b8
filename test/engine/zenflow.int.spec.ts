// A Zenflow workflow as it stands in a repository, in the real engine with a scripted model: its plan.md, how that grows, and what waits.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPresets } from '../../src/app/presets.ts';
import { status } from '../../src/core/status.ts';
import type { RunState } from '../../src/core/state.ts';
import type { Workflow } from '../../src/core/workflow.ts';
import { readWorkflow } from '../../src/workflows/readWorkflow.ts';
import { zenflowToYaml } from '../../src/workflows/zenflow/convert.ts';
import { git, makeSample } from '../app/support.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelAnswer, ModelRequest, ModelServer } from '../support/modelServer.ts';
import { until } from '../support/until.ts';
import { openRealEngine, temporaryGround } from './support/realEngine.ts';
import type { RealEngine } from './support/realEngine.ts';

const markdown = `# Careful change

## Configuration
- **Artifacts Path**: {@artifacts_path} → \`.zenflow/worktrees/{task_id}\`

---

## Workflow Steps

### [ ] Step: Planning
<!-- agent: thinker -->
Write \`{@artifacts_path}/spec.md\` and replace the Implementation step in \`{@artifacts_path}/plan.md\`.

### [ ] Step: Implementation
Do it.

### [ ] Step: Review
Look at it; add steps for what has to be mended.
`;

function workflow(presets: Readonly<Record<string, readonly string[]>>): Workflow {
  const yaml = zenflowToYaml(markdown, 'careful', false);
  const read = yaml.ok ? readWorkflow(yaml.value) : yaml;
  if (!read.ok) throw new Error(JSON.stringify(read.refusal));
  return withPresets(read.value.workflow, presets).workflow;
}

describe('a Zenflow workflow in the real engine (specs/workflows.md)', function () {
  this.timeout(120_000);
  let ground: ReturnType<typeof temporaryGround>;
  let repository: string;
  let server: ModelServer | undefined;
  let real: RealEngine;
  /** What each step read of the plan as soon as it began, by the step's heading. */
  let seen: Map<string, string>;
  beforeEach(async () => {
    ground = temporaryGround();
    repository = join(ground.folder, 'shelf');
    await makeSample(repository);
    seen = new Map();
  });
  afterEach(async () => {
    await real.close();
    await server?.close();
    ground.end();
  });

  /** `acts`: by the step's heading, the files that it writes; a function gets the plan as it stands. */
  async function open(acts: Readonly<Record<string, (plan: string, folder: string) => Readonly<Record<string, string>>>>, wrong: (step: string, request: ModelRequest) => ModelAnswer | null = () => null): Promise<void> {
    server = await startModelServer((request) => {
      const [, step = ''] = /You do one step of this workflow: "([^"]+)"/.exec(request.step) ?? [];
      const [, folder = ''] = /Artifacts are files under `([^`]+)`/.exec(request.step) ?? [];
      const failed = wrong(step, request);
      if (failed) return failed;
      const [read, ...done] = request.calls;
      if (!read) return call('read_file', { path: `${folder}/plan.md` });
      const plan = (read.result ?? '').split('\n').map((line) => line.replace(/^\s*\d+[:\t|] ?/, '')).join('\n');
      if (!seen.has(step)) seen.set(step, boxes(plan).join(' '));
      const files = Object.entries(acts[step]?.(plan, folder) ?? {});
      const next = files[done.length];
      return next ? call('write_file', { path: next[0], content: next[1] }) : call('finish', { summary: `did ${step}` });
    });
    real = await openRealEngine(repository, { endpoints: server.endpoints });
  }

  const boxes = (plan: string): string[] => [...plan.matchAll(/^### \[(.)\] (?:Step: )?(.+)$/gm)].map(([, mark, name]) => `[${mark ?? ''}]${(name ?? '').replaceAll(' ', '-')}`);
  const steps = (state: RunState): string[] => state.steps.map((step) => `${step.id} ${step.status}`);

  it('REQ-ZEN-05, REQ-ZEN-09: it runs to the end; plan.md is in the artifacts folder, its boxes are current, and what agents add to it is done', async () => {
    await open({
      'Step: Planning': (plan, folder) => ({ [`${folder}/plan.md`]: plan.replace(/### \[ \] Step: Implementation\n+Do it\./, '### [ ] Step: Notes\nWrite notes.\n\n### [ ] Step: Words\n<!-- agent: writer -->\nWrite words.'), [`${folder}/spec.md`]: '# Spec\n' }),
      'Step: Notes': () => ({ 'NOTES.md': 'notes\n' }),
      'Step: Words': () => ({ 'WORDS.md': 'words\n' }),
      'Step: Review': (plan, folder) => ({ [`${folder}/plan.md`]: `${plan.trimEnd()}\n\n### [ ] Step: Mend the words\nThey are wrong.\n\n### [x] Step: Look\nDone here.\n` }),
      'Step: Mend the words': () => ({ 'WORDS.md': 'better words\n' }),
    });
    const task = await real.launch(workflow({ thinker: ['openai:thinks'], writer: ['openai:writes'] }), { request: 'Change it', agents: { implementer: ['anthropic:works'] }, yes: ['merge'] });
    const state = await real.standing(task);
    assert.deepEqual([status(state), steps(state)], ['merged', ['planning done', 'notes done', 'words done', 'review done', 'mend-the-words done', 'verify done', 'approve-merge done', 'merge done']]);
    assert.deepEqual(Object.fromEntries(seen), {
      'Step: Planning': '[>]Planning [ ]Implementation [ ]Review', 'Step: Notes': '[x]Planning [>]Notes [ ]Words [ ]Review', 'Step: Words': '[x]Planning [x]Notes [>]Words [ ]Review',
      'Step: Review': '[x]Planning [x]Notes [x]Words [>]Review', 'Step: Mend the words': '[x]Planning [x]Notes [x]Words [x]Review [>]Mend-the-words [x]Look',
    });
    assert.deepEqual(boxes(git(repository, 'show', `main:.zenflow/worktrees/${task}/plan.md`)), ['[x]Planning', '[x]Notes', '[x]Words', '[x]Review', '[x]Mend-the-words', '[x]Look']);
    assert.deepEqual(git(repository, 'show', '--format=', '--name-only', 'main').split('\n'), [`.zenflow/worktrees/${task}/plan.md`, `.zenflow/worktrees/${task}/spec.md`, 'NOTES.md', 'WORDS.md']);
    assert.deepEqual(state.units.map((unit) => unit.attempts.map(({ agent }) => agent).join()), ['openai:thinks', 'anthropic:works', 'openai:writes', 'anthropic:works', 'anthropic:works']);
  });

  it('REQ-ZEN-05: a step that waits for a person says so in plan.md, and is at work again when it is retried', async () => {
    let refused = true;
    await open({ 'Step: Planning': (_plan, folder) => ({ [`${folder}/spec.md`]: '# Spec\n' }), 'Step: Implementation': () => ({ 'NOTES.md': 'notes\n' }) },
      (step) => (step === 'Step: Implementation' && refused ? { kind: 'status', status: 401 } : null));
    const task = await real.launch(workflow({}), { agents: { implementer: ['anthropic:works'] } });
    await real.standing(task);
    const plan = async (): Promise<string> => {
      const worktree = (await real.worktrees(task)).find(({ unit }) => unit === 'implementation');
      return boxes(readFileSync(join(worktree?.path ?? '', `.zenflow/worktrees/${task}/plan.md`), 'utf8')).join(' ');
    };
    assert.equal(await until('the plan to say so', plan, (found) => found.includes('[!]')), '[x]Planning [!]Implementation [ ]Review');
    refused = false;
    await real.ask(task, { kind: 'retry', at: null, by: 'a test', budget: null });
    const state = await real.standing(task);
    assert.deepEqual([seen.get('Step: Implementation'), status(state), steps(state).slice(0, 3)], ['[x]Planning [>]Implementation [ ]Review', 'waiting', ['planning done', 'implementation done', 'review done']]);
  });

  it('REQ-ZEN-10: where the repository ignores the artifacts folder, each step finds what the steps before it wrote there', async () => {
    writeFileSync(join(repository, '.gitignore'), '.zenflow/\n');
    git(repository, 'add', '--all');
    git(repository, 'commit', '--quiet', '--message', 'Ignore');
    const found: string[] = [];
    await open({ 'Step: Planning': (_plan, folder) => ({ [`${folder}/parts/spec.md`]: '# Spec\n' }), 'Step: Implementation': () => ({ 'NOTES.md': 'notes\n' }) }, (step, request) => {
      const path = /Artifacts are files under `([^`]+)`/.exec(request.step)?.[1] ?? '';
      if (step !== 'Step: Review') return null;
      const [read] = request.calls;
      if (!read) return call('read_file', { path: `${path}/parts/spec.md` });
      found.push(read.result ?? '');
      return request.calls.length < 2 ? call('read_file', { path: `${path}/plan.md` }) : call('finish', { summary: request.calls[1]?.result ?? '' });
    });
    const task = await real.launch(workflow({}), { agents: { implementer: ['anthropic:works'] }, yes: ['merge'] });
    const state = await real.standing(task);
    assert.deepEqual([status(state), git(repository, 'show', '--format=', '--name-only', 'main')], ['merged', 'NOTES.md']);
    assert.match(found[0] ?? '', /# Spec/);
    const outcome = state.units.find((unit) => unit.id === 'review')?.attempts[0]?.outcome;
    assert.match(outcome && 'summary' in outcome ? outcome.summary : '', /\[x\] Step: Planning[^]*\[x\] Step: Implementation[^]*\[>\] Step: Review/);
  });
});
