/** The journal: one append against a bare write + fdatasync, grouped appends per second, replay against read + JSON.parse. */
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../src/core/event.ts';
import { createJournal } from '../../src/journal/createJournal.ts';
import { runFile } from '../../src/journal/journalFolder.ts';
import type { Figure } from './figure.ts';
import { paired, ratio, timed } from './figure.ts';

export const quietLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const event = (n: number): RunEvent => ({ type: 'Integrated', command: `implement/part-${n}#1:integrate@0123456789ab`, unit: `implement/part-${n}`, n: 1, onto: 'a'.repeat(40), commit: 'b'.repeat(40), tree: 'c'.repeat(40) });
const perRound = 200;

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
  const measured = await paired(7,
    async () => { for (let n = 0; n < perRound; n += 1) await stream.append([event(n)], n); },
    async () => { for (let n = 0; n < perRound; n += 1) { await bare.write(line); await bare.datasync(); } });
  await stream.close();
  await bare.close();
  return { what: 'append, one event', value: `${(measured.left / perRound).toFixed(3)} ms`, against: `${ratio(measured.left, measured.right)} of write + fdatasync`, budget: '≤ 1.3 ×', inside: measured.left / measured.right <= 1.3 };
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
  for (let n = 0; n < total; n += 1_000) await stream.append(Array.from({ length: 1_000 }, (_, index) => event(n + index)), n);
  await stream.close();
  const file = runFile(where, 't-replay');
  const measured = await paired(3,
    async () => { const again = await createJournal({ folder: where, epoch: 2, log: quietLog }).run('t-replay'); if (again.records.length !== total) throw new Error(`read ${again.records.length}`); await again.close(); },
    async () => { const lines = (await readFile(file, 'utf8')).split('\n'); for (const text of lines) if (text !== '') JSON.parse(text.slice(text.indexOf('{'))); });
  return { what: `replay of ${total.toLocaleString('en')} events, chain checked`, value: `${Math.round(measured.left)} ms`, against: `${ratio(measured.left, measured.right)} of read + JSON.parse`, budget: '≤ 2 ×', inside: measured.left / measured.right <= 2 };
}
