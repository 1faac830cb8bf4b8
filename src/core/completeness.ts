/**
 * Whether what would land is all that the task promised (product.md G9): each of its requirements has landed work and a test that passed, and
 * each test that a landed subtask names is in a report. Pure; part of `evolve`.
 * Owns: what is still open then, and how that stands among the gates, where a person can waive it. Refuses: to look into the change: unfinished
 * code in it is a finding of the integrity guard.
 */
import type { Evidence, GateResult } from './gate.ts';
import { formsOf, isCommandLine } from './requirement.ts';
import type { RunState } from './state.ts';
import { traceOf } from './trace.ts';
import { judge, worst } from './verdict.ts';

/** Its name among the gates: by this it is waived. No gate of a project may be called so. */
export const completenessId = 'completeness';

type Gap = GateResult['failures'][number];

/** More than a person reads at a glance: the rest is in the matrix. */
const gapsShown = 20;

/** What the task promised and `evidence` of what would land does not show: first requirements, then tests that nobody wrote or ran. */
function gapsOf(state: RunState, evidence: Evidence): readonly Gap[] {
  const known = new Set((state.accepted.requirements ?? []).map(({ id }) => id));
  const rows = traceOf(state, evidence).filter(({ requirement }) => known.has(requirement) && (state.plan !== null || formsOf(requirement).some((form) => state.request.includes(form))));
  const open = rows.filter((row) => !row.covered);
  const told = new Set(open.flatMap((row) => row.tests.map(({ test }) => test)));
  const landed = state.units.flatMap((unit) => (unit.subtask && unit.phase.kind === 'landed' ? [unit.subtask.id] : []));
  const how = new Map((evidence.declared ?? []).map(({ test, state: seen }) => [test, seen]));
  const tests = (state.plan?.subtasks ?? []).filter(({ id }) => landed.includes(id)).flatMap((subtask) => subtask.tests.filter((test) => !isCommandLine(test)).flatMap((test): readonly Gap[] => {
    const seen = how.get(test);
    if (told.has(test) || seen === 'passed' || seen === 'failed') return [];
    told.add(test);
    return [{ test, message: `subtask ${subtask.id} names this test, and ${seen === 'skipped' ? 'it was skipped' : 'no report has it'}`, file: null, line: null }];
  }));
  return [...open.map((row): Gap => ({ test: row.requirement, message: row.why, file: row.file, line: row.line })), ...tests];
}

/** Evidence of what would land, held against what the task promised. Where no gate came to an answer there is nothing to hold. */
export function withCompleteness(state: RunState, evidence: Evidence): Evidence {
  return cameToAnAnswer(evidence) ? withGaps(evidence, gapsOf(state, evidence)) : evidence;
}

const cameToAnAnswer = ({ gates, verdict }: Evidence): boolean => gates.length > 0 && (verdict === 'accepted' || verdict === 'not-verified');

/** Requirements that tests have to show: `person`: of specifications that somebody named; `change`: that the change states for the first time. `all`: of the files that have them. */
export interface StatedRequirements { readonly by: 'person' | 'change'; readonly wanted: readonly { readonly requirement: string; readonly file: string; readonly line: number | null }[]; readonly all: readonly string[] }

/**
 * Evidence of a change alone, held against requirements: a test that passed names each. Of those that the change brings that is asked only where
 * it brings code as well, and where tests name requirements at all: in many repositories none ever does.
 */
export function withStated(evidence: Evidence, { by, wanted }: StatedRequirements): Evidence {
  const named = new Map((evidence.named ?? []).map((one) => [one.requirement, one]));
  const asked = by === 'person' || ((evidence.change?.code ?? 0) > 0 && [...named.values()].some(({ state }) => state !== 'missing'));
  if (!asked || wanted.length === 0 || !cameToAnAnswer(evidence)) return evidence;
  return withGaps(evidence, wanted.flatMap(({ requirement, file, line }): readonly Gap[] => {
    const found = named.get(requirement);
    if (found?.state === 'passed') return [];
    const message = !found || found.state === 'missing' ? 'no test that ran names it' : `${found.state}: ${found.tests.map((test) => `"${test}"`).join('; ')}`;
    return [{ test: requirement, message, file, line }];
  }));
}

function withGaps(evidence: Evidence, gaps: readonly Gap[]): Evidence {
  const without = { verdict: evidence.verdict, reason: evidence.reason };
  if (gaps.length === 0) return { ...evidence, completeness: { open: 0, without } };
  const own = judge('not-verified', 'incomplete');
  const gate: GateResult = {
    id: completenessId, ...own, exit: null, tests: { passed: 0, failed: 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 }, failures: gaps.slice(0, gapsShown),
    evidence: { command: 'requirement → subtask → test', sandbox: 'not needed', dependencies: 'none', log: null, tail: gaps.length > gapsShown ? `${gaps.length - gapsShown} more` : '', durationMs: 0, cached: false },
  };
  // An approval that let other gaps pass is no approval of these.
  const id = `${evidence.id}+incomplete(${gaps.map(({ test }) => test).join(', ').slice(0, 200)})`;
  return { ...evidence, id, ...worst([without, own]), gates: [...evidence.gates, gate], completeness: { open: gaps.length, without } };
}

/** The same, as the gates found it. */
export function withoutCompleteness(evidence: Evidence): Evidence {
  const { completeness, ...rest } = evidence;
  if (completeness === undefined) return evidence;
  return { ...rest, id: evidence.id.replace(/\+incomplete\([^]*/, ''), ...completeness.without, gates: evidence.gates.filter(({ id }) => id !== completenessId) };
}
