/**
 * `.treeline/project.yaml`: what a repository says of its set-up, gates, protected paths, context and landing.
 * Owns: its grammar and every mistake in it, all at once, each with its line. Refuses: keys it does not know, aliases, large files.
 */
import { isMap, isPair, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import * as z from 'zod';
import { coverageFormatSchema, findingFormatSchema, reportFormatSchema } from '../core/gate.ts';
import { completenessId } from '../core/completeness.ts';
import { guardId } from '../core/integrity.ts';
import { baseTestsGateId, proofGateId } from '../core/redGreen.ts';
import { ProjectFileError } from '../ports/examiners.ts';

export const projectFilePath = '.treeline/project.yaml';
const sizeLimit = 256 * 1024;

const duration = z.string().regex(/^\d{1,5}\s*(s|m|h)$/, 'expected a duration such as 90s, 10m or 1h').transform((text) => {
  const unit = { s: 1000, m: 60_000, h: 3_600_000 }[text.slice(-1) as 's' | 'm' | 'h'];
  return Number.parseInt(text, 10) * unit;
}).refine((milliseconds) => milliseconds > 0 && milliseconds <= 86_400_000, 'expected more than 0 and at most 24h');

const command = z.string().trim().min(1, 'expected a command').max(2000, 'expected at most 2000 characters');
const relativePath = z.string().min(1, 'expected a path').max(500)
  .refine((path) => !path.startsWith('/') && !path.split(/[/\\]/).includes('..'), 'expected a path inside the repository');
const pattern = z.string().min(1, 'expected a pattern').max(200)
  .refine((text) => (text.match(/\*+/g) ?? []).length <= 8, 'expected at most 8 wildcards');

const day = z.iso.date('expected a day such as 2030-01-31');

const schema = z.strictObject({
  setup: command.nullable().optional(),
  copy: z.array(relativePath).max(100).optional(),
  gates: z.array(z.strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected a name of small letters, digits and "-", starting with a letter'),
    run: command,
    report: z.strictObject({ format: z.enum(reportFormatSchema.options, `expected one of ${reportFormatSchema.options.join(', ')}`), path: relativePath }).optional(),
    findings: z.strictObject({ format: z.enum(findingFormatSchema.options, `expected one of ${findingFormatSchema.options.join(', ')}`), path: relativePath.optional() }).optional(),
    coverage: z.strictObject({
      format: z.enum(coverageFormatSchema.options, `expected one of ${coverageFormatSchema.options.join(', ')}`), path: relativePath,
      changed: z.number().min(0, 'expected a percentage').max(100, 'expected a percentage'),
    }).optional(),
    timeout: duration.optional(),
  })).max(40).optional(),
  protect: z.array(pattern).max(200).optional(),
  context: z.strictObject({
    neverSend: z.array(pattern.refine((text) => !text.startsWith('!'), 'expected a pattern without "!": what is never sent can only be added to')).max(200).optional(),
  }).optional(),
  quarantine: z.array(z.strictObject({
    test: z.string().trim().min(1, 'expected the id of a test').max(1000), gate: z.string().max(40).optional(),
    reason: z.string().trim().min(1, 'expected a reason').max(500), since: day.optional(), until: day,
  })).max(200).optional(),
  checkpoints: z.enum(['always', 'on-risk'], 'expected always or on-risk: a repository can only tighten what its users have set').optional(),
  merge: z.strictObject({
    strategy: z.literal('squash', 'expected squash, the one strategy of this version').optional(),
    target: z.string().regex(/^(?![-/.])(?!.*(\.\.|@\{|\/\/|[\s~^:?*[\\]))[^/]+(\/[^/]+)*$/, 'expected the name of a branch').max(200).optional(),
  }).optional(),
});

const own: Readonly<Record<string, string>> = {
  [completenessId]: 'that of the question whether all is there that was promised', [guardId]: 'the integrity guard\'s own',
  [proofGateId]: 'that of the proofs of tests', [baseTestsGateId]: 'that of the proofs of tests',
};

interface Misfit { readonly path: readonly (string | number)[]; readonly message: string }

/** What does not fit together. Looked for in what is written, whether its parts are right or not: else it would be told only when they are. */
function misfitsOf(file: unknown): readonly Misfit[] {
  const gates = listOf(fieldsOf(file)['gates']), ids = gates.map((gate) => fieldsOf(gate)['id']);
  const nowhere = fieldsOf(file)['gates'] === undefined ? [] : listOf(fieldsOf(file)['quarantine']).flatMap((entry, index): readonly Misfit[] => {
    const { gate } = fieldsOf(entry);
    return typeof gate !== 'string' || ids.includes(gate) ? [] : [{ path: ['quarantine', index, 'gate'], message: `there is no gate ${gate.slice(0, 60)}` }];
  });
  return [...nowhere, ...gates.flatMap((gate, index): readonly Misfit[] => {
    const { id, findings, report } = fieldsOf(gate);
    const named = typeof id === 'string' ? id : null;
    return [
      ...(findings !== undefined && report !== undefined ? [{ path: ['gates', index], message: 'expected findings or a report of tests, not both' }] : []),
      ...(named === null || ids.indexOf(id) === index ? [] : [{ path: ['gates', index, 'id'], message: `the id ${named.slice(0, 60)} is used twice` }]),
      ...(named !== null && Object.hasOwn(own, named) ? [{ path: ['gates', index, 'id'], message: `the id ${named} is ${own[named] ?? ''}` }] : []),
    ];
  })];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {};
}

/** A project file as it was meant; what is absent is detected. */
export type ProjectFile = z.infer<typeof schema>;

interface Mistake { readonly line: number; readonly message: string }

/**
 * @param bytes the file's content at a commit
 * @throws ProjectFileError with every mistake
 */
export function parseProjectFile(bytes: Uint8Array): ProjectFile {
  const refuse = (mistakes: readonly Mistake[]): never => {
    throw new ProjectFileError(projectFilePath, [...mistakes].sort((left, right) => left.line - right.line));
  };
  if (bytes.byteLength > sizeLimit) refuse([{ line: 1, message: `the file has ${bytes.byteLength} bytes, more than ${sizeLimit}` }]);
  const lines = new LineCounter();
  const document = readYaml(bytes, lines) ?? refuse([{ line: 1, message: 'the file is nested too deeply to be read' }]);
  if (document.errors.length > 0) {
    refuse(document.errors.map((error) => ({ line: lines.linePos(error.pos[0]).line, message: error.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? error.code })));
  }
  const aliases = aliasesOf(document, lines);
  if (aliases.length > 0) refuse(aliases);
  const written: unknown = document.toJS({ maxAliasCount: 0 }) ?? {};
  const parsed = schema.safeParse(written);
  const misfits = misfitsOf(written).map(({ path, message }) => ({ line: lineOf(path, document, lines), message: `${placeOf(path)}${message}` }));
  if (parsed.success && misfits.length === 0) return parsed.data;
  return refuse([...(parsed.error?.issues ?? []).flatMap((issue) => mistakesOf(issue, document, lines)), ...misfits]);
}

function readYaml(bytes: Uint8Array, lines: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(new TextDecoder().decode(bytes), { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function aliasesOf(document: Document.Parsed, lines: LineCounter): readonly Mistake[] {
  const found: Mistake[] = [];
  visit(document, {
    Alias(_key, node) {
      found.push({ line: node.range ? lines.linePos(node.range[0]).line : 1, message: `the alias *${node.source} is not supported: write the value out` });
      return found.length < 10 ? undefined : visit.BREAK;
    },
  });
  return found;
}

function mistakesOf(issue: z.core.$ZodIssue, document: Document.Parsed, lines: LineCounter): readonly Mistake[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const where = placeOf(path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ line: lineOf([...path, key], document, lines), message: `${where}the key "${key.slice(0, 60)}" is not known here` }));
  }
  return [{ line: lineOf(path, document, lines), message: `${where}${issue.message.replace(/^Invalid input: /, '')}` }];
}

function placeOf(path: readonly (string | number)[]): string {
  return path.length === 0 ? '' : `${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('').replace(/^\./, '')}: `;
}

/** The line of a value, or of the nearest thing around it that is written in the file. A key's line is that of the key. */
function lineOf(path: readonly (string | number)[], document: Document.Parsed, lines: LineCounter): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent) ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last) : undefined;
    const node: unknown = pair?.key ?? document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) return lines.linePos(Number(node.range[0])).line;
  }
  return 1;
}
