/**
 * The state of a run: the fold of its events, nothing else.
 * Owns: its shape, written so that impossible mixtures cannot be said. Refuses: anything that no event carried.
 */
import type { Amendment, Losses } from './amendment.ts';
import type { Binding, CheckpointKind, Comment, PinnedSettings, TaskAccepted } from './event.ts';
import type { Evidence } from './gate.ts';
import type { Outcome } from './outcome.ts';
import type { Finding, Plan, Review, Subtask } from './plan.ts';
import type { SpecFileChange, StaleFile } from './specChange.ts';
import type { Usage } from './usage.ts';
import type { Role, Scalar, Value, WorkStep, Workflow } from './workflow.ts';

/** What the next attempt of an agent is told about the last one. */
export type Feedback =
  | { readonly kind: 'gate'; readonly evidence: Evidence; /** The step whose gate it was; else the unit's own. */ readonly from?: string }
  | { readonly kind: 'comments'; readonly comments: readonly Comment[] }
  | { readonly kind: 'findings'; readonly findings: readonly Finding[]; /** Criteria that are not met, each with why. */ readonly unmet?: readonly string[] }
  | { readonly kind: 'specs'; /** Specifications that changed since the work was done; they are told in their new text. */ readonly files: readonly StaleFile[] }
  | { readonly kind: 'conflict'; readonly files: readonly string[]; readonly onto: string; readonly previous: string };

export interface Attempt {
  readonly n: number;
  readonly agent: string;
  /** Commit that the worktree stood at when it began. */
  readonly start: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly outcome: Outcome | null;
  readonly usage: Usage;
  readonly costUsd: number | null;
  readonly estimatedUsd: number;
  readonly durationMs: number;
  /** What it worked under: the commit and the hash of the contents. Absent: not known, or nothing. */
  readonly specs?: { readonly commit: string; readonly hash: string };
  /** Of the gates on what this attempt gave, once they ran. */
  readonly evidence: Evidence | null;
}

export type WaitingFor = 'checkpoint' | 'key' | 'budget' | 'agent' | 'gate' | 'workspace' | 'clean-checkout' | 'task';

export type UnitPhase =
  | { readonly kind: 'pending' }
  | { readonly kind: 'ready'; readonly notBefore: number; readonly why: string | null }
  | { readonly kind: 'working' }
  | { readonly kind: 'integrating'; readonly commit: string }
  /** `alone`: its gate ran out of time under load, and runs once more while nothing else does. */
  | { readonly kind: 'judging'; readonly onto: string; readonly commit: string; readonly tree: string; readonly alone?: true }
  | { readonly kind: 'advancing'; readonly onto: string; readonly commit: string; readonly tree: string }
  | { readonly kind: 'landed'; readonly commit: string }
  | { readonly kind: 'given' }
  /** Judged, and not landed before a person chooses it. */
  | { readonly kind: 'candidate'; readonly onto: string; readonly commit: string; readonly tree: string }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'stuck'; readonly waitingFor: WaitingFor; readonly why: string; readonly next: string; readonly resume: UnitPhase }
  | { readonly kind: 'failed'; readonly why: string; /** Of a red gate; null: it failed in another way. */ readonly evidence: Evidence | null; readonly resume: UnitPhase };

