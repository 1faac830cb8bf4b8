/**
 * What clients and the engine process say to one another over the door (JSON-RPC). Declared once, parsed on both sides.
 * Owns: names, shapes and the protocol's version. Refuses: any request before `hello` proved the token.
 */
import * as z from 'zod';
import { checkpointKinds, commentSchema } from '../core/event.ts';
import { executableContentSchema } from '../core/gate.ts';
import { budgetSchema } from '../core/usage.ts';
import { inputSchema, valueSchema } from '../core/workflow.ts';
import { runSummarySchema, runViewSchema } from './runView.ts';
import { triggerActs, triggerViewSchema } from './triggerView.ts';
import { specLookSchema, specQuestionSchema } from './specLook.ts';

/** Equal: shared. Different: see architecture §2, an older idle engine steps down. */
export const protocolVersion = 3;

/** `<common>/treeline/engine.json` (0600): how a client finds the engine of a repository. */
export const engineFileSchema = z.object({ socket: z.string(), token: z.string(), pid: z.number().int(), epoch: z.number().int(), protocol: z.number().int(), version: z.string() });
export type EngineFile = z.infer<typeof engineFileSchema>;

/** Credentials of the client's environment or SecretStorage: bound to a run, in memory only, never written. */
export const keysSchema = z.record(z.string(), z.string());
export type Keys = z.infer<typeof keysSchema>;
export const keyNames = ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'] as const;

/** The task that a new one starts after, or is stacked on, by a name that the engine finds it by. */
const upstreamSchema = z.object({ task: z.string(), how: z.enum(['after', 'on']) });

export const launchSchema = z.object({
  request: z.string(), workflow: z.string().nullable(), base: z.string().nullable(), specs: z.array(z.string()),
  /** Role → chain of specs; a role that is missing takes the implementer's; empty: what the keys allow. */
  agents: z.record(z.string(), z.array(z.string())),
  budget: budgetSchema, yes: z.array(z.enum(checkpointKinds)), sandbox: z.enum(['required', 'prefer', 'off']).nullable(),
  /** Hash of the executable content that the person has just trusted, or null. And that of the workflow's. */
  trust: z.string().nullable(), workflowTrust: z.string().nullable().optional(),
  /** What the workflow asks for, of the declared types. */
  inputs: z.record(z.string(), valueSchema).optional(), keys: keysSchema, by: z.string(),
  /** Stacked: `base` is not looked at, the other task's branch is where it starts. */
  upstream: upstreamSchema.nullable().optional(),
});
export type Launch = z.infer<typeof launchSchema>;

/** A workflow before it starts: what it asks for, and what of it a person has to approve. `hash` null: it is built in. */
const workflowLookSchema = z.object({
  id: z.string(), name: z.string(), inputs: z.record(z.string(), inputSchema), hash: z.string().nullable(), trusted: z.boolean(),
  /** An earlier content of it was approved. `shown`: unified difference against that, else all of it; empty when trusted. */
  changed: z.boolean(), shown: z.string(),
});

const waiver = z.object({ gate: z.string(), reason: z.string() });
export const actSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('approve'), checkpoint: z.string().nullable(), commit: z.string().nullable(), waivers: z.array(waiver), ticks: z.array(z.string()), by: z.string() }),
  z.object({ kind: z.literal('request-changes'), checkpoint: z.string().nullable(), comments: z.array(commentSchema), by: z.string() }),
  z.object({ kind: z.literal('edit'), checkpoint: z.string().nullable(), text: z.string(), by: z.string() }),
  z.object({ kind: z.literal('reject'), checkpoint: z.string().nullable(), reason: z.string(), by: z.string() }),
  z.object({ kind: z.literal('retry'), at: z.string().nullable(), budget: budgetSchema.nullable(), by: z.string() }),
  z.object({ kind: z.literal('cancel'), by: z.string() }),
]);
export type Act = z.infer<typeof actSchema>;

const changedFileSchema = z.object({ path: z.string(), previous: z.string().nullable(), status: z.enum(['added', 'modified', 'deleted', 'renamed']), added: z.number().nullable(), removed: z.number().nullable(), marks: z.array(z.string()) });

