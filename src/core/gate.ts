/**
 * Gates as data: what is run, what was found, and the evidence that a verdict stands on.
 * Owns: their shape in the journal. Refuses: to run anything.
 */
import * as z from 'zod';
import { integrityFindingSchema } from './integrity.ts';
import { quarantineEntrySchema, quarantinedSchema } from './quarantine.ts';
import { baseTestsSchema, redGreenSchema } from './redGreen.ts';
import { declaredTestSchema, namingTestsSchema } from './requirement.ts';
import { countedSchema, rerunSchema } from './rerun.ts';
import { reasonSchema, verdictSchema } from './verdict.ts';

/** Report files that can be read. JUnit XML may be several files: a `*` in the file's name. */
export const reportFormatSchema = z.enum(['junit', 'tap', 'mocha-json', 'jest-json', 'vitest-json', 'go-json', 'libtest-json']);

/** Static checks: what their output or file is, and where it lies (null: what the command prints). */
export const findingFormatSchema = z.enum(['tsc', 'eslint-json', 'sarif']);
export const coverageFormatSchema = z.enum(['lcov', 'cobertura']);

/** Where a command's meaning comes from: I12 pins the command *and* what it resolves to, each with its content hash. */
export const gateDefinitionSchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  command: z.string().min(1),
  timeoutMs: z.number().int().positive(),
  report: z.object({ format: reportFormatSchema, path: z.string() }).nullable(),
  /** A static check: judged by what it finds, seen from the base, not by tests. Absent: none. */
  findings: z.object({ format: findingFormatSchema, path: z.string().nullable() }).optional(),
  /** Line coverage that the command writes, and the share of changed lines (per cent) that must have run. Absent: not judged. */
  coverage: z.object({ format: coverageFormatSchema, path: z.string(), changed: z.number() }).optional(),
  /** Known runner behind the command; `unknown` means that only its output and exit code speak. */
  runner: z.enum(['mocha', 'node-test', 'jest', 'vitest', 'pytest', 'unittest', 'go-test', 'cargo-test', 'nextest', 'tap', 'unknown']),
  /** Files and scripts that the command resolves to: name → text's sha256 (`package.json#scripts.test` for a script). */
  resolves: z.record(z.string(), z.string()),
  /** What the gate was defined in, or the file it was detected from. */
  from: z.enum(['project.yaml', 'package.json', 'python', 'go.mod', 'Cargo.toml', 'Makefile', '.zenflow/settings.json']),
});
export type GateDefinition = z.infer<typeof gateDefinitionSchema>;

/** What a repository has executed on a user's machine; trusted once by `hash`. Shown to the person before that. */
export const executableContentSchema = z.object({
  hash: z.string(),
  setup: z.string().nullable(),
  copy: z.array(z.string()),
  gates: z.array(gateDefinitionSchema),
  protect: z.array(z.string()),
  target: z.string().nullable(),
  /** Tests that a person put aside for a while. Not executed, so no part of the hash. Absent: none. */
  quarantine: z.array(quarantineEntrySchema).optional(),
  /** The least that the repository asks of the checkpoint policy. */
  policy: z.enum(['always', 'on-risk']).optional(),
});
export type ExecutableContent = z.infer<typeof executableContentSchema>;

export const testCountsSchema = z.object({
  passed: z.number().int(), failed: z.number().int(), skipped: z.number().int(),
  new: z.number().int(), removed: z.number().int(), flaky: z.number().int(), preexisting: z.number().int(),
});
export type TestCounts = z.infer<typeof testCountsSchema>;

/** A test that does not always give the same answer: how often it ran on each side, and failed; on the base, in earlier examinations too. */
export const flakeSchema = z.object({ test: z.string(), head: countedSchema, base: countedSchema });
export type Flake = z.infer<typeof flakeSchema>;