/** The smallest thing that is worked on: an agent, run or tool step as a whole, or one row of its fan-out, or a rework of it. */
export interface Unit {
  /** `plan`, `implement/<subtask>`, `implement/rework-1`. */
  readonly id: string;
  readonly step: string;
  readonly does: WorkStep['kind'];
  /** Of an agent's work. */
  readonly role: Role | null;
  readonly gives: 'plan' | 'tree' | 'review' | 'document' | 'result';
  readonly landing: 'gated' | 'direct' | 'choice';
  /** Chain of agent specs that may still try, first is tried first; empty for a command or a tool. */
  readonly agents: readonly string[];
  readonly title: string;
  readonly subtask: Subtask | null;
  /** The row of a fan-out that is none of subtasks: `matrix` in expressions. */
  readonly item: { readonly name: string; readonly values: Readonly<Record<string, Scalar>> } | null;
  /** Ids of the units that have to land first. */
  readonly needs: readonly string[];
  readonly attempts: readonly Attempt[];
  readonly phase: UnitPhase;
  readonly feedback: readonly Feedback[];
  readonly repairs: { readonly used: number; readonly cap: number };
  /** Its last work as merged and judged: what a waiver is about. */
  readonly judged: { readonly onto: string; readonly commit: string; readonly tree: string } | null;
  /** Where the next attempt begins; null: the integration branch's tip at that moment. */
  readonly start: string | null;
  /** Attempts before this one count no more for retries: another agent took over, a person asked again, or it began anew. */
  readonly from: number;
  /** How often the work of its last attempt was laid on the branch anew, without another attempt: part of the ids of those commands. */
  readonly relaid: number;
  /** How often its work has landed in this run: done anew, it may find nothing left to change. */
  readonly landings: number;
  /** After a conflict with the target: its work is laid on `onto` and takes the place of the branch as it was at `head`. */
  readonly rebase: { readonly onto: string; readonly head: string } | null;
  /** How many of the run's changes of specifications its work knows. */
  readonly specs: number;
  /** When its work came to be ready for landing: landings go in this order. */
  readonly finishedAt: number | null;
}

export interface Candidate { readonly head: string; readonly onto: string; readonly commit: string; readonly tree: string }

export type GatePhase =
  | { readonly kind: 'making' }
  | { readonly kind: 'judging'; readonly subject: Candidate; readonly alone?: true }
  | { readonly kind: 'stuck'; readonly waitingFor: WaitingFor; readonly why: string; readonly next: string }
  | { readonly kind: 'failed'; readonly why: string };

export type LandPhase =
  | { readonly kind: 'landing' }
  | { readonly kind: 'blocked'; readonly reasons: readonly string[] }
  | { readonly kind: 'stuck'; readonly waitingFor: WaitingFor; readonly why: string; readonly next: string };

export interface StepState {
  readonly id: string;
  /** `failed`: it ended so, and `continue-on-error` (its own, or of a `use` or loop around it) lets the run go on. */
  readonly status: 'pending' | 'active' | 'done' | 'skipped' | 'failed';
  /** Why it was skipped or failed, or that there was nothing to do. */
  readonly why: string | null;
  /** How often it has begun. */
  readonly n: number;
  /** Of its loop, from 1; 0 before it began. */
  readonly round: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Of gate steps, and of checkpoints and merges that had to prove the tree themselves: where it stands. `repairsUsed`: how often work was sent back from here. */
  readonly gate: GatePhase | null;
  readonly land: LandPhase | null;
  readonly repairsUsed: number;
  /** What later steps may look at, by name. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Of its last gate run. */
  readonly evidence: Evidence | null;
  /** Of a `use`: what the steps inside see as inputs, as they were when it began. */
  readonly inputs: Readonly<Record<string, Value>> | null;
  /** Active, and nothing follows until a person retries it: its loop is used up, or it cannot begin its work. */
  readonly stopped: { readonly why: string } | null;
  /** The target moved under it: when its turn comes it is over at once, as it was. */
  readonly kept: 'done' | 'failed' | null;
}

export interface Checkpoint {
  /** `approve-plan#1`. */
  readonly id: string;
  readonly step: string;
  readonly about: CheckpointKind;
  readonly state: 'open' | 'approved' | 'changes-requested' | 'rejected' | 'void';
  readonly binding: Binding;
  readonly openedAt: number;
  readonly decidedAt: number | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly comments: readonly Comment[];
  readonly waivers: readonly { readonly gate: string; readonly reason: string }[];
  /** Findings that the person ticked with the approval. Absent: none. */
  readonly ticks?: readonly string[];
  /** Passed by the policy: what spoke against it. */
  readonly passed?: readonly string[];
  /** Name of the document, at a checkpoint about one; id of the chosen unit, at a choice that was made. */
  readonly subject: string | null;
  /** Number of the amendment that it is about. */
  readonly amendment?: number;
}

/** A change of a plan that an agent proposed (`core/amendment.ts`). */
export interface AmendmentRecord extends Losses {
  /** From 1. */
  readonly n: number;
  /** The fan-out whose subtasks it is about. */
  readonly step: string;
  /** The unit whose agent proposed it. */
  readonly by: string;
  readonly at: number;
  readonly amendment: Amendment;
  /** The plan that it changes, and the one that it leads to; while it waits, as things stand now. */
  readonly before: Plan;
  readonly plan: Plan;
  /** It needed a person: its newest checkpoint says what became of it. Else it was taken at once. */
  readonly waited: boolean;
}

