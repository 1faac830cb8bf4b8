/**
 * The port `Sandbox`: confined processes by bubblewrap where it works, visibly unconfined ones where `prefer` or `off` allow that, confined files.
 * Owns the choice between them. Refuses to fall back where `required` was asked, or silently (I10).
 */
import { randomBytes } from 'node:crypto';
import { lstat, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { resolve } from 'node:path';
import type { Log } from '../ports/system.ts';
import type { Mounts, ProcessRequest, ProcessResult, Sandbox } from '../ports/sandbox.ts';
import { namespaceOf, probeBubblewrap, type Probe } from './bubblewrap.ts';
import { confinedFiles } from './confinedFiles.ts';
import { confinedEnvironment } from './environment.ts';
import { lookAtMachine, real } from './machine.ts';
import { bubblewrapArguments, isWithin, refusal, type Mount, type View } from './policy.ts';
import { runProcess, type Launch } from './runProcess.ts';
import { shellArguments, type Limits, type Streams } from './shellWrapper.ts';
import { groupOf } from './unconfined.ts';

export interface SandboxOptions {
  readonly log: Log;
  /** The user's environment; what of it a process gets is a matter of the allow-list. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where bubblewrap is; looked for on PATH otherwise. */
  readonly bwrapPath?: string;
  /** Folders and files never to be seen: the engine's own, other tasks' worktrees. What is mounted by name inside of them is seen. */
  readonly hidden: readonly string[];
  /** Begins every mark, so that the next process of the same owner finds what a killed one left running (see endOrphans). Letters and digits. */
  readonly owner?: string;
  /** Of one run; see `usualLimits`. */
  readonly limits?: Partial<Limits>;
  /** From asking a command to end to killing it, in ms; 5,000 by default. */
  readonly graceMs?: number;
}

const usualLimits: Limits = { fileBytes: 4 * 1024 ** 3, processes: 4096 };
const usualGraceMs = 5000;

/** Nothing starts before the first question or command. Keeps nothing open: there is nothing to close. */
export function createSandbox(options: SandboxOptions): Sandbox {
  let probed: Promise<Probe> | null = null;
  const probe = (): Promise<Probe> => {
    probed ??= probeBubblewrap(environmentFor(options, { network: false, environment: {} }, true, 'probe'), options.bwrapPath).then((found) => {
      options.log.info(found.kind === 'bubblewrap' ? `Commands are confined by bubblewrap: ${found.why}.` : `Commands are not sandboxed: ${found.why}.`);
      return found;
    });
    return probed;
  };
  return {
    probe: async () => {
      const { kind, why } = await probe();
      return { kind, why };
    },
    run: async (request, signal) => {
      const found = request.mode === 'off' ? null : await probe();
      const ground = await standOn(request);
      const walls = found?.kind === 'bubblewrap' ? found : null;
      const sandbox = walls !== null ? 'bubblewrap' : `none: ${found?.why ?? 'switched off in the settings'}`;
      if (typeof ground === 'string') return notStarted(ground, sandbox);
      if (walls === null && request.mode === 'required') {
        return notStarted(`A sandbox is required here, and there is none: ${found?.why ?? ''}. Or set the sandbox to "prefer", which says at every checkpoint that nothing was confined.`, sandbox);
      }
      const marker = `${options.owner === undefined ? '' : `${options.owner}.`}${randomBytes(16).toString('hex')}`;
      const environment = environmentFor(options, request, walls !== null, marker);
      const launch = walls === null ? openLaunch(request, ground, environment, marker, sandbox, options) : await walledLaunch(request, ground, environment, walls, options);
      if (typeof launch === 'string') return notStarted(launch, sandbox);
      return runProcess(launch, { ...request, graceMs: options.graceMs ?? usualGraceMs }, signal);
    },
    files: (root, withheld) => confinedFiles(root, undefined, withheld),
  };
}

function environmentFor(options: SandboxOptions, request: Pick<ProcessRequest, 'network' | 'environment'>, walls: boolean, marker: string): Record<string, string> {
  return confinedEnvironment(options.environment, { network: request.network, walls, windows: process.platform === 'win32', marker, added: request.environment });
}

/** Real root and start folder, or why there are none. */
async function standOn({ root, directory }: ProcessRequest): Promise<{ readonly root: string; readonly directory: string } | string> {
  const found = await real(root);
  if (found === null || !(await stat(found)).isDirectory()) return `${root} is not a folder. A command needs the absolute path of a worktree or scratch checkout.`;
  if (directory === undefined) return { root: found, directory: found };
  const wanted = resolve(found, isWithin(directory, root) ? `.${directory.slice(root.length)}` : directory);
  const start = await real(wanted);
  if (start === null || !(await stat(start)).isDirectory()) return `${directory} is not a folder in ${root}.`;
  if (!isWithin(start, found)) return `${directory} lies outside ${root}. Start in a folder of the root.`;
  return { root: found, directory: start };
}

function streamsOf(request: ProcessRequest): Streams {
  return request.stdoutLimit === undefined ? 'together' : 'apart';
}

function openLaunch(request: ProcessRequest, ground: { readonly directory: string }, environment: Readonly<Record<string, string>>, marker: string, sandbox: string, options: SandboxOptions): Launch {
  return {
    file: 'bash', args: shellArguments(request.command, { ...usualLimits, ...options.limits, processes: null }, streamsOf(request)),
    environment, directory: ground.directory, handOver: null, sandbox, treeOf: (child) => groupOf(child, marker),
  };
}

async function walledLaunch(
  request: ProcessRequest, ground: { readonly root: string; readonly directory: string }, environment: Readonly<Record<string, string>>,
  walls: Extract<Probe, { kind: 'bubblewrap' }>, options: SandboxOptions,
): Promise<Launch | string> {
  const mounts = await askedMounts(request.mounts);
  if (typeof mounts === 'string') return mounts;
  const gitPointer = await lstat(`${ground.root}/.git`).then((stats) => stats.isFile(), () => false);
  const view: View = { ...ground, network: request.network, mounts, gitPointer };
  const machine = await lookAtMachine(environment, options.hidden, walls.canSize);
  const refused = refusal(view, machine);
  if (refused !== null) return refused;
  const limits = { ...usualLimits, ...options.limits };
  return {
    file: walls.file, args: ['--args', '5', '--info-fd', '4', '--', 'bash', ...shellArguments(request.command, { ...limits, processes: countsPerNamespace() ? limits.processes : null }, streamsOf(request))],
    environment, directory: '/', handOver: bubblewrapArguments(view, machine).map((argument) => `${argument}\0`).join(''), sandbox: 'bubblewrap', treeOf: namespaceOf,
  };
}

/** Where each asked mount really lies. What may be read and is not there is left out; what is to be written, or to stand elsewhere, must be there. */
async function askedMounts(mounts: Mounts): Promise<readonly Mount[] | string> {
  const asked = [
    ...mounts.readable.map((path) => ({ from: path, to: path, write: false, must: false })),
    ...mounts.writable.map((path) => ({ from: path, to: path, write: true, must: true })),
    ...mounts.bind.map((mount) => ({ ...mount, must: true })),
  ];
  const found: Mount[] = [];
  for (const { from, to, write, must } of asked) {
    const at = await real(from);
    if (at === null && must) return `${from} is to be seen by the command and does not exist. It must be made before.`;
    if (at !== null) found.push({ from: at, to, write });
  }
  return found;
}

/** Since Linux 5.14 the limit of processes counts those of the namespace, before it counted all of the user's. */
function countsPerNamespace(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}

function notStarted(why: string, sandbox: string): ProcessResult {
  return { end: { kind: 'not-started', why }, output: '', bytes: 0, durationMs: 0, sandbox, leftovers: 0 };
}