/** Requests: client → engine. `params` and `result` are parsed where they arrive. */
export const requests = {
  hello: { params: z.object({ token: z.string(), protocol: z.number().int(), client: z.string(), version: z.string() }), result: z.object({ version: z.string(), protocol: z.number().int(), epoch: z.number().int(), pid: z.number().int(), sandbox: z.string(), busy: z.boolean(), /** Names of variables that the user's tool servers need: a client hands over those that it has, with a launch or a retry. */ variables: z.array(z.string()).optional() }) },
  /** What a launch would execute here, before anyone trusts it: gates and set-up of `base`, workflows and branches to choose from. */
  inspect: { params: z.object({ base: z.string().nullable(), /** Looked at when it is there; null: the one that the settings name. */ workflow: z.string().nullable().optional(), /** As in a launch: refused here already where it cannot be. */ upstream: upstreamSchema.nullable().optional() }), result: z.object({ base: z.object({ ref: z.string(), commit: z.string(), target: z.string() }), dirty: z.array(z.string()), content: executableContentSchema, trusted: z.boolean(), workflows: z.array(z.object({ name: z.string(), id: z.string(), description: z.string() })), /** Id of the one that a launch which names none takes; null: the settings name one that cannot be used here. */ defaultWorkflow: z.string().nullable().default(null), sample: z.boolean(), specs: z.array(z.string()), workflow: workflowLookSchema.nullable().optional() }) },
  /** What a task for `request` would work under: asked before a launch, as often as the request changes. */
  specs: { params: specQuestionSchema, result: specLookSchema },
  launch: { params: launchSchema, result: z.object({ task: z.string() }) },
  list: { params: z.object({}), result: z.array(runSummarySchema) },
  show: { params: z.object({ task: z.string() }), result: runViewSchema },
  /** Resolves when what follows the end of a run is done too (worktrees and branches are gone); at once for a run that goes on. */
  settle: { params: z.object({ task: z.string() }), result: runViewSchema },
  /** Whether a landing that waits for the person's checkout would come to an end now: they may have cleared it a moment ago. False for all other runs. */
  landsNow: { params: z.object({ task: z.string() }), result: z.boolean() },
  act: { params: z.object({ task: z.string(), act: actSchema, keys: keysSchema }), result: z.object({ ok: z.literal(true), view: runViewSchema }) },
  /** What an open checkpoint is about, as text that a person may change: a document, or the plan as YAML. Saved with the act `edit`. `checkpoint`: its id or its step; null: the only one that is open. */
  editable: { params: z.object({ task: z.string(), checkpoint: z.string().nullable() }), result: z.object({ checkpoint: z.string(), step: z.string(), kind: z.enum(['plan', 'document']), name: z.string(), text: z.string() }) },
  /** What would keep `text` from being taken there, each with its line (from 1): asked while somebody writes. Empty: nothing. */
  mistakes: { params: z.object({ task: z.string(), checkpoint: z.string().nullable(), text: z.string() }), result: z.array(z.object({ line: z.number().int().min(1), message: z.string() })) },
  /** Every change of a run from now on, and its view at once. `task` null: all runs. */
  subscribe: { params: z.object({ task: z.string().nullable() }), result: z.object({ runs: z.array(runViewSchema) }) },
  offerKeys: { params: z.object({ task: z.string(), keys: keysSchema }), result: z.object({}) },
  /** Cleaned text of one command's log (`<unit>#<n>`, `…:gate`), or of the newest of a step. */
  log: { params: z.object({ task: z.string(), step: z.string().nullable() }), result: z.object({ text: z.string(), logs: z.array(z.string()) }) },
  changes: { params: z.object({ from: z.string(), to: z.string() }), result: z.array(changedFileSchema) },
  /** Content of a file at a commit, base64; null: not there. */
  readFile: { params: z.object({ commit: z.string(), path: z.string() }), result: z.string().nullable() },
  /** What workflows of the checkout's branch offer to start by themselves, and what is armed. */
  triggers: { params: z.object({}), result: z.array(triggerViewSchema) },
  /** A person's word about one trigger; `keys` of whoever arms or resumes it are used for its tasks while the engine lives. */
  actOnTrigger: { params: z.object({ id: z.string(), act: z.enum(triggerActs), by: z.string(), keys: keysSchema, /** As with a launch. */ trust: z.string().nullable(), workflowTrust: z.string().nullable().optional() }), result: z.array(triggerViewSchema) },
  /** Steps down when nothing runs; `false`: busy. */
  stepDown: { params: z.object({}), result: z.boolean() },
} as const;
export type RequestName = keyof typeof requests;
export type Params<Name extends RequestName> = z.infer<(typeof requests)[Name]['params']>;
export type Answer<Name extends RequestName> = z.infer<(typeof requests)[Name]['result']>;

/** Notifications: engine → client. */
export const notifications = {
  runChanged: z.object({ view: runViewSchema }),
  /** One journal event of a subscribed run, as recorded. */
  event: z.object({ task: z.string(), seq: z.number().int(), epoch: z.number().int(), at: z.number(), event: z.unknown() }),
  /** A live part of an agent's or a gate's log: not journaled. */
  progress: z.object({ task: z.string(), key: z.string(), text: z.string() }),
} as const;

/** Errors on the door carry this as data; faces show message and next. */
export const errorSchema = z.object({ code: z.string(), message: z.string(), next: z.string(), exit: z.number().int() });
export type DoorErrorData = z.infer<typeof errorSchema>;
