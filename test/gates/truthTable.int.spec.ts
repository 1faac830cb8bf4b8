/**
 * The truth table of product.md §5: small repositories, real runners behind the real walls, one verdict and one reason each. Rows are data
 * (`table/`); those of one base share a repository and what is known of it. pytest, go and cargo are used where they are; jest and vitest with
 * TREELINE_RUNNERS (a folder whose node_modules has them: `npm test` makes one where it can, `npm run test:runners` always).
 */
import { execFile } from 'node:child_process';
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { skipBecause } from '../support/skip.ts';
import { counting } from './support/counting.ts';
import { bench, silent, type Bench } from './support/judge.ts';
import { limited } from './support/limited.ts';
import { commandRows } from './table/commandRows.ts';
import { flakyRows } from './table/flakyRows.ts';
import { guardRows } from './table/guardRows.ts';
import { jestVitestRows } from './table/jestVitestRows.ts';
import { nativeRows } from './table/nativeRows.ts';
import { proofRows } from './table/proofRows.ts';
import type { Judged, Row } from './table/row.ts';
import { scoreOf, scoreWords } from './table/score.ts';

const areas: Readonly<Record<string, readonly Row[]>> = {
  'mocha, node:test, commands and static checks': commandRows, 'the proofs of tests': proofRows, 'the integrity guard': guardRows, 'flaky tests': flakyRows,
  'pytest, unittest, go and cargo': nativeRows, 'jest and vitest': jestVitestRows,
};
const rows = Object.values(areas).flat();

/** What the issue asks a table to have, and the row that shows it; each of these is there in other runners, too. */
const asked: Readonly<Record<string, string>> = {
  'a true fix': 'a fix with its test', 'a wrong fix': 'a wrong fix with its test', 'a fix with a weakened test': 'a true fix that weakens another test', 'a deleted test': 'a test removed', 'a skipped test': 'a test skipped',
  'an emptied test': 'a wrong fix with an emptied test', 'a test that passes without the fix': 'a test that passes without the fix', 'an old red suite': 'an old red test that stays red', 'a flaky test': 'a test that flips on both sides',
  'a time-out': 'a run that takes too long', 'a crash of the runner': 'a runner that breaks on both sides', 'zero tests with exit 0': 'no test at all, exit 0', '|| true': 'a failing test behind "|| true"', 'an updated snapshot': 'a snapshot rewritten',
  'a change of the gate script': 'the gate script made to do nothing', 'an ignored file that is needed': 'a file needed that is ignored', 'two branches green alone and red together': 'two branches green alone and red together',
  'a textual conflict': 'a textual conflict', 'a stub called done': 'a stub called done', 'a new type error among old ones': 'a new type error among old ones', 'changed lines that are not covered': 'changed lines that no test runs',
};

const answers = promisify(execFile);
const needs = (...command: readonly [string, ...string[]]) => async (): Promise<string | null> => {
  const [file, ...words] = command;
  return answers(file, words, { timeout: 30_000 }).then(() => null, () => `${command.join(' ')} does not work here`);
};
const own = process.env['TREELINE_RUNNERS'];
const installed = async (): Promise<string | null> => (own === undefined ? 'jest and vitest are not installed (npm run test:runners installs them)' : null);
/** Null: it works here; else why not. */
const missing: Readonly<Record<string, () => Promise<string | null>>> = {
  pytest: needs('pytest', '--version'), unittest: needs('python3', '--version'), go: needs('go', 'version'), cargo: needs('cargo', '--version'), jest: installed, vitest: installed,
};

/** Rows of one base in a row; not too many, so that groups can be shared out. */
const groupAtMost = 6;
/** Groups at once: they wait for processes more than they work. */
const atOnce = 3;

function groupsOf(those: readonly Row[]): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[][]>();
  for (const row of those) {
    const key = JSON.stringify([row.base, row.runner, row.counted === true ? row.name : '']);
    const parts = groups.get(key) ?? [];
    groups.set(key, parts);
    const last = parts.at(-1);
    if (last && last.length < groupAtMost) last.push(row);
    else parts.push([row]);
  }
  return [...groups.values()].flat();
}

async function benchFor(row: Row): Promise<Bench> {
  if (row.counted === true) return bench({ sandbox: counting() });
  if (row.runner === undefined) return bench();
  const tools = row.runner === 'jest' || row.runner === 'vitest' ? own : undefined;
  const path = [...(tools === undefined ? [] : [join(tools, 'node_modules/.bin')]), process.env['PATH'] ?? ''].join(':');
  return bench({ sandbox: createSandbox({ log: silent, environment: { ...process.env, PATH: path }, hidden: [] }), ...(tools === undefined ? {} : { tools }) });
}

