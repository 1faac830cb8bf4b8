/**
 * kill -9 of the engine at seeded moments of the demo task, with `treeline run` attached: half as many rounds as TREELINE_TEST_KILLS (10)
 * says, beside engine.spec.ts, which has as many.
 * Owns: moments that cover the whole run, as an undisturbed one passed (after how many events, and how long after the last of them),
 * so that a busy machine does not push every kill to the run's beginning. TREELINE_TEST_SEED plays the same moments again.
 */
import assert from 'node:assert/strict';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { readEvents } from '../../src/client/readRuns.ts';
import { engineFileSchema } from '../../src/protocol/messages.ts';
import { cli, lastView, openGround } from '../cli/support/ground.ts';
import type { Ground } from '../cli/support/ground.ts';
import { isAlive } from '../client/support/ground.ts';
import { seeded } from '../simulation/chance.ts';
import { leftIn } from '../support/temporaryFiles.ts';
import { until } from '../support/until.ts';

const rounds = Math.ceil(Number(process.env['TREELINE_TEST_KILLS'] ?? 10) / 2);
const seed = Number(process.env['TREELINE_TEST_SEED'] ?? Date.now() % 1_000_000);
/** Two at once: a run waits for its processes most of the time. */
const lanes = 2;
const wait = 180_000;

interface Moment { readonly events: number; readonly ms: number }
interface Ran { readonly task: string; readonly tree: string; /** When each event was told, in ms from the start. */ readonly told: readonly number[]; readonly epochs: number; readonly resumedMs: number | null }

describe(`kill -9 of the engine in the middle of a run, ${rounds} times (seed ${seed})`, function () {
  this.timeout(Math.max(10, rounds) * 60_000);
  const { request, workflow } = JSON.parse(readFileSync(join(import.meta.dirname, '../../media/demo.json'), 'utf8')) as { request: string; workflow: string };
  let template: Ground;
  let undisturbed: Ran;

  before(async () => {
    template = openGround();
    await template.sample();
    undisturbed = await play(null);
  });
  after(() => template.close());

  it('REQ-ENGINE-05: it goes on by itself, lands the same tree once, loses no event, and leaves nothing behind', async () => {
    const chance = seeded(seed);
    const length = undisturbed.told.at(-1) ?? 0;
    const moments = Array.from({ length: rounds }, (_, round) => momentAt(undisturbed.told, length * (round + chance.next()) / rounds));
    const began = performance.now();
    const ran: Ran[] = [];
    const todo = [...moments.entries()];
    await Promise.all(Array.from({ length: lanes }, async () => {
      for (let next = todo.shift(); next; next = todo.shift()) {
        const [round, moment] = next;
        const where = `seed ${seed}, round ${round + 1}: killed ${moment.ms} ms after event ${moment.events}`;
        const one = await play(moment).catch((error: unknown) => { throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error }); });
        assert.equal(one.tree, undisturbed.tree, where);
        if (one.epochs === 1 && moment.ms > 0) {
          // This run was faster than the undisturbed one and over before it was killed: all of the above held, but it was no kill in its middle.
          todo.push([round, { ...moment, ms: Math.floor(moment.ms / 2) }]);
          continue;
        }
        assert.equal(one.epochs, 2, where);
        ran.push(one);
      }
    }));
    const resumed = ran.map(({ resumedMs }) => resumedMs ?? 0).sort((a, b) => a - b);
    console.log(`      ${ran.length} kills (seed ${seed}) in ${Math.round((performance.now() - began) / 1000)} s; undisturbed ${undisturbed.told.length} events in ${length} ms; killed after events ${moments.map(({ events }) => events).join(' ')}; the next leader's first event after ${resumed[Math.floor(resumed.length / 2)]} ms (median), ${resumed.at(-1)} ms (longest)`);
  });

  /** One run in a copy of the sample, killed at `moment`, with everything that must hold for it alone. */
  async function play(moment: Moment | null): Promise<Ran> {
    const ground = openGround();
    try {
      ground.environment['TREELINE_DEMO_PACE_MS'] = '1';
      ground.environment['TREELINE_IDLE_MS'] = '300';
      const repository = join(ground.folder, 'shelf');
      cpSync(join(template.folder, 'shelf'), repository, { recursive: true });
      const first = ground.git(repository, 'rev-parse', 'main').trim();
      const child = ground.start(process.execPath, [cli, 'run', request, '--workflow', workflow, '--agent', 'implementer=demo', '--trust', '--yes', '--json', '--repo', repository]);
      const following = follow(child);
      const killedAt = moment && await kill(repository, following, moment);
      const code = await following.ended;
      assert.equal(code, 0, `exit code ${code}: ${following.said()}`);
      const view = lastView(following.lines.at(-1) ?? '');
      const journal = await readEvents(repository, view.task);
      const told = following.lines.slice(0, -1).map((line) => JSON.parse(line) as unknown);
      assert.deepEqual(told, journal.map((event) => ({ schema: 'treeline/event/1', ...event })));
      assert.deepEqual(journal.map(({ seq }) => seq), journal.map((_, at) => at + 1));
      assert.equal(journal.filter(({ event }) => (event as { type: string }).type === 'Landed').length, 1);
      await checkNothingLeft(ground, repository, view.task);
      const verified = await ground.treeline(['journal', 'verify', view.task, '--repo', repository]);
      assert.equal(verified.code, 0, verified.stdout + verified.stderr);
      assert.deepEqual([view.state, ground.git(repository, 'rev-list', '--parents', 'main').trim().split('\n').length, ground.git(repository, 'rev-parse', 'main~1').trim()], ['merged', 2, first]);
      const epochs = new Set(journal.map(({ epoch }) => epoch));
      const resumedMs = killedAt === null ? null : (following.times.find((time) => time > killedAt.ms && killedAt.told < following.times.indexOf(time) + 1) ?? killedAt.ms) - killedAt.ms;
      return { task: view.task, tree: ground.git(repository, 'rev-parse', 'main^{tree}').trim(), told: following.times.slice(0, -1), epochs: epochs.size, resumedMs };
    } finally {
      await ground.close();
    }
  }
});

