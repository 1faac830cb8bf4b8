// The demo, end to end at this room's level: real SDKs, the demo server, the real sandbox, the sample's own suite. specs/agents.md.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { createWorkers } from '../../src/agents/workers.ts';
import { startDemoServer } from '../../src/app/demoServer.ts';
import type { DemoServer } from '../../src/app/demoServer.ts';
import type { Evidence } from '../../src/core/gate.ts';
import type { Declared } from '../../src/core/typedOutputs.ts';
import type { Plan, Review } from '../../src/core/plan.ts';
import { noMounts } from '../../src/ports/sandbox.ts';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import type { Clock } from '../../src/ports/system.ts';
import type { WorkRequest, WorkResult } from '../../src/ports/workers.ts';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { collect, evidenceOf, quietLog, workRequest } from './support.ts';

const sample = join(import.meta.dirname, '../../media/sample');
const demo = JSON.parse(readFileSync(join(sample, '../demo.json'), 'utf8')) as { request: string; workflow: string };
const clock: Clock = { now: () => Date.now(), after: (ms, signal) => pause(ms, undefined, { signal }) };

describe('the demo', function () {
  this.timeout(120_000);
  let folder: string;
  let server: DemoServer;
  let sandbox: Sandbox;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'treeline-demo-'));
    server = await startDemoServer({ paceMs: 0 });
    sandbox = createSandbox({ log: quietLog, environment: process.env, hidden: [] });
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const copy = (name: string, from = sample): string => {
    cpSync(from, join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const work = (root: string, more: Partial<WorkRequest>): Promise<WorkResult> => createWorkers({ sandbox, clock, log: quietLog, endpoints: () => ({ demo: server.endpoint }) })
    .work(workRequest({ agents: ['demo'], request: demo.request, context: 'AGENTS.md …', root, ...more }), collect(), new AbortController().signal);
  /** The sample's suite, as a gate would run it. */
  const suite = async (root: string): Promise<Evidence> => {
    const result = await sandbox.run({
      command: 'npm test', root, timeoutMs: 60_000, network: false, mounts: noMounts, environment: {}, mode: 'prefer', output: { head: 20_000, tail: 20_000, killAt: 10_000_000 },
    }, new AbortController().signal);
    const failed = new Set([...result.output.matchAll(/^✖ (.+?) \([\d.]+ms\)$/gm)].map((match) => match[1] as string));
    assert.equal(result.end.kind === 'exited' && result.end.code === 0, failed.size === 0, result.output);
    return evidenceOf([...failed].map((test) => ({ test, message: 'Expected values to be strictly equal', file: null, line: null })), result.output);
  };
  const plan = async (more: Partial<WorkRequest> = {}): Promise<Plan> => {
    const { end, agent } = await work(copy(`plan-${Math.round(performance.now())}`), { role: 'planner', gives: 'plan', writes: false, ...more });
    assert.equal(agent, 'demo/anthropic');
    assert.equal(end.kind, 'plan', JSON.stringify(end));
    return end.kind === 'plan' ? end.plan : assert.fail();
  };
  const review = async (root: string, base: string, evidence: Evidence): Promise<Review> => {
    const { end, agent } = await work(root, { role: 'reviewer', gives: 'review', writes: false, review: { diff: diffOf(base, root), evidence } });
    assert.equal(agent, 'demo/openai');
    return end.kind === 'review' ? end.review : assert.fail(JSON.stringify(end));
  };

  it('REQ-DEMO-01 plans three subtasks of which two run at once, fails the suite for real, repairs it from the evidence, is reviewed, and answers a comment', async () => {
    const made = await plan();
    assert.deepEqual(made.subtasks.map(({ id, needs }) => ({ id, needs })), [
      { id: 'csv-text', needs: [] }, { id: 'export-rows', needs: [] }, { id: 'export-command', needs: ['csv-text', 'export-rows'] },
    ]);
    const subtask = (id: string): Partial<WorkRequest> => ({ plan: made, subtask: made.subtasks.find((candidate) => candidate.id === id) ?? null, unit: `implement/${id}` });

    const [csv, rows] = [copy('csv'), copy('rows')];
    const both = await Promise.all([work(csv, subtask('csv-text')), work(rows, subtask('export-rows'))]);
    assert.deepEqual(both.map(({ end }) => end.kind), ['edited', 'edited']);
    assert.equal((await suite(csv)).verdict, 'accepted');

    const red = await suite(rows);
    assert.deepEqual(red.gates[0]?.failures.map(({ test }) => /^REQ-[A-Z]+-\d+/.exec(test)?.[0]).sort(), ['REQ-LIST-01', 'REQ-TAGS-02']);
    assert.equal((await work(rows, { ...subtask('export-rows'), n: 2, feedback: [{ kind: 'gate', evidence: red }] })).end.kind, 'edited');
    assert.equal((await suite(rows)).verdict, 'accepted');

    const joined = copy('joined', csv);
    for (const file of ['src/tags.js', 'src/exportRows.js', 'test/exportRows.test.js']) cpSync(join(rows, file), join(joined, file));
    assert.equal((await work(joined, subtask('export-command'))).end.kind, 'edited');
    const green = await suite(joined);
    assert.equal(green.verdict, 'accepted');
    const printed = execFileSync(process.execPath, ['src/cli.js', 'export', '--tag', 'talks'], { cwd: joined, encoding: 'utf8' });
    assert.equal(printed, 'added,title,url,tags\r\n2026-01-30,"""The Web Is for Everyone"", a talk",https://www.w3.org/People/Berners-Lee/,talks;web\r\n');

    const first = await review(joined, sample, green);
    assert.deepEqual(first.criteria.map(({ criterion, verdict }) => `${criterion.slice(0, 13)} ${verdict}`), ['01', '02', '03', '04', '05'].map((id) => `REQ-EXPORT-${id} met`));
    assert.deepEqual(first.findings.map(({ file, severity }) => ({ file, severity })), [{ file: 'src/csv.js', severity: 'medium' }]);
    const line = readFileSync(join(joined, 'src/csv.js'), 'utf8').split('\n')[(first.findings[0]?.line ?? 0) - 1];
    assert.equal(line, '  const text = String(value);');

    const before = filesOf(joined);
    assert.equal((await work(joined, { plan: made, unit: 'implement/rework-1', feedback: [{ kind: 'comments', comments: [{ file: 'src/csv.js', line: 11, text: 'Could a title be run as a formula?' }] }] })).end.kind, 'edited');
    const now = filesOf(joined);
    assert.deepEqual([...now.keys()].filter((file) => now.get(file) !== before.get(file)), ['CHANGELOG.md', 'specs/export.md', 'src/csv.js', 'test/csv.test.js']);
    const again = await suite(joined);
    assert.equal(again.verdict, 'accepted');
    const second = await review(joined, sample, again);
    assert.deepEqual({ findings: second.findings, met: second.criteria.filter(({ verdict }) => verdict === 'met').length }, { findings: [], met: 6 });
  });

  it('REQ-DEMO-02 revises its plan by what a person asks for', async () => {
    const first = await plan();
    const comment = (text: string): Partial<WorkRequest> => ({ plan: first, feedback: [{ kind: 'comments', comments: [{ file: null, line: null, text }] }] });
    const noted = await plan(comment('Mention it in the changelog, please'));
    assert.match(noted.summary, /Revised after the comment "Mention it in the changelog, please"/);
    assert.match(noted.subtasks[2]?.description ?? '', /Asked for at the plan: Mention it/);
    const guarded = await plan(comment('Guard against formula injection'));
    assert.deepEqual(guarded.subtasks[0]?.scope, ['src/csv.js', 'test/csv.test.js', 'specs/export.md']);
    const root = copy('guarded');
    await work(root, { plan: guarded, subtask: guarded.subtasks[0] ?? null });
    assert.match(readFileSync(join(root, 'src/csv.js'), 'utf8'), /formula/);
    assert.equal((await suite(root)).verdict, 'accepted');
  });

  it('REQ-DEMO-03 does small requests, and honestly notes what it has no script for', async () => {
    const changed = async (name: string, request: string): Promise<readonly string[]> => {
      const root = copy(name);
      assert.equal((await work(root, { request })).end.kind, 'edited');
      assert.equal((await suite(root)).verdict, 'accepted');
      const [was, is] = [filesOf(sample), filesOf(root)];
      return [...is.keys()].filter((file) => is.get(file) !== was.get(file));
    };
    assert.deepEqual(await changed('count', 'Add a command that counts the bookmarks'), ['README.md', 'src/command.js', 'test/count.test.js']);
    assert.deepEqual(await changed('other', 'Make it purple'), ['CHANGELOG.md']);
    assert.deepEqual(await changed('quick', demo.request), [
      'CHANGELOG.md', 'README.md', 'specs/export.md', 'src/command.js', 'src/csv.js', 'src/exportRows.js', 'src/tags.js', 'test/csv.test.js', 'test/exportCommand.test.js', 'test/exportRows.test.js',
    ]);
    const { end } = await work(copy('purple'), { request: 'Make it purple', role: 'planner', gives: 'plan', writes: false });
    assert.deepEqual(end.kind === 'plan' && end.plan.subtasks.map(({ id, scope }) => ({ id, scope })), [{ id: 'note', scope: ['CHANGELOG.md'] }]);
  });

  const bug = 'Titles with an emoji are cut in the middle of it in lists';
  const verdict: Declared = { verdict: { type: 'enum', values: ['bug', 'no-bug'] } };

  it('REQ-DEMO-06 finds the cause of the sample\'s bug, shows it by a test that fails, and mends it; what it does not know is no bug', async () => {
    const investigate = (request: string): Promise<WorkResult> => work(copy(`why-${request.length}`), { request, role: 'planner', gives: 'document', document: 'investigation.md', writes: false, outputs: verdict });
    const { end } = await investigate(bug);
    const line = readFileSync(join(sample, 'src/list.js'), 'utf8').split('\n').findIndex((text) => text.includes('title.slice(')) + 1;
    assert.ok(end.kind === 'document' && end.text.includes(`\`src/list.js\`, line ${line}:`), JSON.stringify(end));
    assert.deepEqual(end.outputs, { verdict: 'bug' });
    const other = (await investigate('It is slow')).end;
    assert.deepEqual(other.kind === 'document' && [other.outputs, /scripted/.test(other.text)], [{ verdict: 'no-bug' }, true]);

    const root = copy('bug');
    const artifacts = [{ name: 'investigation.md', text: end.text }];
    assert.equal((await work(root, { request: bug, role: 'tester', artifacts, prompt: 'Write the smallest test that shows the bug.' })).end.kind, 'edited');
    assert.deepEqual((await suite(root)).gates[0]?.failures.map(({ test }) => test), ['REQ-LIST-02 a title is not cut inside of a character']);
    assert.equal((await work(root, { request: bug, artifacts, prompt: 'Mend the cause.' })).end.kind, 'edited');
    assert.equal((await suite(root)).verdict, 'accepted');
    const [was, is] = [filesOf(sample), filesOf(root)];
    assert.deepEqual([...is.keys()].filter((file) => is.get(file) !== was.get(file)), ['src/list.js', 'test/list.test.js']);
  });

  it('REQ-DEMO-06 writes requirements and a specification, and a new version that names what a person asked for', async () => {
    const write = async (document: string, more: Partial<WorkRequest> = {}): Promise<string> => {
      const { end } = await work(copy(`document-${performance.now()}`), { role: 'planner', gives: 'document', document, writes: false, ...more });
      return end.kind === 'document' ? end.text : assert.fail(JSON.stringify(end));
    };
    const requirements = await write('requirements.md');
    assert.match(requirements, /Given [^]*When [^]*Then [^]*- REQ-EXPORT-05: When `shelf export` is called/);
    assert.match(await write('spec.md', { artifacts: [{ name: 'requirements.md', text: requirements }] }), /REQ-EXPORT-03, REQ-EXPORT-04 \| `exportRows\(shelf\)`/);
    const again = await write('requirements.md', { artifacts: [{ name: 'requirements.md', text: requirements }], feedback: [{ kind: 'comments', comments: [{ file: 'requirements.md', line: 3, text: 'Say who needs it' }] }] });
    assert.equal(again, `${requirements}\n## Asked for\n\n- requirements.md:3: Say who needs it\n`);
    assert.match(await write('requirements-review.md', { role: 'reviewer' }), /nothing that is missing/);
    assert.match(await write('requirements.md', { request: 'Make it purple' }), /scripted/);
  });

  it('REQ-DEMO-06 does the same work in two ways when several do it, and fills outputs that it has no word on by their types', async () => {
    const request = 'Add a command that counts the bookmarks';
    const roots = [copy('first'), copy('second')];
    const outputs = { clean: { type: 'boolean' }, files: { type: 'list' } } as const;
    const ends = await Promise.all(roots.map((root, index) => work(root, { request, outputs, item: { name: `copy-${index + 1}`, values: { copy: index + 1, agent: 'demo' } } })));
    assert.deepEqual(ends.map(({ end }) => end.kind === 'edited' && end.outputs), Array.from({ length: 2 }, () => ({ clean: true, files: [] })));
    assert.deepEqual(await Promise.all(roots.map(async (root) => (await suite(root)).verdict)), ['accepted', 'accepted']);
    assert.notDeepEqual(filesOf(roots[0] ?? ''), filesOf(roots[1] ?? ''));
  });

  it('REQ-DEMO-06 reviews the change that a step shows in its own words', async () => {
    const root = copy('count-only');
    await work(root, { request: 'Add a command that counts the bookmarks' });
    const { end } = await work(root, { request: 'Review this branch', role: 'reviewer', gives: 'review', writes: false, prompt: `This is the change:\n\n${diffOf(sample, root)}` });
    assert.deepEqual(end.kind === 'review' && [end.review.verdict, end.review.criteria.map((criterion) => criterion.verdict)], ['approve', ['met']]);
  });
});

function filesOf(root: string): ReadonlyMap<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  return new Map(files.sort().map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

/** As the archive gives it: git's unified diff. */
function diffOf(base: string, head: string): string {
  try {
    return execFileSync('git', ['diff', '--no-index', '--no-color', '--no-ext-diff', base, head], { encoding: 'utf8' });
  } catch (error) {
    const text = (error as { stdout?: string }).stdout ?? ''; // exit code 1: they differ
    return text.replaceAll(`a${base}/`, 'a/').replaceAll(`b${head}/`, 'b/').replaceAll(`b${base}/`, 'b/').replaceAll(`a${head}/`, 'a/');
  }
}
