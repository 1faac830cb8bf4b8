/**
 * Requirements that a task is held to, and the tests that its plan names for them.
 * Owns: their shape, and when a report has a test that was named. Refuses: to join them: see trace.ts.
 */
import * as z from 'zod';

/**
 * A requirement of the specifications that the task works under, as they are when it starts. `held`: the task has to fulfil it (the request
 * names it or its file); the others count once the plan names them.
 */
export const requirementSchema = z.object({ id: z.string(), text: z.string(), file: z.string(), line: z.number().int(), held: z.boolean() });
export type TaskRequirement = z.infer<typeof requirementSchema>;

/** `missing`: the plan names it, and no report does. */
export const declaredTestSchema = z.object({ test: z.string(), state: z.enum(['passed', 'failed', 'skipped', 'missing']) });
export type DeclaredTest = z.infer<typeof declaredTestSchema>;

/** Of a requirement: the first tests whose names say its id. `passed`: one at least did, and none failed. */
export const namingTestsSchema = z.object({ requirement: z.string(), tests: z.array(z.string()), state: z.enum(['passed', 'failed', 'skipped', 'missing']) });
export type NamingTests = z.infer<typeof namingTestsSchema>;

/** Ids of the tests that a report has. */
export interface ReportedTests { readonly passed: readonly string[]; readonly failed: readonly string[]; readonly skipped: readonly string[] }

const wordsOf = (text: string): string => ` ${text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;

/** A requirement's id in the name of a test stands before its title or behind it, as people like. */
const idInName = /\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-\d+[a-z]?\b/g;
const partsOf = (name: string): readonly string[] => [...name.match(idInName) ?? [], ...name.replaceAll(idInName, ' › ').split(/ [›>] |::|: /)].map(wordsOf).filter((part) => part.trim() !== '');

/** Command lines by which tests are run; "make sure that …" and "node without parent" are titles. */
const commandLine = /^(?:(?:npm|pnpm|yarn|bun|deno) (?:run |exec )?[\w:-]*test\b|npx \S|node (?:--test|\S+\.[cm]?[jt]s\b)|(?:uv run|poetry run|python3?) \S*(?:-m|pytest|\.py)\b|pytest(?:$| [-./\w]+$)|tox(?:$| -)|go (?:test|vet) |cargo (?:test|nextest)\b|(?:make|just) [\w:-]*(?:test|check)[\w:-]*$|\.\/[\w/.-]+\.sh\b)/;

/** Whether a plan says how tests are run (`npm test`, `node --test test/a.js`) where it is to name one: that is the gates' to say, and shows nothing. */
export function isCommandLine(test: string): boolean {
  return commandLine.test(test.trim());
}

/** Whether a name that a plan has is this very test's: all of its title, with or without the titles around it, its file and the ids of requirements. Words of it are not enough: what is asked for here is excused. */
export function isNamed(names: readonly string[], test: string): boolean {
  const bare = (text: string): string => wordsOf(text.replaceAll(idInName, ' ')).trim();
  const parts = test.split(' › ');
  const own = new Set(parts.map((_part, from) => bare(parts.slice(from).join(' '))));
  return names.some((name) => bare(name) !== '' && own.has(bare(name)));
}

/** What reports say of the tests that a plan names: by the test's whole id, or by the words of it that the plan says, title by title. The worst of several counts. */
export function declaredTests(names: readonly string[], report: ReportedTests): readonly DeclaredTest[] {
  const ran = (['failed', 'skipped', 'passed'] as const).map((state) => ({ state, tests: report[state].map(wordsOf) }));
  return [...new Set(names)].map((test) => {
    const wanted = partsOf(test);
    return { test, state: wanted.length === 0 ? 'missing' : ran.find(({ tests }) => tests.some((one) => wanted.every((part) => one.includes(part))))?.state ?? 'missing' };
  });
}

const testsShown = 5;

/** Which tests say the ids of requirements in their names. Of an id that is numbered anew in every file (`csv/FR-002`) the number is enough. */
export function namingTests(requirements: readonly string[], report: ReportedTests): readonly NamingTests[] {
  const ran = (['failed', 'passed', 'skipped'] as const).flatMap((state) => report[state].map((test) => ({ state, test, words: wordsOf(test) })));
  return [...new Set(requirements)].map((requirement) => {
    const forms = formsOf(requirement).map(wordsOf).filter((form) => form.trim() !== '');
    const found = ran.filter(({ words }) => forms.some((form) => words.includes(form)));
    return { requirement, tests: found.slice(0, testsShown).map(({ test }) => test), state: found[0]?.state ?? 'missing' };
  });
}

/** How a test, or a request, may call a requirement. */
export function formsOf(requirement: string): readonly string[] {
  const label = requirement.slice(requirement.lastIndexOf('/') + 1);
  return label !== requirement && /^[A-Z]+-\d/.test(label) ? [requirement, label] : [requirement];
}
