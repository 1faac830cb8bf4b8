// The rules of the house as a test: the real sources keep them, and each rule refuses a violation planted in a small tree.
// Judged by exit codes (a broken configuration also ends with 1 and names no rule), then by the rule that was named.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { cleanTree, plantedViolations } from './plantedViolations.ts';

const root = join(import.meta.dirname, '../..');
const settings = await extractDepcruiseOptions(join(root, 'test/architecture/rooms.cjs'));

/** Cruises `src` under `baseDir`: the script's exit code, the rules that were broken, and where. */
async function judge(baseDir: string): Promise<{ exitCode: number; rules: string[]; violations: string[] }> {
  const judged = await cruise(['src'], { ...structuredClone(settings), baseDir, outputType: 'err' });
  const told = await cruise(['src'], { ...structuredClone(settings), baseDir });
  const { summary } = told.output as ICruiseResult;
  return {
    exitCode: judged.exitCode,
    rules: [...new Set(summary.violations.map(({ rule }) => rule.name))].sort(),
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from}${from === to ? '' : ` → ${to}`}`),
  };
}

/** Writes `files` (path → text) into a fresh folder, cruises them, and removes the folder. */
async function cruiseTree(files: Readonly<Record<string, string>>): ReturnType<typeof judge> {
  const folder = mkdtempSync(join(tmpdir(), 'rooms-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await judge(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the rooms (specs/architecture.md §1)', function () {
  this.timeout(120_000);

  it('REQ-HOUSE-01: the sources break no rule', async () => {
    assert.deepEqual(await judge(root), { exitCode: 0, rules: [], violations: [] });
  });

  it('REQ-HOUSE-02: a small house that keeps the rules passes', async () => {
    assert.deepEqual(await cruiseTree(cleanTree), { exitCode: 0, rules: [], violations: [] });
  });

  for (const { title, rules, files } of plantedViolations) {
    it(`REQ-HOUSE-02: refuses ${title}`, async () => {
      const found = await cruiseTree({ ...cleanTree, ...files });
      assert.notEqual(found.exitCode, 0);
      assert.deepEqual(found.rules, [...rules].sort());
    });
  }
});
