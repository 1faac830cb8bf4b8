/**
 * What findings and coverage of a run come to, seen from the base: the facts for the table, and what a person is shown.
 * Owns: that. Refuses: verdicts (core/verdict.ts), and to run anything.
 */
import type { GateDefinition, GateResult } from '../core/gate.ts';
import type { GateFacts } from '../core/verdict.ts';
import type { ChangedFile } from '../ports/archive.ts';
import type { TreeText } from './definition.ts';
import { changedCoverage } from './findings/changedCoverage.ts';
import type { ChangedLines } from './findings/changedLines.ts';
import type { Finding } from './findings/finding.ts';
import { compareFindings } from './findings/newFindings.ts';
import type { GateRun } from './gateRun.ts';

export interface StaticFacts {
  readonly facts: Pick<GateFacts, 'findings' | 'coverage'>;
  readonly result: Pick<GateResult, 'findings' | 'coverage'>;
  readonly failures: GateResult['failures'];
}

export interface Sides {
  readonly head: { readonly text: TreeText }; readonly base: { readonly text: TreeText };
  readonly changes: readonly ChangedFile[];
  /** Null: the change is too large to be looked at line by line. */
  readonly changedLines: () => Promise<ChangedLines | null>;
}

/** @param base null: nothing is known of it, so all that is found counts as new */
export async function staticFacts(gate: GateDefinition, run: GateRun, base: GateRun | null, sides: Sides): Promise<StaticFacts> {
  const [found, covered] = [await ofFindings(gate, run, base, sides), await ofCoverage(gate, run, sides)];
  return { facts: { ...found.facts, ...covered.facts }, result: { ...found.result, ...covered.result }, failures: [...found.failures, ...covered.failures] };
}

const nothing: StaticFacts = { facts: {}, result: {}, failures: [] };

async function ofFindings(gate: GateDefinition, run: GateRun, base: GateRun | null, sides: Sides): Promise<StaticFacts> {
  if (gate.findings === undefined) return nothing;
  if (!run.findings) return { ...nothing, facts: { findings: null } };
  const renames = new Map(sides.changes.flatMap((change) => (change.previous === null ? [] : [[change.path, change.previous] as const])));
  const { fresh, known, fixed } = await compareFindings(
    { findings: base?.findings ?? [], lines: linesIn(sides.base.text) }, { findings: run.findings, lines: linesIn(sides.head.text) }, renames,
  );
  const ofSeverity = (severity: Finding['severity']): readonly Finding[] => fresh.filter((finding) => finding.severity === severity);
  const [errors, warnings] = [ofSeverity('error'), ofSeverity('warning')];
  return {
    facts: { findings: { newErrors: errors.length, newWarnings: warnings.length, known: known.length } },
    result: { findings: { new: errors.length + warnings.length, known: known.length, fixed } },
    failures: [...errors, ...warnings].map((finding) => ({ test: [finding.rule, finding.file].filter((part) => part !== '').join(' in '), message: finding.message, file: finding.file === '' ? null : finding.file, line: finding.line })),
  };
}

async function ofCoverage(gate: GateDefinition, run: GateRun, sides: Sides): Promise<StaticFacts> {
  if (gate.coverage === undefined) return nothing;
  const changed = run.coverage ? await sides.changedLines() : null;
  if (!run.coverage || changed === null) return { ...nothing, facts: { coverage: null } };
  const { lines, ran, missed } = await changedCoverage(changed, run.coverage, linesIn(sides.head.text));
  const facts = { lines, ran, minimum: gate.coverage.changed };
  const short = ran * 100 < facts.minimum * lines;
  return {
    facts: { coverage: facts }, result: { coverage: facts },
    failures: short ? missed.map((file) => ({ test: 'changed lines that no test runs', message: `${file.lines.length} of the changed lines: ${listed(file.lines)}`, file: file.file, line: file.lines[0] ?? null })) : [],
  };
}

function linesIn(tree: TreeText): (file: string) => Promise<readonly string[] | null> {
  return async (file) => (await tree.read(file))?.split(/\r?\n/) ?? null;
}

function listed(lines: readonly number[]): string {
  return `${lines.slice(0, 20).join(', ')}${lines.length > 20 ? ', …' : ''}`;
}
