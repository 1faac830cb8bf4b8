/**
 * Addresses of what a person edits at a checkpoint, and what of it is on this machine only. Pure.
 * Owns: the scheme, and the shape of what was not sent. Refuses: to name a version: the step is named, and whichever of its checkpoints is open.
 */
import * as z from 'zod';
import type { CheckpointView, RunView } from '../../protocol/runView.ts';
import { plain } from '../plain.ts';
import { isOver } from '../rows/stateWords.ts';
import type { Address } from './revision.ts';

/** Also in package.json: `onFileSystem:treeline-edit`, and in the conditions of menus. */
export const editScheme = 'treeline-edit';

const editedSchema = z.object({ task: z.string().min(1), step: z.string().min(1) });
export type Edited = z.infer<typeof editedSchema>;

export const isEditable = (checkpoint: CheckpointView): boolean => checkpoint.state === 'open' && (checkpoint.kind === 'plan' || (checkpoint.kind === 'document' && checkpoint.subject !== null));

/** The task's title stands above the name, where editors show folders. */
export function editAddress(view: Pick<RunView, 'task' | 'title'>, checkpoint: Pick<CheckpointView, 'step' | 'kind' | 'subject'>): Address {
  const name = checkpoint.kind === 'plan' ? 'plan.yaml' : checkpoint.subject ?? 'document.md';
  return { scheme: editScheme, path: `/${plain(view.title, 60).replaceAll('/', ' ') || view.task}/${name}`, query: new URLSearchParams({ task: view.task, step: checkpoint.step }).toString() };
}

/** Null for whatever we did not write. */
export function editedOf(address: Address): Edited | null {
  if (address.scheme !== editScheme) return null;
  return editedSchema.safeParse(Object.fromEntries(new URLSearchParams(address.query))).data ?? null;
}

export const nameOf = (address: Address): string => address.path.split('/').at(-1) ?? '';

const unsentSchema = z.object({ task: z.string(), step: z.string(), /** The one that it was written for. */ checkpoint: z.string(), text: z.string(), /** ms since 1970. */ at: z.number() });
/** A text that was saved and has not reached the engine: kept over a reload. */
export type Unsent = z.infer<typeof unsentSchema>;

/** What was stored, without what cannot be read any more. */
export function readUnsent(stored: unknown): readonly Unsent[] {
  return (z.array(z.unknown()).safeParse(stored).data ?? []).flatMap((item) => unsentSchema.safeParse(item).data ?? []);
}

export const unsentAt = (all: readonly Unsent[], { task, step }: Edited): Unsent | undefined => all.find((one) => one.task === task && one.step === step);

export function withUnsent(all: readonly Unsent[], { task, step }: Edited, now: Unsent | null): readonly Unsent[] {
  return [...all.filter((one) => one.task !== task || one.step !== step), ...(now ? [now] : [])];
}

export function openAt(view: Pick<RunView, 'state' | 'checkpoints'> | undefined, step: string): CheckpointView | undefined {
  return view && !isOver(view.state) ? view.checkpoints.find((checkpoint) => checkpoint.step === step && checkpoint.state === 'open') : undefined;
}

/** There is nothing to edit any more at the step: it was decided, or the task has ended. */
export function isSettled(view: Pick<RunView, 'state' | 'checkpoints'>, step: string): boolean {
  const last = view.checkpoints.findLast((checkpoint) => checkpoint.step === step)?.state;
  return isOver(view.state) || last === 'approved' || last === 'rejected';
}