async function judged(here: Bench, row: Row): Promise<Judged> {
  const kind = row.kind ?? (row.proof === undefined ? undefined : 'auto');
  const found = row.meanwhile ? await here.verifyMoved(row.base, row.change, row.meanwhile)
    : await here.judge(row.base, row.change, { ...(kind ? { kind } : {}), ...(row.declared ? { declared: row.declared } : {}) });
  deepEqual({ checkouts: here.repository.open(), folders: here.store.open() }, { checkouts: 0, folders: 0 });
  return found;
}

const words = ({ verdict, reason }: Judged): string => `${verdict} ${reason}`;

describe('the truth table', function () {
  this.timeout(600_000);
  const found = new Map(rows.map((row) => [row, Promise.withResolvers<Judged>()]));
  const answer = (row: Row): Promise<Judged> => (found.get(row) as PromiseWithResolvers<Judged>).promise;
  const lacking = new Map<string, string>();

  before(async () => {
    await Promise.all(Object.entries(missing).map(async ([runner, ask]) => {
      const why = await ask();
      if (why !== null) lacking.set(runner, why);
    }));
    for (const { promise } of found.values()) promise.catch(() => undefined);
    const turn = limited(atOnce);
    for (const group of groupsOf(rows.filter(({ runner }) => runner === undefined || !lacking.has(runner)))) {
      void turn(async () => {
        const here = await benchFor(group[0] as Row);
        try {
          for (const row of group) await judged(here, row).then(found.get(row)?.resolve, found.get(row)?.reject);
        } finally {
          await here.close();
        }
      }).catch((error: unknown) => { for (const row of group) found.get(row)?.reject(error); });
    }
  });

  for (const [area, own] of Object.entries(areas)) {
    describe(area, () => {
      for (const row of own) {
        it(`REQ-GATE-10: ${row.name}: ${row.expected}`, async function () {
          const why = lacking.get(row.runner ?? '');
          if (why !== undefined) skipBecause(this, why);
          const result = await answer(row);
          const shown = JSON.stringify([result.gates, result.integrity, result.redGreen, result.baseTests], null, 1);
          equal(words(result), row.expected, shown);
          if (row.proof !== undefined) equal(`${result.redGreen?.state ?? ''} ${result.baseTests?.state ?? ''}`, row.proof, shown);
          if (row.gates) deepEqual(result.gates.map(({ id, reason }) => `${id} ${reason}`), row.gates);
          if (row.kinds) deepEqual((result.integrity ?? []).map(({ kind, severity }) => `${severity} ${kind}`), row.kinds);
          if (row.ticks !== undefined) equal(result.ticks.length, row.ticks);
          const [gate] = result.gates;
          if (row.counts) for (const [name, count] of Object.entries(row.counts)) equal(gate?.tests[name as 'new'], count, name);
          if (row.failures) deepEqual(gate?.failures.map(({ test }) => test), row.failures);
          if (row.passed !== undefined) equal(gate?.tests.passed, row.passed);
          if (row.runner !== undefined) match(gate?.evidence.sandbox ?? '', /^(bubblewrap|none: )/);
          row.more?.(result);
        });
      }
    });
  }

  describe('as a whole', () => {
    it('REQ-GATE-10: the table has a row for each kind of change that was asked for', () => {
      deepEqual(Object.entries(asked).filter(([, name]) => !rows.some((row) => row.name === name)), []);
      equal(new Set(rows.map((row) => row.name)).size >= rows.length - 2, true);
    });

    it('REQ-GATE-11: no false accept, few false rejects, little left open, and the reason named is the right one', async () => {
      const those = rows.filter(({ runner }) => runner === undefined || !lacking.has(runner));
      const score = scoreOf(await Promise.all(those.map(async (row) => ({ name: row.name, expected: row.expected, found: await answer(row).then(words, (error: unknown) => `error ${String(error)}`) }))));
      process.stdout.write(`      ${scoreWords(score)}\n`);
      ok(score.cases >= 60);
      deepEqual(score.falseAccepts, []);
      ok(score.falseRejectRate <= 2 && score.notVerifiedRate <= 5 && score.reasonRight >= 98, scoreWords(score));
    });
  });
});
