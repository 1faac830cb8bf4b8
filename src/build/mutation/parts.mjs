// @ts-check
/**
 * What `npm run test:mutation` mutates, in parts, and which specs have to notice.
 * Owns: the parts, the least score. Refuses: specs that kill or time whole processes: they would take days.
 */
import { globSync } from 'node:fs';
import { root } from '../node.mjs';

/** Least share of mutants (per cent) that tests notice. */
export const least = 85;

const verdictCode = ['verdict', 'verdictBeside', 'redGreen', 'testState', 'integrity', 'gate', 'landable', 'risk', 'queue', 'accept', 'decide', 'evolve*'].map((name) => `src/core/${name}.ts`);

/** Part → patterns of its sources (`but`: not these), and of the specs that run against each mutant. @type {Readonly<Record<string, { sources: string[], but?: string[], specs: string[] }>>} */
export const parts = {
  verdict: { sources: verdictCode, specs: ['test/core/**/*.spec.ts'] },
  core: { sources: ['src/core/*.ts'], but: verdictCode, specs: ['test/core/**/*.spec.ts', 'test/workflows/**/*.spec.ts'] },
  journal: { sources: ['src/journal/*.ts'], specs: ['test/contract/journal.spec.ts', 'test/journal/{codec,ownLine,unchangedBy}.spec.ts', 'test/journal/{attemptLogFile,journalFile,journalFolder,lock,reserve}.int.spec.ts'] },
  git: { sources: ['src/git/*.ts'], specs: ['test/git/!(cycle|killed).int.spec.ts', 'test/git/!(*.int).spec.ts'] },
};

/**
 * The sources of a part.
 * @param {string} part
 * @returns {string[]} relative to the repository
 */
export function sourcesOf(part) {
  const { sources, but = [] } = /** @type {(typeof parts)[string]} */ (parts[part]);
  const left = new Set(globSync(but, { cwd: root }));
  return globSync(sources, { cwd: root }).filter((file) => !left.has(file)).sort();
}
