// The lint rules bite: each refuses a violation planted in a small project, and the same project without it passes.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ESLint } from 'eslint';
import { houseRules } from './eslint.config.mjs';

const violations: readonly { rule: string; file: string; text: string }[] = [
  { rule: '@typescript-eslint/no-floating-promises', file: 'src/engine/a.ts', text: 'export function go(work: () => Promise<void>): void { work(); }' },
  { rule: '@typescript-eslint/switch-exhaustiveness-check', file: 'src/engine/b.ts',
    text: "export function pick(kind: 'a' | 'b'): number {\n  switch (kind) {\n    case 'a': return 1;\n  }\n  return 0;\n}" },
  { rule: '@typescript-eslint/consistent-type-imports', file: 'src/engine/c.ts', text: "import { Thing } from './thing.ts';\nexport type Other = Thing;" },
  { rule: 'max-lines', file: 'src/engine/d.ts', text: Array.from({ length: 301 }, (_, n) => `export const n${n} = ${n};`).join('\n') },
  { rule: 'no-restricted-syntax', file: 'src/engine/e.ts', text: 'export default 1;' },
  { rule: 'no-restricted-syntax', file: 'src/engine/f.ts', text: "export * from './thing.ts';" },
  { rule: 'no-restricted-syntax', file: 'src/core/g.ts', text: 'export const chance = Math.random();' },
  ...['Date.now()', 'process.pid', 'setTimeout(() => {}, 1)', 'performance.now()', 'crypto.randomUUID()'].map((text, n) =>
    ({ rule: 'no-restricted-globals', file: `src/core/h${n}.ts`, text: `export const world = ${text};` })),
];

const clean: Readonly<Record<string, string>> = {
  'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, noEmit: true, module: 'nodenext', allowImportingTsExtensions: true, types: [] }, include: ['src'] }),
  'src/engine/thing.ts': 'export interface Thing { readonly name: string }',
  'src/engine/long.ts': `${Array.from({ length: 300 }, (_, n) => `export const n${n} = ${n};`).join('\n')}\n// a comment does not count\n`,
  'src/engine/time.ts': 'export const now = Date.now();',
};

describe('the lint rules', function () {
  this.timeout(120_000);
  let folder: string;
  let found: Map<string, (string | null)[]>;

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'lint-')));
    for (const [path, text] of [...Object.entries(clean), ...violations.map(({ file, text }) => [file, text] as const)]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    // The types that the planted lines need, without installing anything.
    writeFileSync(join(folder, 'src/world.d.ts'), ['process', 'performance', 'crypto'].map((name) => `declare const ${name}: Record<string, () => number>;`).join('\n')
      + '\ndeclare function setTimeout(work: () => void, ms: number): number;');
    const eslint = new ESLint({ cwd: folder, overrideConfigFile: true, overrideConfig: houseRules(folder) });
    const results = await eslint.lintFiles(['src']);
    found = new Map(results.map(({ filePath, messages }) => [filePath.slice(folder.length + 1), messages.map(({ ruleId }) => ruleId)]));
  });

  after(() => rmSync(folder, { recursive: true }));

  it('REQ-HOUSE-03: pass what keeps them', () => {
    for (const file of Object.keys(clean).filter((path) => path.startsWith('src/'))) assert.deepEqual(found.get(file), [], file);
  });

  for (const { rule, file, text } of violations) {
    it(`REQ-HOUSE-03: ${rule} refuses ${text.slice(0, 60).replaceAll('\n', ' ')}`, () => {
      assert.ok(found.get(file)?.includes(rule), `${file}: ${String(found.get(file))}`);
    });
  }
});
