import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { agentsOf, agentsText, asksForTrust, launchPrompt, launchTitle, readAgents, readChoice, trustText, workflowOf } from '../../src/extension/launch/launchChoice.ts';
import type { Inspection } from '../../src/extension/launch/launchChoice.ts';
import { SpecChoice, alwaysText, specItems, specsText } from '../../src/extension/launch/specChoice.ts';
import type { SpecQuestion } from '../../src/extension/launch/specChoice.ts';
import { upstreamItems } from '../../src/extension/launch/upstreamChoice.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { accepted, given, planned } from '../support/given.ts';
import type { LookedFile, SpecLookView } from '../../src/protocol/specLook.ts';

const inspection: Inspection = {
  base: { ref: 'refs/heads/main', commit: 'a1b2c3d4e5f6', target: 'refs/heads/main' }, dirty: [], trusted: false, sample: true, specs: [], defaultWorkflow: 'spec-and-build',
  content: { hash: 'h', setup: 'npm ci', copy: ['.env.local'], protect: [], target: null, gates: [{ id: 'unit', command: 'npm test', timeoutMs: 1, report: null, runner: 'mocha', resolves: { 'package.json#scripts.test': 'x' }, from: 'package.json' }] },
  workflows: [{ name: 'Quick change', id: 'quick-change', description: '' }, { name: 'Spec and build', id: 'spec-and-build', description: '' }],
};
const none = readChoice(undefined);

describe('launching from the editor', () => {
  it('REQ-EXT-20 states workflow, agents and base, and that files are not touched', () => {
    assert.equal(launchTitle(none, inspection), 'New Task · Spec and build · demo · main a1b2c3d4');
    assert.equal(launchTitle({ workflow: 'quick-change', base: 'dev', agents: { implementer: ['anthropic:m'], reviewer: ['openai:n'] } }, { ...inspection, sample: false }), 'New Task · Quick change · implementer anthropic:m · reviewer openai:n · main a1b2c3d4');
    assert.equal(launchTitle(none, null), 'New Task · workflow of your settings · agents by your keys · current branch');
    assert.equal(launchPrompt(inspection, 0, null), 'Runs in new worktrees from main a1b2c3d4; your files are not touched.');
    assert.equal(launchPrompt({ ...inspection, dirty: ['a', 'b'] }, 1, null), 'Runs in new worktrees from main a1b2c3d4; your files are not touched. 2 uncommitted files are not seen by it. Runs in parallel with 1 more.');
  });

  it('REQ-EXT-26 preselects the workflow of the person\'s settings, and a choice goes before it', () => {
    const launched = (workflow: string | null, defaultWorkflow: string | null): string | null => workflowOf({ ...none, workflow }, { ...inspection, defaultWorkflow })?.id ?? null;
    assert.deepEqual([launched(null, 'quick-change'), launched('spec-and-build', 'quick-change'), launched('gone', 'quick-change'), launched(null, null)], ['quick-change', 'spec-and-build', 'quick-change', null]);
    assert.equal(launchTitle(none, { ...inspection, defaultWorkflow: null }), 'New Task · workflow of your settings · demo · main a1b2c3d4');
  });

  it('REQ-EXT-27 offers to start after, or to stand on, each task that may still land, and says in the title which', () => {
    const view = (task: string, title: string, events = [accepted()]) => ({ ...viewOf(given(events).state), task, title });
    const items = upstreamItems([view('t1', 'CSV export'), view('t2', 'Over', [...planned(), { type: 'TaskCancelled', by: 'you' }])]);
    assert.deepEqual(items.map(({ label, description, upstream }) => [label, description, upstream]), [
      ['Start Now', 'from its base, whatever the others do', null],
      ['After CSV export', 'running', { task: 't1', how: 'after', title: 'CSV export' }], ['On CSV export', 'running', { task: 't1', how: 'on', title: 'CSV export' }],
    ]);
    const [after, on] = [items[1]?.upstream ?? null, items[2]?.upstream ?? null];
    assert.deepEqual([launchTitle(none, inspection, after), launchTitle(none, inspection, on)], ['New Task · Spec and build · demo · main a1b2c3d4 · after CSV export', 'New Task · Spec and build · demo · on CSV export']);
    assert.deepEqual([launchPrompt(inspection, 0, null, after), launchPrompt(inspection, 0, null, on)], ['Starts by itself, in new worktrees, when that task has landed; your files are not touched.', 'Runs in new worktrees from the branch of that task; your files are not touched.']);
  });

  it('REQ-EXT-20 remembers a choice and survives what it cannot read', () => {
    const choice = { workflow: 'quick-change', base: null, agents: { implementer: ['demo'] } };
    assert.deepEqual([readChoice(JSON.parse(JSON.stringify(choice))), readChoice({ workflow: 3 })], [choice, { workflow: null, base: null, agents: {} }]);
  });

  it('REQ-EXT-21 shows everything that would run before it is trusted', () => {
    assert.deepEqual(trustText(inspection).split('\n').slice(0, 4), ['Set-up: npm ci', 'Gate unit: npm test', '    package.json#scripts.test', 'Copied into worktrees: .env.local']);
    const harmless = { ...inspection, content: { ...inspection.content, setup: null, gates: [] } };
    assert.deepEqual([asksForTrust(inspection), asksForTrust(harmless), asksForTrust({ ...inspection, trusted: true })], [true, false, false]);
    const workflow = { id: 'ours', name: 'Ours', inputs: {}, hash: 'h', trusted: false, changed: true, shown: `--- a\n+  run: x\u001b[31m${'\nline'.repeat(70)}` };
    const lines = trustText({ ...harmless, trusted: true, workflow }).split('\n');
    assert.deepEqual([asksForTrust({ ...harmless, workflow }), asksForTrust({ ...harmless, workflow: { ...workflow, trusted: true } })], [true, false]);
    assert.deepEqual([lines.slice(0, 3), lines[61]], [['Workflow ours has changed since you approved it:', '--- a', '+  run: x'], '… and 12 more lines']);
  });

  it('REQ-EXT-22 takes the demo agent in the sample repository, and never elsewhere', () => {
    const demo = { ...none, agents: { implementer: ['demo'] } };
    assert.deepEqual([agentsOf(none, true), agentsOf(none, false), agentsOf(demo, true), agentsOf(demo, false)], [demo.agents, {}, demo.agents, {}]);
    const own = { ...none, agents: { implementer: ['openai:m'] } };
    assert.deepEqual([agentsOf(own, true), agentsOf(own, false)], [own.agents, own.agents]);
    assert.equal(agentsText({}), 'agents by your keys');
  });

  it('reads agents as one for all, as a chain, or for each role, and refuses what does not exist', () => {
    assert.deepEqual(['', 'anthropic:m', 'anthropic:m , openai:n', 'implementer=demo reviewer=compatible:local/qwen'].map((text) => readAgents(text)), [
      { ok: true, agents: {} }, { ok: true, agents: { implementer: ['anthropic:m'] } }, { ok: true, agents: { implementer: ['anthropic:m', 'openai:n'] } },
      { ok: true, agents: { implementer: ['demo'], reviewer: ['compatible:local/qwen'] } },
    ]);
    assert.deepEqual(['claude', 'boss=demo', 'openai:', 'acp:codex'].map((text) => readAgents(text).ok), [false, false, false, false]);
  });
});

