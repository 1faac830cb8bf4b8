/**
 * `treeline verify`: all gates of a change, alone, for any repository and any CI.
 * Owns: the order (resolve, read, trust, judge) and the document. Refuses: to start a gate that nobody has trusted, and to write anything but caches.
 */
import { completenessId, withStated, type StatedRequirements } from '../core/completeness.ts';
import { ranOutUnderLoad } from '../core/gate.ts';
import type { Evidence, ExecutableContent } from '../core/gate.ts';
import { baseTestsGateId, proofGateId } from '../core/redGreen.ts';
import type { Examiners } from '../ports/examiners.ts';
import { plainText } from '../core/plainText.ts';
import { conflictVerdict, mergedVerdict } from '../core/verdictBeside.ts';
import { ProjectFileError } from '../ports/examiners.ts';
import { TreelineError } from '../client/treelineError.ts';
import type { Trust } from './trust.ts';
import type { VerifyArguments } from './verifyArguments.ts';
import type { VerifyDocument } from '../protocol/verifyDocument.ts';

interface Exactly { readonly commit: string; readonly tree: string }

/** What is to be judged. `judged`: the head, or where the base has moved on since they parted both together, as they would land. */
export interface VerifyChange {
  readonly base: Exactly; readonly head: Exactly;
  /** Null: no history in common. */
  readonly mergeBase: string | null;
  readonly moved: boolean;
  readonly since: readonly { readonly commit: string; readonly subject: string }[];
  readonly judged: ({ readonly kind: 'clean' } & Exactly) | { readonly kind: 'conflict'; readonly files: readonly string[] };
}

export interface VerifyTools {
  /** Of the tree that is judged. */
  readonly requirements: (base: string, commit: string) => Promise<StatedRequirements>;
  readonly examiners: Examiners;
  readonly trust: Pick<Trust, 'has' | 'add'>;
}

/**
 * @param output what gates print, for whoever watches
 * @throws TreelineError when no gate was started; GitError of the repository
 */
export async function verify(request: VerifyArguments, change: VerifyChange, tools: VerifyTools, output: (text: string) => void, signal: AbortSignal): Promise<VerifyDocument> {
  const { base, head, judged } = change;
  const whole = await contentOf(tools.examiners, base.commit, request.base);
  const content = chosen(whole, request.gate);
  if (judged.kind === 'conflict') return conflicting(request, change, judged.files);
  // Read before anything runs: a change that breaks the file is wrong use of it, whatever its gates would say.
  await contentOf(tools.examiners, judged.commit, request.head);
  if (content.gates.length > 0) await demandTrust(whole, request, tools);
  const stated = await tools.requirements(base.commit, judged.commit);
  const examine = (what: Exactly, on: string, gates: ExecutableContent, kind: boolean): Promise<Evidence> => tools.examiners.examine(
    { task: 'verify', id: what.tree.slice(0, 12), commit: what.commit, tree: what.tree, base: on, content: whole, gates: gates.gates.map(({ id }) => id), ...(kind ? { kind: request.kind, requirements: stated.all, baseline: true } : {}), stopEarly: request['stop-early'], sandbox: request.sandbox }, output, signal,
  );
  const first = await examine(judged, base.commit, content, true);
  // Once, as a run does: others may have been at work just then.
  const found = ranOutUnderLoad(first) ? await examine(judged, base.commit, content, true) : first;
  const evidence = request.kind === 'docs' && stated.by === 'change' ? found : withStated(found, stated);
  // Nothing is waived here: what is missing is said by the verdict, the proofs and the list of what is open.
  const gates = evidence.gates.filter((gate) => gate.id !== proofGateId && gate.id !== baseTestsGateId && gate.id !== completenessId);
  const incomplete = evidence.gates.flatMap((gate) => (gate.id === completenessId ? gate.failures.map(({ test, message, file, line }) => ({ requirement: test, why: message, file, line })) : []));
  const alone = await judgedAlone({ ...evidence, gates }, request, change, whole, tools, (gates, on) => examine(head, on, gates, false));
  return {
    ...documentHead(request, change), tree: judged.tree, ...(alone ? mergedVerdict(evidence, alone) : { verdict: evidence.verdict, reason: evidence.reason }),
    gates: alone ? gates.map((gate) => ({ ...gate, ...mergedVerdict(gate, alone) })) : gates,
    incomplete, quarantine: evidence.quarantine ?? [], notRun: evidence.notRun ?? [], integrity: evidence.integrity ?? [], redGreen: evidence.redGreen ?? { state: 'none', tests: [] }, baseTests: evidence.baseTests ?? { state: 'none', failing: [] }, ticks: evidence.ticks, evidence: evidence.id,
    notes: [...standingNotes(change)],
  };
}

