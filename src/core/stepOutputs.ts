/**
 * What a step that has ended hands over by name. Owns: the outputs that each kind of step has without declaring them, and how those of a
 * fan-out come together. Refuses: to judge what was handed over: an attempt with a wrong output has failed.
 */
import type { Evidence } from './gate.ts';
import type { Outcome } from './outcome.ts';
import { reviewVerdict } from './plan.ts';
import type { Unit } from './state.ts';
import type { Value, WorkStep } from './workflow.ts';

type Outputs = Readonly<Record<string, Value>>;

export function gateOutputs(evidence: Evidence): Outputs {
  const sum = (of: 'passed' | 'failed'): number => evidence.gates.reduce((total, gate) => total + gate.tests[of], 0);
  return { verdict: evidence.verdict, reason: evidence.reason, passed: sum('passed'), failed: sum('failed') };
}

/** Of a step whose units have all ended. */
export function workOutputs(step: WorkStep, units: readonly Unit[]): Outputs {
  const outcomes = units.flatMap((unit) => (unit.phase.kind === 'skipped' ? [] : unit.attempts.at(-1)?.outcome ?? []));
  const [only] = outcomes;
  if (step.forEach === undefined) return only ? { ...ownOutputs([only]), ...only.outputs } : {};
  const given = outcomes.map((outcome) => outcome.outputs ?? {});
  const lists = Object.keys(step.outputs).map((name) => [name, given.flatMap((outputs) => outputs[name] ?? [])] as const);
  return { ...ownOutputs(outcomes), count: units.length, failed: units.filter((unit) => unit.phase.kind === 'failed').length, ...Object.fromEntries(lists) };
}

function ownOutputs(outcomes: readonly Outcome[]): Outputs {
  const plans = outcomes.flatMap((outcome) => (outcome.kind === 'plan' ? [outcome.plan] : []));
  const reviews = outcomes.flatMap((outcome) => (outcome.kind === 'review' ? [outcome.review] : []));
  const trees = outcomes.flatMap((outcome) => (outcome.kind === 'tree' ? [outcome.files] : outcome.kind === 'no-changes' ? [0] : []));
  const findings = reviews.flatMap((review) => review.findings);
  return {
    ...(plans.length > 0 ? { subtasks: plans.reduce((sum, plan) => sum + plan.subtasks.length, 0) } : {}),
    ...(reviews.length > 0 ? { verdict: reviews.every((review) => reviewVerdict(review) === 'approve') ? 'approve' : 'changes', findings: findings.length, high: findings.filter((finding) => finding.severity === 'high').length } : {}),
    ...(trees.length > 0 ? { files: trees.reduce((sum, files) => sum + files, 0) } : {}),
  };
}
