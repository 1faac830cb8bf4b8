/** Judges one commit against another with everything real but the walls: what truth tables are made of. */
import { join } from 'node:path';
import { grammarFiles } from '../../../src/app/grammarFiles.ts';
import type { Evidence } from '../../../src/core/gate.ts';
import { verify } from '../../../src/app/verify.ts';
import { parseVerifyArguments } from '../../../src/app/verifyArguments.ts';
import { createExaminers } from '../../../src/gates/createExaminers.ts';
import type { ExamineRequest, Examiners } from '../../../src/ports/examiners.ts';
import type { Sandbox } from '../../../src/ports/sandbox.ts';
import type { Log } from '../../../src/ports/system.ts';
import { createSandbox } from '../../../src/sandbox/createSandbox.ts';
import type { Judged } from '../table/row.ts';
import { memoryStore, type MemoryStore } from './memoryStore.ts';
import { smallRepository, type Files, type SmallRepository } from './smallRepository.ts';

/** Our own mocha stands for the one that a project would have installed. */
const tools = join(import.meta.dirname, '../../../node_modules');

export const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Bench {
  readonly repository: SmallRepository; readonly store: MemoryStore; readonly examiners: Examiners;
  /** Commits the base and then the change, and judges the change; with its proofs where `asking` says of what kind it is. */
  judge(base: Files, change: Files, asking?: Pick<ExamineRequest, 'kind' | 'declared'>): Promise<Evidence>;
  /** The same, where the base became something else meanwhile: what `verify` says of both together. */
  verifyMoved(base: Files, change: Files, meanwhile: Files): Promise<Judged>;
  close(): Promise<void>;
}

/** The walls of this machine, as a user whose PATH leads to the runner would have them. */
export function realSandbox(environment: Readonly<Record<string, string>> = {}): Sandbox {
  return createSandbox({ log: silent, environment: { ...process.env, ...environment, PATH: `${join(tools, '.bin')}:${process.env['PATH'] ?? ''}` }, hidden: [] });
}

/** @param options `tools`: a folder that gates see beside their checkout, where a runner is installed; `shown`: another one */
export async function bench(options: { readonly sandbox?: Sandbox; readonly loadPerCore?: () => number; readonly tools?: string; readonly gatesAtOnce?: number; readonly today?: string; readonly shown?: string; readonly places?: Parameters<typeof memoryStore>[0] } = {}): Promise<Bench> {
  const repository = await smallRepository([options.tools ?? tools, ...(options.shown === undefined ? [] : [options.shown])], silent);
  const store = memoryStore(options.places);
  const examiners = createExaminers({
    archive: repository.archive, tree: repository.tree, scratch: repository.scratch, grammars: grammarFiles(import.meta.filename), sandbox: options.sandbox ?? realSandbox(), store,
    log: silent, toolchain: process.version, loadPerCore: options.loadPerCore ?? (() => 0), today: () => options.today ?? '2026-01-01', ...(options.gatesAtOnce === undefined ? {} : { gatesAtOnce: options.gatesAtOnce }),
  });
  let last: { readonly files: Files; readonly commit: string; readonly tree: string } | null = null;
  /** The same base again is the same commit: what is known of it stays known. */
  const based = async (files: Files): Promise<{ readonly commit: string; readonly tree: string }> => {
    if (last !== null && JSON.stringify(last.files) === JSON.stringify(files)) await repository.goTo(last.commit);
    else last = { files, ...await repository.commit(files) };
    return last;
  };
  return {
    repository, store, examiners,
    async verifyMoved(baseFiles, change, meanwhile) {
      const old = await based(baseFiles);
      const head = await repository.commit(change);
      await repository.goTo(old.commit);
      const base = await repository.commit(meanwhile);
      const request = parseVerifyArguments(['--repo', repository.path, '--base', base.commit, '--head', head.commit, '--trust']);
      const together = { base, head, ...await repository.standing(base.commit, head.commit), judged: await repository.mergedOnto(base.commit, head.commit) };
      return verify(request, together, { requirements: async () => ({ by: 'change', wanted: [], all: [] }), examiners, trust: { has: async () => true, add: async () => undefined } }, () => undefined, AbortSignal.timeout(240_000));
    },
    async judge(baseFiles, change, asking = {}) {
      const base = await based(baseFiles);
      const head = await repository.commit(change);
      const content = await examiners.content(base.commit);
      return examiners.examine({ task: 'task', id: 'gate', ...head, base: base.commit, content, sandbox: 'prefer', ...asking }, () => undefined, AbortSignal.timeout(240_000));
    },
    close: () => repository.remove(),
  };
}
