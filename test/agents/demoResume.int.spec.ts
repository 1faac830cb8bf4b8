// Cut off at any point and taken up again, the demo agent leaves the same files: REQ-DEMO-04 of specs/agents.md.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { createWorkers } from '../../src/agents/workers.ts';
import { startDemoServer } from '../../src/app/demoServer.ts';
import type { DemoServer } from '../../src/app/demoServer.ts';
import type { Feedback } from '../../src/core/state.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { Clock } from '../../src/ports/system.ts';
import type { TranscriptPart, WorkRequest } from '../../src/ports/workers.ts';
import { collect, evidenceOf, memorySandbox, quietLog, workRequest } from './support.ts';

const sample = join(import.meta.dirname, '../../media/sample');
const demo = JSON.parse(readFileSync(join(sample, '../demo.json'), 'utf8')) as { request: string };
const clock: Clock = { now: () => Date.now(), after: (ms, signal) => pause(ms, undefined, { signal }) };
const red: Feedback = { kind: 'gate', evidence: evidenceOf([{ test: 'REQ-TAGS-02 tags are shown with a hash and one space between', message: "'css web' !== '#css #web'", file: 'test/tags.test.js', line: 11 }]) };
const comments: Feedback = { kind: 'comments', comments: [{ file: null, line: null, text: 'Please make it safe.' }] };

describe('the demo agent, cut off', function () {
  this.timeout(60_000);
  let server: DemoServer;
  let plan: Plan;
  before(async () => {
    server = await startDemoServer({ paceMs: 0 });
    const { end } = await attempt(sampleFiles(), { role: 'planner', gives: 'plan', writes: false }, null);
    plan = end?.kind === 'plan' ? end.plan : assert.fail(JSON.stringify(end));
  });
  after(() => server.close());

  /** `cutAt`: how many tool calls it may begin; null: all. Gives null as the end of what was cut off. */
  const attempt = async (files: Map<string, string>, more: Partial<WorkRequest>, cutAt: number | null) => {
    const stop = new AbortController();
    const report = collect();
    let begun = 0;
    const part = (given: TranscriptPart): void => {
      report.part(given);
      if (given.kind !== 'tool-call') return;
      begun += 1;
      if (cutAt !== null && begun > cutAt) stop.abort(new Error('killed'));
    };
    const workers = createWorkers({ sandbox: memorySandbox(files), clock, log: quietLog, endpoints: () => ({ demo: server.endpoint }) });
    const work = workers.work(workRequest({ agents: ['demo'], request: demo.request, ...more }), { ...report, part }, stop.signal);
    return { end: await work.then((result) => result.end, () => (stop.signal.aborted ? null : assert.fail('rejected'))), begun };
  };

  const pieces: readonly (readonly [string, (made: Plan) => Partial<WorkRequest>])[] = [
    ['csv-text', subtask('csv-text')], ['export-rows', subtask('export-rows')], ['export-rows, repaired', (made) => ({ ...subtask('export-rows')(made), n: 2, feedback: [red] })],
    ['export-command', subtask('export-command')], ['a rework', (made) => ({ plan: made, unit: 'implement/rework-1', feedback: [comments] })], ['a quick change', () => ({})],
    ['a test of a bug', () => ({ role: 'tester', request: 'An emoji is cut in half' })], ['the fix of a bug', () => ({ request: 'An emoji is cut in half' })],
  ];
  for (const [name, more] of pieces) {
    it(`REQ-DEMO-04 leaves the same files wherever ${name} is interrupted`, async () => {
      const start = name === 'a rework' ? await everything() : sampleFiles();
      const whole = new Map(start);
      const { end, begun } = await attempt(whole, more(plan), null);
      assert.equal(end?.kind, 'edited');
      for (let cutAt = 1; cutAt < begun; cutAt += 1) {
        const files = new Map(start);
        assert.deepEqual(await attempt(files, more(plan), cutAt), { end: null, begun: cutAt + 1 });
        assert.equal((await attempt(files, { ...more(plan), resumed: true }, null)).end?.kind, 'edited');
        assert.deepEqual(Object.fromEntries(files), Object.fromEntries(whole), `after ${cutAt} calls`);
      }
    });
  }

  /** The sample with the export built: where a rework begins. */
  const everything = async (): Promise<Map<string, string>> => {
    const files = sampleFiles();
    await attempt(files, {}, null);
    return files;
  };
});

function subtask(id: string): (plan: Plan) => Partial<WorkRequest> {
  return (plan) => ({ plan, unit: `implement/${id}`, subtask: plan.subtasks.find((candidate) => candidate.id === id) ?? assert.fail(`no subtask ${id}`) });
}

function sampleFiles(): Map<string, string> {
  const files = readdirSync(sample, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [file.slice(sample.length + 1), readFileSync(file, 'utf8')]));
}
