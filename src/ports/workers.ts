/** Who does an agent step. The engine gives a worktree, a task text and feedback; it gets an outcome, and believes none of it. */
import type { Amendment } from '../core/amendment.ts';
import type { Feedback } from '../core/state.ts';
import type { Declared } from '../core/typedOutputs.ts';
import type { Evidence } from '../core/gate.ts';
import type { Plan, Review, Subtask } from '../core/plan.ts';
import type { Failure } from '../core/outcome.ts';
import type { Spend } from '../core/usage.ts';
import type { Role, Scalar, Value } from '../core/workflow.ts';
import type { Mounts, SandboxMode } from './sandbox.ts';

export interface WorkRequest {
  readonly task: string;
  readonly unit: string;
  readonly n: number;
  readonly role: Role;
  /** `document`: an artifact, `document` by name. `result`: only its outputs, and words. */
  readonly gives: 'plan' | 'tree' | 'review' | 'document' | 'result';
  readonly document: string | null;
  /** What it hands over by name, beside its work. */
  readonly outputs: Declared;
  /** What this step is told, its expressions filled in. */
  readonly prompt: string | null;
  /** Documents of earlier steps that it is given, newest version each; of its own document the earlier version, where it is to be made anew. */
  readonly artifacts: readonly { readonly name: string; readonly text: string }[];
  /** Its row of a fan-out that is none of subtasks. */
  readonly item: { readonly name: string; readonly values: Readonly<Record<string, Scalar>> } | null;
  readonly mayChangeNothing: boolean;
  /** It may propose to change the plan (`WorkReport.propose`). */
  readonly amendable: boolean;
  /** Chain of agent specs: `demo`, `anthropic:MODEL`, `openai:MODEL`…; the first that can work does. */
  readonly agents: readonly string[];
  /** What the engineer asked for, word for word. */
  readonly request: string;
  readonly plan: Plan | null;
  readonly subtask: Subtask | null;
  readonly feedback: readonly Feedback[];
  /** An earlier attempt was interrupted: the worktree holds its unfinished work. */
  readonly resumed: boolean;
  /** For a review: the change that is judged (what would land, else the work so far) and what the gates said of it. */
  readonly review: { readonly diff: string; readonly evidence: Evidence | null } | null;
  /** Byte-stable: the same for every agent of the task, so that provider caches hit. */
  readonly context: string;
  readonly root: string;
  readonly mounts: Mounts;
  /** A reviewer and a planner may not write. */
  readonly writes: boolean;
  readonly sandbox: SandboxMode;
  readonly timeoutMs: number;
}

export interface WorkReport {
  /** Transcript parts for the attempt's log: never journaled. */
  part(part: TranscriptPart): void;
  /** Asked before every model call (I16): null to go on, else why not. */
  allowance(soFar: Spend): string | null;
  /** Proposes another plan; resolves when it is on disk, or refused with every mistake. */
  propose(amendment: Amendment): Promise<Proposed>;
}

/** `taken`: the plan is changed, `subtasks` are its ids now. `waits`: a person decides, and why. */
export type Proposed =
  | { readonly kind: 'taken'; readonly subtasks: readonly string[] }
  | { readonly kind: 'waits'; readonly why: readonly string[] }
  | { readonly kind: 'refused'; readonly mistakes: readonly string[] };

export type TranscriptPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly name: string; readonly summary: string }
  | { readonly kind: 'tool-result'; readonly name: string; readonly ok: boolean; readonly text: string }
  /** All that the attempt has spent so far: replaces what was said before. */
  | { readonly kind: 'spent'; readonly spend: Spend }
  | { readonly kind: 'notice'; readonly text: string };

type Outputs = Readonly<Record<string, Value>>;

/** `outputs` are those that were asked for, of the types that were declared; none when nothing was. */
export type WorkEnd =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly outputs?: Outputs }
  | { readonly kind: 'review'; readonly review: Review; readonly outputs?: Outputs }
  | { readonly kind: 'document'; readonly text: string; readonly outputs?: Outputs }
  | { readonly kind: 'result'; readonly summary: string; readonly outputs?: Outputs }
  | { readonly kind: 'edited'; readonly summary: string; readonly outputs?: Outputs }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly message: string; /** ms since 1970 */ readonly retryAt: number | null };

export interface WorkResult extends Spend { readonly end: WorkEnd; /** Who worked, for the record: `anthropic:MODEL`, `demo/openai`. */ readonly agent: string }

/**
 * What a run may call: bound to it by the client that started or last resumed it, held in memory only, never journaled or logged.
 * `demo`: the address of the scripted server of this process; `key` keeps other processes out of it.
 */
export interface Endpoints {
  readonly anthropic?: { readonly apiKey: string; readonly baseUrl?: string };
  readonly openai?: { readonly apiKey: string; readonly baseUrl?: string };
  readonly demo?: { readonly anthropicUrl: string; readonly openaiUrl: string; readonly key: string };
  readonly compatible?: Readonly<Record<string, { readonly baseUrl: string; readonly apiKey?: string }>>;
}

export interface Workers {
  /** Who of the chain would work in this role now (keys, endpoints), for the record (`anthropic:MODEL`, `demo/openai`); null when none can (key missing). */
  choose(task: string, agents: readonly string[], role: Role): string | null;
  /** Never rejects but by the signal's reason: whatever a model or a network does is an outcome. */
  work(request: WorkRequest, report: WorkReport, signal: AbortSignal): Promise<WorkResult>;
}
