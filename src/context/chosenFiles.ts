/**
 * Which files of a tree make up the context. Owns: where rules and specifications are looked for, and which globs are safe to try.
 * Pure. Refuses: a glob that could take minutes: it is named instead of being tried.
 */
import { minimatch } from 'minimatch';

/** In the order in which agents read them. */
const ruleFiles = ['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md', 'ARCHITECTURE.md'];
const maxGlobLength = 300;
const maxStarsInName = 3;

export interface Chosen { readonly rules: readonly string[]; readonly specs: readonly string[]; /** Globs that were not tried, or matched nothing, with why. */ readonly remarks: readonly string[] }

/** `globs` empty: all Markdown below `specs/`. */
export function chosenFiles(files: readonly string[], globs: readonly string[]): Chosen {
  const all = new Set(files);
  const rules = ruleFiles.filter((file) => all.has(file));
  if (globs.length === 0) return { rules, specs: sorted(files.filter((file) => /^specs\/.*\.md$/i.test(file))), remarks: [] };
  const specs = new Set<string>();
  const remarks: string[] = [];
  for (const glob of globs) {
    const problem = problemOf(glob);
    const found = problem === null ? files.filter((file) => minimatch(file, glob.replace(/^\.\//, ''), { dot: true, nobrace: true, noext: true, nocomment: true, nonegate: true, platform: 'linux' })) : [];
    for (const file of found) if (!rules.includes(file)) specs.add(file);
    if (problem !== null) remarks.push(`The glob ${JSON.stringify(glob.slice(0, 100))} was not used: ${problem}.`);
    else if (found.length === 0) remarks.push(`The glob ${JSON.stringify(glob)} matches no file of the base commit.`);
  }
  return { rules, specs: sorted([...specs]), remarks };
}

/** Every star in one name multiplies the ways to match: three are plenty, ten would take for ever. */
function problemOf(glob: string): string | null {
  if (glob.length > maxGlobLength) return `it is longer than ${maxGlobLength} characters`;
  const crowded = glob.split('/').some((name) => name !== '**' && (name.match(/\*/g) ?? []).length > maxStarsInName);
  if (crowded) return `more than ${maxStarsInName} stars stand in one name`;
  return (glob.match(/\*\*/g) ?? []).length > maxStarsInName ? `it has more than ${maxStarsInName} "**"` : null;
}

/** By code units: the same everywhere, whatever the machine's language. */
function sorted(files: readonly string[]): readonly string[] {
  return files.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}
