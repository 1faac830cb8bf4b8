/** The journal: one append against a bare write + fdatasync, grouped appends per second, replay against read + JSON.parse. */
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../src/core/event.ts';
import { noUsage } from '../../src/core/usage.ts';
import { createJournal } from '../../src/journal/createJournal.ts';
import { runFile } from '../../src/journal/journalFolder.ts';
import type { Figure } from './figure.ts';
import { paired, ratio, timed } from './figure.ts';

export const quietLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const event = (n: number): RunEvent => ({ type: 'Integrated', command: `implement/part-${n}#1:integrate@0123456789ab`, unit: `implement/part-${n}`, n: 1, onto: 'a'.repeat(40), commit: 'b'.repeat(40), tree: 'c'.repeat(40) });
/** What a subtask writes from its start to its landing, n of 1, 2, …: about as long as in real runs. */
function eventsOf(n: number): RunEvent[] {
  const unit = `implement/part-${n}`;
  const [command, start, commit, tree] = [`${unit}#1`, 'a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)];
  const tests = { passed: 41, failed: 0, skipped: 0, new: 2, removed: 0, flaky: 0, preexisting: 0 };
  const evidence = { command: 'npm test', sandbox: 'bubblewrap', dependencies: 'copied', log: `${command}:gate`, tail: '41 passing', durationMs: 1_200, cached: false };
  return [
    { type: 'AttemptStarted', command, unit, n: 1, agent: 'anthropic:model', start },
    { type: 'AttemptFinished', command, unit, n: 1, outcome: { kind: 'tree', commit, tree, summary: 'Added the export of bookmarks by tag, and its tests', files: 3, hidden: [], outOfScope: [] }, usage: noUsage, costUsd: 0.12, durationMs: 41_234 },
    { ...event(n) },
    { type: 'UnitJudged', command: `${command}:gate`, unit, n: 1, evidence: { id: `e-${n}`, commit, tree, verdict: 'accepted', reason: 'passed', ticks: [], gates: [{ id: 'unit', verdict: 'accepted', reason: 'passed', exit: 0, tests, failures: [], evidence }] } },
    { type: 'UnitLanded', command: `${command}:advance`, unit, n: 1, commit },
  ];
}

export async function benchJournal(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  try {
    return [await appends(folder), await groups(folder), await replay(folder)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function appends(folder: string): Promise<Figure> {
  const stream = await createJournal({ folder: join(folder, 'one'), epoch: 1, log: quietLog }).run('t-append');
  const bare = await open(join(folder, 'bare.jsonl'), 'a');
  const line = `${JSON.stringify({ seq: 1, epoch: 1, at: 1, event: event(1) })}\n`;
  // One by one in turn, and the median of each: a disk that stalls now and then stalls either.
  let n = 0;
  const measured = await paired(1_500, async () => { await stream.append([event(n += 1)], n); }, async () => { await bare.write(line); await bare.datasync(); });
  await stream.close();
  await bare.close();
  return { what: 'append, one event', value: `${measured.left.toFixed(3)} ms`, against: `${ratio(measured.left, measured.right)} of write + fdatasync`, budget: '≤ 1.3 ×', inside: measured.left / measured.right <= 1.3 };
}

async function groups(folder: string): Promise<Figure> {
  const stream = await createJournal({ folder: join(folder, 'many'), epoch: 1, log: quietLog }).run('t-group');
  const writers = 64, each = 200;
  const ms = await timed(async () => {
    await Promise.all(Array.from({ length: writers }, async () => { for (let n = 0; n < each; n += 1) await stream.append([event(n), event(n), event(n), event(n)], n); }));
  });
  await stream.close();
  const perSecond = (writers * each * 4) / (ms / 1_000);
  return { what: 'append in groups', value: `${Math.round(perSecond).toLocaleString('en')} events/s`, against: `${writers} writers, 4 events each`, budget: '≥ 30,000/s', inside: perSecond >= 30_000 };
}

async function replay(folder: string): Promise<Figure> {
  const where = join(folder, 'replay');
  const total = 100_000;
  const stream = await createJournal({ folder: where, epoch: 1, log: quietLog }).run('t-replay');
  for (let n = 0; n < total; n += 1_000) await stream.append(Array.from({ length: 200 }, (_, index) => eventsOf(n + index)).flat(), Date.now());
  await stream.close();
  const file = runFile(where, 't-replay');
  // Both end with 100,000 events in hand: what is thrown away at once costs no garbage collection.
  const measured = await paired(7,
    async () => { const again = await createJournal({ folder: where, epoch: 2, log: quietLog }).run('t-replay'); if (again.records.length !== total) throw new Error(`read ${again.records.length}`); await again.close(); },
    async () => {
      const read: unknown[] = [];
      for (const text of (await readFile(file, 'utf8')).split('\n')) if (text !== '') read.push(JSON.parse(text.slice(text.indexOf('{'))));
      if (read.length !== total) throw new Error(`read ${read.length}`);
    });
  return { what: `replay of ${total.toLocaleString('en')} events, chain checked`, value: `${Math.round(measured.left)} ms`, against: `${ratio(measured.left, measured.right)} of read + JSON.parse`, budget: '≤ 2 ×', inside: measured.left / measured.right <= 2 };
}