/** The place of a moment (ms from the start) in a run whose events came at `told`. Never before the first nor after the last but one: there is a run then. */
function momentAt(told: readonly number[], ms: number): Moment {
  const events = Math.min(Math.max(told.findLastIndex((time) => time <= ms) + 1, 1), told.length - 1);
  const longest = (told[events] ?? 0) - (told[events - 1] ?? 0);
  return { events, ms: Math.round(Math.min(Math.max(ms - (told[events - 1] ?? 0), 0), longest)) };
}

interface Following { readonly lines: string[]; readonly times: number[]; readonly ended: Promise<number | null>; said(): string; has(count: number): Promise<void> }

function follow(child: ChildProcessWithoutNullStreams): Following {
  const began = performance.now();
  const lines: string[] = [];
  const times: number[] = [];
  const waiting = new Set<{ readonly count: number; readonly there: () => void }>();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  const output = createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    times.push(Math.round(performance.now() - began));
    for (const one of waiting) if (lines.length >= one.count) one.there();
  });
  const closed = new Promise((resolve) => { output.once('close', resolve); });
  const ended = new Promise<number | null>((resolve, reject) => { child.on('error', reject).on('close', (code) => { void closed.then(() => { resolve(code); }); }); });
  return {
    lines, times, ended, said: () => `${stderr}${lines.at(-1) ?? ''}`,
    has: (count) => new Promise((resolve, reject) => {
      if (lines.length >= count) resolve();
      waiting.add({ count, there: resolve });
      void ended.then(() => { reject(new Error(`the run ended after ${lines.length} lines: ${stderr}`)); });
    }),
  };
}

async function kill(repository: string, following: Following, moment: Moment): Promise<{ readonly ms: number; readonly told: number }> {
  await following.has(moment.events);
  await pause(moment.ms);
  const { pid } = engineFileSchema.parse(JSON.parse(readFileSync(join(repository, '.git/treeline/engine.json'), 'utf8')));
  const at = { ms: following.times.at(-1) ?? 0, told: following.lines.length };
  process.kill(pid, 'SIGKILL');
  await until('the engine to be gone', () => !isAlive(pid));
  return at;
}

async function checkNothingLeft(ground: Ground, repository: string, task: string): Promise<void> {
  await until('the branches to go', () => ground.git(repository, 'branch', '--format=%(refname)'), (branches) => branches === 'refs/heads/main\n', wait);
  await until('the worktrees to go', () => [ground.git(repository, 'worktree', 'list').trim().split('\n').length, existsSync(`${repository}.worktrees`)].join(), (left) => left === '1,false', wait);
  // The engine ends by itself; whatever else carries this run's folder in its words, its place or its environment is a leftover.
  await until('every process to end', () => processesOf(ground.folder), (left) => left.length === 0, wait);
  assert.equal(ground.git(repository, 'status', '--porcelain', '--ignored'), '');
  assert.equal(ground.git(repository, 'fsck', '--full', '--no-dangling'), '');
  assert.equal(existsSync(join(repository, '.git/treeline/engine.json')), false, 'engine.json is left');
  assert.deepEqual(leftIn(join(ground.folder, 'tmp')), [], `left in the temporary folder by ${task}`);
  const names = ground.git(repository, 'for-each-ref', '--format=%(refname)').trim().split('\n').filter((name) => name !== 'refs/heads/main' && !name.startsWith(`refs/treeline/${task}/`) && !name.startsWith('refs/notes/treeline'));
  assert.deepEqual(names, []);
}

/** Processes that live and know of `folder`: engines, agents' commands, gates (their HOME or their working folder lies in it). */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    const read = (what: () => string): string => { try { return what(); } catch { return ''; } };
    const words = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    const knows = words.includes(folder) || read(() => readlinkSync(`/proc/${pid}/cwd`)).startsWith(folder) || read(() => readFileSync(`/proc/${pid}/environ`, 'utf8')).includes(folder);
    return knows && isAlive(Number(pid)) ? [`${pid} ${words.slice(0, 200)}`] : [];
  });
}
