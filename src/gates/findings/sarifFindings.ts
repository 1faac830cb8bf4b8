/**
 * Reads SARIF 2.1.0 (OASIS standard, `runs[].results[]`) and what 2.0 has in common with it.
 * Owns: which results are findings: not those that are suppressed, absent, or that say that all is well (`kind` other than `fail`). What a
 * tool notifies of as an error (a file that it cannot parse) is one, too.
 */
import * as z from 'zod';
import { documentIn } from '../reports/jsonDocument.ts';
import { findingLimit, findingOf, type Finding } from './finding.ts';

const message = z.object({ text: z.string().optional(), markdown: z.string().optional(), id: z.string().optional(), arguments: z.array(z.string()).optional() });
const rule = z.object({ id: z.string(), defaultConfiguration: z.object({ level: z.string().optional() }).optional(), messageStrings: z.record(z.string(), z.object({ text: z.string() })).optional() });
const locations = z.array(z.object({
  physicalLocation: z.object({ artifactLocation: z.object({ uri: z.string().optional() }).optional(), region: z.object({ startLine: z.number().int().optional() }).optional() }).optional(),
})).optional();
const notifications = z.array(z.object({ level: z.string().optional(), descriptor: z.object({ id: z.string().optional() }).optional(), message: message.optional(), locations })).nullish();
const schema = z.object({
  runs: z.array(z.object({
    invocations: z.array(z.object({ toolExecutionNotifications: notifications, toolConfigurationNotifications: notifications })).nullish(),
    tool: z.object({ driver: z.object({ rules: z.array(rule).optional() }).optional() }).optional(),
    results: z.array(z.object({
      ruleId: z.string().optional(), ruleIndex: z.number().int().optional(), rule: z.object({ id: z.string().optional(), index: z.number().int().optional() }).optional(),
      level: z.string().optional(), kind: z.string().optional(), baselineState: z.string().optional(), suppressions: z.array(z.unknown()).optional(), message: message.optional(), locations,
    })).nullish(),
  })),
});
type Run = z.infer<typeof schema>['runs'][number];
type Result = NonNullable<Run['results']>[number];

/** Null: no such document. */
export function readSarif(text: string, root: string): readonly Finding[] | null {
  const document = schema.safeParse(documentIn(text, '"runs"').value).data;
  if (!document) return null;
  const findings = document.runs.flatMap((run) => [...run.results ?? [], ...notified(run)].filter(isFinding).map((result) => findingFrom(result, run, root)));
  return findings.length > findingLimit ? null : findings;
}

function notified(run: Run): readonly Result[] {
  return (run.invocations ?? []).flatMap((invocation) => [...invocation.toolExecutionNotifications ?? [], ...invocation.toolConfigurationNotifications ?? []])
    .filter(({ level }) => level === 'error').map(({ descriptor, ...rest }) => ({ ruleId: descriptor?.id ?? 'tool-error', ...rest }));
}

function isFinding(result: Result): boolean {
  return (result.kind ?? 'fail') === 'fail' && result.level !== 'none' && result.baselineState !== 'absent' && (result.suppressions ?? []).length === 0;
}

function findingFrom(result: Result, run: Run, root: string): Finding {
  const rules = run.tool?.driver?.rules ?? [];
  const id = result.ruleId ?? result.rule?.id;
  const known = rules[result.ruleIndex ?? result.rule?.index ?? -1] ?? rules.find((candidate) => candidate.id === id);
  const level = result.level ?? known?.defaultConfiguration?.level ?? 'warning';
  const template = known?.messageStrings?.[result.message?.id ?? '']?.text ?? '';
  const place = result.locations?.[0]?.physicalLocation;
  return findingOf({
    file: uriPath(place?.artifactLocation?.uri ?? ''), line: place?.region?.startLine ?? null, rule: id ?? known?.id ?? '',
    message: result.message?.text ?? (template.replace(/\{(\d+)\}/g, (whole, index: string) => result.message?.arguments?.[Number(index)] ?? whole) || 'no message'),
    severity: level === 'error' ? 'error' : level === 'warning' ? 'warning' : 'note',
  }, root);
}

/** Relative URIs are percent-encoded as well. */
function uriPath(uri: string): string {
  if (uri.startsWith('file:')) return uri;
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