export const gateResultSchema = z.object({
  id: z.string(),
  verdict: verdictSchema,
  reason: reasonSchema,
  exit: z.number().int().nullable(),
  tests: testCountsSchema,
  /** Of a static check: how many findings are new, how many the base has as well, how many of the base's are gone. */
  findings: z.object({ new: z.number().int(), known: z.number().int(), fixed: z.number().int() }).optional(),
  /** Of the changed lines that can run: how many there are, how many ran, and the share (per cent) that must. */
  coverage: z.object({ lines: z.number().int(), ran: z.number().int(), minimum: z.number() }).optional(),
  /** Absent: none was seen. */
  flakes: z.array(flakeSchema).optional(),
  /** Tests that failed newly and were run again, in which way, and what came of it. Absent: none was. */
  reruns: z.array(rerunSchema).optional(),
  /** The first failing tests, trimmed: what an agent or a person needs to see first. */
  failures: z.array(z.object({
    test: z.string(), message: z.string(), file: z.string().nullable(), line: z.number().int().nullable(),
    /** Frames inside the repository that the message does not show. */
    stack: z.array(z.string()).optional(),
    /** It fails on the base as well. */
    known: z.literal(true).optional(),
    /** A person put it into quarantine. */
    aside: z.literal(true).optional(),
    /** Of one that fails on the base as well: the first base commit that is known to have it so. Absent: none is. */
    since: z.string().optional(),
  })),
  evidence: z.object({
    command: z.string(),
    /** `bubblewrap`, or `none: <why>`. */
    sandbox: z.string(),
    /** How dependencies came to be there: `none`, `setup: npm ci`, `copied from the checkout (same package-lock.json)`, `restored from an earlier set-up (same package-lock.json)`. */
    dependencies: z.string(),
    /** A file under `<common>/treeline`, or null where it could not be written. */
    log: z.string().nullable(),
    /** The last lines of the output, made safe to show. */
    tail: z.string(),
    durationMs: z.number(),
    cached: z.boolean(),
  }),
});
export type GateResult = z.infer<typeof gateResultSchema>;

/** All gates on one tree: what an approval binds as its evidence. */
export const evidenceSchema = z.object({
  id: z.string(),
  commit: z.string(), tree: z.string(),
  verdict: verdictSchema, reason: reasonSchema,
  gates: z.array(gateResultSchema),
  /** Of the tests that the task's plan names, what the reports say. Absent where none was named. */
  declared: z.array(declaredTestSchema).optional(),
  /** Of the task's requirements: the tests that say their ids. Absent where it has none, and in evidence of before. */
  named: z.array(namingTestsSchema).optional(),
  /** Whether all that the task promised is there: what the gates came to without this question. Absent where it was not asked. */
  completeness: z.object({ open: z.number().int(), without: z.object({ verdict: verdictSchema, reason: reasonSchema }) }).optional(),
  /** What the tree changes against its base, in figures. */
  change: z.object({
    files: z.number().int(), lines: z.number().int(), /** Files that are no documents. */ code: z.number().int(),
    /** `path: mark`, of files that are protected, links, binary and the like. */
    marks: z.array(z.string()), /** Manifests and lock files. */ dependencies: z.array(z.string()),
  }).optional(),
  /** Tests in quarantine, with what became of each. Absent: none is. */
  quarantine: z.array(quarantinedSchema).optional(),
  /** Gates that were not begun, because somebody asked to stop at the first that rejects. Absent: none. */
  notRun: z.array(z.string()).optional(),
  /** What the change does to the proof that it is judged by. Absent in evidence of before there was a guard. */
  integrity: z.array(integrityFindingSchema).optional(),
  /** Names the document with every test, where it was kept. */
  document: z.string().optional(),
  /** What the change's tests show of it, and what the base's tests say of it. Absent where nobody asked, and in evidence of before. */
  redGreen: redGreenSchema.optional(),
  baseTests: baseTestsSchema.optional(),
  /** Facts that a person must tick before an approval: `gate-definition:<gate>`, `integrity:<finding>` and the like. */
  ticks: z.array(z.object({ id: z.string(), why: z.string() })),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** A gate was ended at its time limit while the machine had more to do than it can: that says nothing about the tree. What another gate rejects stands. */
export function ranOutUnderLoad(evidence: Evidence): boolean {
  return evidence.verdict === 'error' && evidence.gates.some((gate) => gate.reason === 'overloaded');
}
