/** A row of the truth table: a small repository, a change, and what is to be said of it. */
import { ok } from 'node:assert/strict';
import type { Evidence } from '../../../src/core/gate.ts';
import type { ChangeKind } from '../../../src/core/redGreen.ts';
import type { Files } from '../support/smallRepository.ts';

/** What `verify` says, and what examiners say. */
export type Judged = Pick<Evidence, 'verdict' | 'reason' | 'gates' | 'ticks' | 'integrity' | 'redGreen' | 'baseTests'>;

export interface Row {
  readonly name: string; readonly base: Files; readonly change: Files;
  /** What the base became after the change parted from it: both together are judged. */
  readonly meanwhile?: Files;
  /** Verdict and reason. */
  readonly expected: string;
  /** What is asked to be proven; nothing where neither this nor `proof` is there. */
  readonly kind?: ChangeKind;
  readonly declared?: readonly string[];
  /** The proof of the change's tests, and what became of the base's tests. */
  readonly proof?: string;
  /** Each gate with its reason. */
  readonly gates?: readonly string[];
  /** Findings of the integrity guard. */
  readonly kinds?: readonly string[];
  readonly ticks?: number;
  readonly counts?: Readonly<Partial<Evidence['gates'][number]['tests']>>;
  readonly failures?: readonly string[];
  readonly passed?: number;
  readonly more?: (judged: Judged) => void;
  /** A toolchain that may not be there. */
  readonly runner?: string;
  /** The suite is told which side it is and the how-manieth run. */
  readonly counted?: true;
}

export function first(judged: Judged): Evidence['gates'][number] {
  const [result] = judged.gates;
  ok(result);
  return result;
}