function documentHead({ kind }: VerifyArguments, { base, head, mergeBase, moved, since }: VerifyChange) {
  const merged = moved ? { since: since.map(({ commit, subject }) => ({ commit, subject: plainText(subject).slice(0, 200) })), conflicts: [] } : null;
  return { schema: 'treeline/verify/1' as const, base: base.commit, head: head.commit, mergeBase, merged, kind };
}

/** Both changed the same places: there is no tree that could land, and nothing to run. */
function conflicting(request: VerifyArguments, change: VerifyChange, files: readonly string[]): VerifyDocument {
  const own = documentHead(request, change);
  return {
    ...own, ...conflictVerdict, tree: change.head.tree, merged: { since: own.merged?.since ?? [], conflicts: [...files] },
    gates: [], incomplete: [], quarantine: [], notRun: [], integrity: [], redGreen: { state: 'none', tests: [] }, baseTests: { state: 'none', failing: [] }, ticks: [], evidence: '',
    notes: [...standingNotes(change), 'Nothing was run: merge the base into the head, or rebase it, and verify that.'],
  };
}

function standingNotes({ mergeBase, moved, judged }: VerifyChange): readonly string[] {
  if (mergeBase === null) return ['Base and head share no history that is here (a shallow clone?): the head was judged as it is, against the base.'];
  if (!moved) return [];
  return [judged.kind === 'conflict' ? 'The base has moved on since they parted, and both changed the same places.' : 'The base has moved on since they parted: judged is the tree of both together, as it would land.'];
}

/** Whether what is red together is red by itself as well. Null: that does not matter here, or would run what nobody has trusted. */
async function judgedAlone(merged: Evidence, request: VerifyArguments, { mergeBase, moved }: VerifyChange, whole: ExecutableContent, tools: VerifyTools, examine: (content: ExecutableContent, on: string) => Promise<Evidence>): Promise<Evidence | null> {
  const red = merged.gates.filter(({ verdict }) => verdict === 'rejected');
  if (!moved || mergeBase === null || merged.verdict !== 'rejected' || red.length === 0) return null;
  const there = await tools.examiners.content(mergeBase).catch((error: unknown) => { if (error instanceof ProjectFileError) return null; throw error; });
  if (there === null || !(there.hash === whole.hash || request.trust || await tools.trust.has(there.hash))) return null;
  return examine({ ...whole, gates: whole.gates.filter(({ id }) => red.some((gate) => gate.id === id)) }, mergeBase);
}

async function contentOf(examiners: Examiners, commit: string, ref: string): Promise<ExecutableContent> {
  try {
    return await examiners.content(commit);
  } catch (error) {
    if (!(error instanceof ProjectFileError)) throw error;
    const lines = error.mistakes.map((mistake) => `  line ${mistake.line}: ${mistake.message}`).join('\n');
    throw new TreelineError('invalid-file', `${error.file} of ${ref} cannot be used:\n${lines}`, 'Correct these lines, commit, and try again.', { cause: error });
  }
}

function chosen(content: ExecutableContent, ids: readonly string[]): ExecutableContent {
  if (ids.length === 0) return content;
  const known = content.gates.map((gate) => gate.id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new TreelineError('invalid-request', `The base has no gate ${unknown.join(', ')}.`, known.length > 0 ? `Its gates are: ${known.join(', ')}.` : 'It has no gate at all.');
  }
  return { ...content, gates: content.gates.filter((gate) => ids.includes(gate.id)) };
}

async function demandTrust(content: ExecutableContent, request: VerifyArguments, tools: VerifyTools): Promise<void> {
  if (await tools.trust.has(content.hash)) return;
  if (!request.trust) {
    throw new TreelineError('untrusted', `This repository would run the following on your machine, and you have not said yet that it may:\n${listed(content)}`,
      'Look at them, then run the same command with --trust. You are asked again when one of them changes.');
  }
  // A state folder that cannot be written asks again next time; it must not stop a run that was allowed in words.
  await tools.trust.add(content.hash).catch(() => undefined);
}

function listed(content: ExecutableContent): string {
  const gates = content.gates.flatMap((gate) => [`  gate ${gate.id}: ${gate.command}`, ...Object.keys(gate.resolves).map((name) => `    runs ${name}`)]);
  return [...(content.setup === null ? [] : [`  set-up: ${content.setup}`]), ...gates].join('\n');
}
