/**
 * What a repository without a project file would have run: its gates, from the files that each language has at the top.
 * Owns: the table of languages. Refuses: to guess: nothing recognised is nothing to run, and that is `not-verified`.
 */
import * as z from 'zod';
import type { GateDefinition } from '../core/gate.ts';
import { parseMakefile } from './makefile.ts';
import type { Runner } from './runner.ts';

const packageSchema = z.looseObject({
  scripts: z.record(z.string(), z.unknown()).optional(),
  dependencies: z.record(z.string(), z.unknown()).optional(),
  devDependencies: z.record(z.string(), z.unknown()).optional(),
  optionalDependencies: z.record(z.string(), z.unknown()).optional(),
  workspaces: z.unknown().optional(),
});
export type PackageFile = z.infer<typeof packageSchema>;

/** package.json's text, or null where it is none. */
export function parsePackageFile(text: string | null): PackageFile | null {
  if (text === null) return null;
  try {
    return packageSchema.safeParse(JSON.parse(text.replace(/^\ufeff/, ''))).data ?? null;
  } catch {
    return null;
  }
}

/** The script npm itself writes into a new package: no test. */
const placeholder = /^echo ["']?Error: no test specified["']? && exit 1$/;

/** A tree of a commit, read as text. */
interface Tree { readonly files: ReadonlySet<string>; read(path: string): Promise<string | null> }

export interface DetectedGate { readonly id: string; readonly run: string; readonly from: GateDefinition['from'] }

/** `npm test` where there is a test script. */
function detectGate(manifest: PackageFile | null): DetectedGate | null {
  const script = manifest?.scripts?.['test'];
  if (typeof script !== 'string' || script.trim() === '' || placeholder.test(script.trim())) return null;
  return { id: 'unit', run: 'npm test', from: 'package.json' };
}

/** One gate for each language with tests at the top; what `npm test` runs already is not run twice. make's target counts where there is no other. */
export async function detectGates(manifest: PackageFile | null, tree: Tree, runnersOf: (command: string) => Promise<ReadonlySet<Runner>>): Promise<readonly DetectedGate[]> {
  const script = detectGate(manifest);
  const known = script === null ? new Set<Runner>() : await runnersOf(script.run);
  const gates = script === null ? [] : [script];
  if (!known.has('pytest') && await hasPytest(tree)) gates.push({ id: 'pytest', run: 'python3 -m pytest', from: 'python' });
  if (!known.has('go-test') && tree.files.has('go.mod')) gates.push({ id: 'go-test', run: 'go test ./...', from: 'go.mod' });
  if (!known.has('cargo-test') && !known.has('nextest') && tree.files.has('Cargo.toml')) {
    const workspace = /^\s*\[workspace\b/m.test(await tree.read('Cargo.toml') ?? '') ? ' --workspace' : '';
    // Without it cargo leaves out what comes after the first target that fails, and old reds would hide new ones.
    gates.push({ id: 'cargo-test', run: `cargo test${workspace} --no-fail-fast`, from: 'Cargo.toml' });
  }
  const target = gates.length > 0 ? null : await makeTarget(tree);
  return target === null ? gates : [{ id: 'unit', run: `make ${target}`, from: 'Makefile' }];
}

/** pytest's own settings, or files that it would find. */
export async function hasPytest(tree: Tree): Promise<boolean> {
  if (tree.files.has('pytest.ini')) return true;
  const settings: readonly (readonly [string, RegExp])[] = [['pyproject.toml', /^\s*\[tool\.pytest\b/m], ['setup.cfg', /^\[tool:pytest\]/m], ['tox.ini', /^\[pytest\]/m]];
  for (const [file, section] of settings) if (tree.files.has(file) && section.test(await tree.read(file) ?? '')) return true;
  return [...tree.files].some((file) => /^(tests?\/(.+\/)?)?(test_[^/]*|[^/]*_test)\.py$/.test(file));
}

async function makeTarget(tree: Tree): Promise<string | null> {
  const file = ['GNUmakefile', 'makefile', 'Makefile'].find((name) => tree.files.has(name));
  if (file === undefined) return null;
  const { rules } = parseMakefile(await tree.read(file) ?? '');
  return ['test', 'tests', 'check'].find((target) => (rules.get(target)?.recipe.length ?? 0) + (rules.get(target)?.needs.length ?? 0) > 0) ?? null;
}
