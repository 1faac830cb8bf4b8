/**
 * `treeline verify`: all gates of a change, alone, for any repository and any CI.
 * Owns: the order (resolve, read, trust, judge) and the document. Refuses: to start a gate that nobody has trusted, and to write anything but caches.
 */
import type { ExecutableContent } from '../core/gate.ts';
import type { Examiners } from '../ports/examiners.ts';
import { ProjectFileError } from '../ports/examiners.ts';
import { TreelineError } from '../client/treelineError.ts';
import type { Trust } from './trust.ts';
import type { VerifyArguments } from './verifyArguments.ts';
import type { VerifyDocument } from '../protocol/verifyDocument.ts';

export interface VerifyTools {
  /** Rejects with GitError `unknown-ref`. */
  readonly resolve: (ref: string) => Promise<{ readonly commit: string; readonly tree: string }>;
  readonly examiners: Examiners;
  readonly trust: Pick<Trust, 'has' | 'add'>;
}

/**
 * @param output what gates print, for whoever watches
 * @throws TreelineError when no gate was started; GitError of the repository
 */
export async function verify(request: VerifyArguments, tools: VerifyTools, output: (text: string) => void, signal: AbortSignal): Promise<VerifyDocument> {
  const base = await tools.resolve(request.base);
  const head = await tools.resolve(request.head);
  const whole = await contentOf(tools.examiners, base.commit, request.base);
  // Read before anything runs: a change that breaks the file is wrong use of it, whatever its gates would say.
  await contentOf(tools.examiners, head.commit, request.head);
  const content = chosen(whole, request.gate);
  if (content.gates.length > 0) await demandTrust(whole, request, tools);
  const evidence = await tools.examiners.examine(
    { task: 'verify', id: head.tree.slice(0, 12), commit: head.commit, tree: head.tree, base: base.commit, content, kind: request.kind, stopEarly: request['stop-early'], sandbox: request.sandbox }, output, signal,
  );
  return {
    schema: 'treeline/verify/1', verdict: evidence.verdict, reason: evidence.reason, base: base.commit, head: head.commit, tree: head.tree,
    kind: request.kind, gates: evidence.gates, notRun: evidence.notRun ?? [], integrity: evidence.integrity ?? [], redGreen: evidence.redGreen ?? { state: 'none', tests: [] }, baseTests: evidence.baseTests ?? { state: 'none', failing: [] }, ticks: evidence.ticks, evidence: evidence.id, notes: [],
  };
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