describe('the specifications of a launch', () => {
  const file = (path: string, more: Partial<LookedFile> = {}): LookedFile => ({ path, kind: 'requirements', format: 'markdown', title: path, bytes: 4_000, tokens: 1_000, hash: 'h', requirements: [], always: false, chosen: true, why: 'has "export"', ...more });
  const look = (files: readonly LookedFile[], more: Partial<SpecLookView> = {}): SpecLookView => ({
    base: { ref: 'a1', commit: 'a1' }, files: [...files], tokens: 12_345, mapTokens: 2_900, budget: 40_000, choice: files.filter(({ chosen, always }) => chosen && !always).map(({ path }) => path), withheld: 0, remarks: [], requirements: [], changes: null,
    providers: [{ provider: 'anthropic', roles: ['implementer'], where: null }], ...more,
  });
  const four = look([file('AGENTS.md', { kind: 'rules', always: true }), file('specs/a.md', { requirements: ['R-1', 'R-2'] }), file('specs/b.md', { chosen: false, why: 'has no word of the request' }), file('specs/$(x).md', { kind: 'design', tokens: 950 })]);

  it('REQ-EXT-25 are shown with how much goes to whom, before anything is sent', () => {
    assert.equal(launchPrompt(inspection, 0, four), 'Runs in new worktrees from main a1b2c3d4; your files are not touched. Specs: 3 files, 12k tokens → anthropic.');
    assert.deepEqual([specsText(look([file('a')], { tokens: 9, providers: [{ provider: 'compatible:ollama', roles: ['planner'], where: 'http://127.0.0.1:1/v1' }] })), specsText(look([], { providers: [] }))], ['Specs: 1 file, 9 tokens → compatible:ollama (http://127.0.0.1:1/v1)', 'Specs: 0 files, 12k tokens → no agent yet']);
  });

  it('REQ-EXT-25 can be ticked: those that are in first, each with kind, size and reason; rules stand apart', () => {
    assert.deepEqual(specItems(four), [
      { label: 'specs/a.md', description: 'requirements · 1k tokens · 2 requirements', detail: 'has "export"', path: 'specs/a.md', picked: true },
      { label: 'specs/$ (x).md', description: 'design · 950 tokens', detail: 'has "export"', path: 'specs/$(x).md', picked: true },
      { label: 'specs/b.md', description: 'requirements · 1k tokens', detail: 'has no word of the request', path: 'specs/b.md', picked: false },
    ]);
    assert.deepEqual([alwaysText(four), alwaysText(look([], { withheld: 2, remarks: ['Odd.'] })), alwaysText(look([]))], ['Always in: AGENTS.md', '2 files are never sent · Odd.', 'Which specifications should the agents work under?']);
  });

  it('REQ-EXT-25 are sent as they were shown for this request, or picked; only the newest answer counts', async () => {
    const asked: SpecQuestion[] = [];
    const answers: ((look: SpecLookView | null) => void)[] = [];
    let changes = 0;
    const choice = new SpecChoice((question) => {
      asked.push(question);
      return new Promise((resolve, reject) => { answers.push((answer) => { if (answer) resolve(answer); else reject(new Error('no engine')); }); });
    }, () => { changes += 1; });
    choice.typed(' export ');
    const first = choice.refresh();
    assert.deepEqual(choice.choiceFor('export'), []);
    const second = choice.refresh();
    answers[1]?.(four);
    answers[0]?.(look([file('old.md')]));
    await Promise.all([first, second]);
    assert.deepEqual([choice.look, choice.choiceFor('export'), choice.choiceFor('export more'), changes], [four, ['specs/a.md', 'specs/$(x).md'], [], 1]);
    const picking = choice.pick([]);
    answers[2]?.(look([]));
    await picking;
    assert.deepEqual([choice.choiceFor('anything'), asked.at(-1)], [['!**'], { request: 'export', picked: ['!**'] }]);
    const back = choice.pick(null);
    answers[3]?.(null);
    await back;
    assert.deepEqual([choice.look, choice.choiceFor('export'), asked.at(-1)?.picked], [null, [], null]);
    choice.dispose();
  });
});
