/** Who does an agent step. The engine gives a worktree, a task text and feedback; it gets an outcome, and believes none of it. */
import type { Feedback } from '../core/state.ts';
import type { Evidence } from '../core/gate.ts';
import type { Plan, Review, Subtask } from '../core/plan.ts';
import type { Failure } from '../core/outcome.ts';
import type { Spend } from '../core/usage.ts';
import type { Role } from '../core/workflow.ts';
import type { Mounts, SandboxMode } from './sandbox.ts';

export interface WorkRequest {
  readonly task: string;
  readonly unit: string;
  readonly n: number;
  readonly role: Role;
  readonly gives: 'plan' | 'tree' | 'review';
  /** Chain of agent specs: `demo`, `anthropic:MODEL`, `openai:MODEL`…; the first that can work does. */
  readonly agents: readonly string[];
  /** What the engineer asked for, word for word. */
  readonly request: string;
  readonly plan: Plan | null;
  readonly subtask: Subtask | null;
  readonly feedback: readonly Feedback[];
  /** An earlier attempt was interrupted: the worktree holds its unfinished work. */
  readonly resumed: boolean;
  /** For a review: what would land and what the gates said of it. */
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
}

export type TranscriptPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly name: string; readonly summary: string }
  | { readonly kind: 'tool-result'; readonly name: string; readonly ok: boolean; readonly text: string }
  /** All that the attempt has spent so far: replaces what was said before. */
  | { readonly kind: 'spent'; readonly spend: Spend }
  | { readonly kind: 'notice'; readonly text: string };

export type WorkEnd =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'review'; readonly review: Review }
  | { readonly kind: 'edited'; readonly summary: string }
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