/** `version` from 1; `by`: the unit that gave it, or who changed it. */
export interface PlanVersion { readonly version: number; readonly plan: Plan; readonly by: string; readonly at: number }

/** One version of a document. */
export interface ArtifactVersion { readonly text: string; /** Of the unit that gave it, or who edited it. */ readonly by: string; readonly at: number }

export type RunEnd = { readonly kind: 'merged'; readonly commit: string; readonly tree: string } | { readonly kind: 'rejected'; readonly reason: string } | { readonly kind: 'cancelled' } | { readonly kind: 'done' };

/** The task that this one depends on. `lost`: it stands failed, or ended without having landed; `released`: a person lets this one go on without it. */
export interface Upstream {
  readonly task: string;
  readonly how: 'after' | 'on';
  readonly standing: 'open' | 'landed' | 'lost' | 'released';
  /** Tip of its integration branch, and that commit's tree, as this run heard last. */
  readonly head: string; readonly tree: string;
  /** Why it is lost. */
  readonly why: string | null;
}

export interface RunState {
  readonly task: string;
  readonly request: string;
  readonly title: string;
  readonly accepted: TaskAccepted;
  readonly workflow: Workflow;
  readonly settings: PinnedSettings;
  readonly budget: TaskAccepted['budget'];
  readonly upstream: Upstream | null;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly seq: number;
  readonly steps: readonly StepState[];
  readonly units: readonly Unit[];
  readonly checkpoints: readonly Checkpoint[];
  /** The newest plan, and each by the step that gave it. */
  readonly plan: Plan | null;
  readonly plans: Readonly<Record<string, Plan>>;
  readonly planVersion: number;
  /** All of them, oldest first. */
  readonly planVersions: readonly PlanVersion[];
  /** What agents proposed to change of plans, oldest first. */
  readonly amendments: readonly AmendmentRecord[];
  readonly review: Review | null;
  /** Documents by name, oldest version first. */
  readonly artifacts: Readonly<Record<string, readonly ArtifactVersion[]>>;
  /** How the specifications changed on the target since the start, oldest first. */
  readonly specs: readonly { readonly commit: string; readonly at: number; readonly files: readonly SpecFileChange[] }[];
  /** Of the workflow, with defaults. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Tip of the task's integration branch, and its tree: the base commit until something landed. */
  readonly head: string;
  readonly headTree: string;
  /** The commit of the target that the integration branch stands on; of a stacked task, the commit of the other task's branch. */
  readonly base: string;
  /** Of a task that depends on another one: tips that were left when its work was laid on another commit, oldest first. Work may still stand on them. */
  readonly replaced: readonly string[];
  readonly candidate: Candidate | null;
  readonly candidateEvidence: Evidence | null;
  /** Of each candidate that was ever made, by its commit: the tip of the integration branch that it holds. */
  readonly heads: Readonly<Record<string, string>>;
  /** Where the work and the target could not be brought together, oldest first: each was done again, or stopped the run. */
  readonly conflicts: readonly { readonly onto: string; readonly files: readonly string[] }[];
  /** Gates waived past their repairs, for the candidate (by gate id) with the person's reason. */
  readonly waived: readonly { readonly gate: string; readonly reason: string; readonly by: string }[];
  /** What reached the target; the run ends when its other steps have ended, too. */
  readonly landed: { readonly commit: string; readonly tree: string } | null;
  /** Of the workflow, when the run has ended. */
  readonly outputs: Readonly<Record<string, Value>>;
  readonly end: RunEnd | null;
}

export function unitOf(state: RunState, id: string): Unit | undefined {
  return state.units.find((unit) => unit.id === id);
}

/** Several can be open at once: each stops only what depends on it. */
export function openCheckpoints(state: RunState): readonly Checkpoint[] {
  return state.checkpoints.filter((checkpoint) => checkpoint.state === 'open');
}

/** The last attempt, finished or not. */
export function lastAttempt(unit: Unit): Attempt | undefined {
  return unit.attempts[unit.attempts.length - 1];
}
