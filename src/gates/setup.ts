/**
 * Brings a scratch checkout's dependencies in before its gate: restored from what an earlier set-up installed, copied from the user's checkout, or
 * installed by a confined step of its own. Owns: which of them, what the gate then gets to find them by, and what the evidence says of it.
 * Refuses: secrets, to let the gate itself have the network, and to keep what was installed where others left things.
 */
import { noMounts, type Mounts, type ProcessResult, type SandboxMode, type Sandbox } from '../ports/sandbox.ts';
import type { ScratchCheckout, ScratchCheckouts } from '../ports/scratch.ts';
import type { TreeText } from './definition.ts';
import { parsePackageFile } from './detect.ts';
import { detectSetup, lockFileOf } from './detectSetup.ts';
import type { GateStore, InstalledTrees } from './gateStore.ts';
import { cachesFor, moduleCache, projectVenv, quietly } from './setupCaches.ts';
import { knowsNoScripts } from './nodeInputs.ts';
import { runsOwnScripts } from './ownScripts.ts';
import { installKey, runsCodeOfTheTree, setupSteps, type InstallKey, type SetupStep } from './setupStep.ts';

const setupTimeoutMs = 20 * 60_000;

export interface SetupResult {
  readonly state: 'none' | 'done' | 'failed';
  /** For the evidence. */
  readonly words: string;
  readonly output: string;
  /** What a command needs so that it finds what was installed: mounts, variables, and shell text before it. */
  readonly gives: { readonly readable: readonly string[]; readonly environment: Readonly<Record<string, string>>; readonly before: string };
}

const givesNothing: SetupResult['gives'] = { readable: [], environment: {}, before: '' };

/**
 * The set-up for a tree: what the base's definition says. One that was only detected is detected again, so that a head with its first
 * dependency or another lock file gets the command that fits it; the command itself always comes from our own table.
 */
export async function setupFor(pinned: string | null, base: TreeText, tree: TreeText): Promise<string | null> {
  return pinned === await detectSetup(base) ? detectSetup(tree) : pinned;
}

export interface SetupRequest {
  readonly command: string | null; readonly checkout: ScratchCheckout; readonly commit: string; readonly tree: TreeText; readonly mode: SandboxMode;
}

interface Tools { readonly scratch: ScratchCheckouts; readonly sandbox: Sandbox; readonly store: GateStore }

/** Runs or replaces the set-up. A failed one is a result, not an exception. */
export async function setUp(request: SetupRequest, tools: Tools, onOutput: (chunk: Uint8Array) => void, signal: AbortSignal): Promise<SetupResult> {
  if (request.command === null) return { state: 'none', words: 'none', output: '', gives: givesNothing };
  const done: SetupResult[] = [];
  for (const step of setupSteps(request.command)) {
    const result = await new Step(step, request, tools, onOutput, signal).bringIn();
    done.push(result);
    if (result.state === 'failed') break;
  }
  const failed = done.find(({ state }) => state === 'failed');
  return {
    state: failed ? 'failed' : 'done', words: failed?.words ?? done.map(({ words }) => words).join('; '), output: done.map(({ output }) => output).join(''),
    gives: {
      readable: done.flatMap(({ gives }) => gives.readable), environment: Object.assign({}, ...done.map(({ gives }) => gives.environment)) as Record<string, string>,
      before: done.map(({ gives }) => gives.before).join(''),
    },
  };
}

/** An environment of the project's own comes first, as it would for a person who works in it. */
const inVenv: SetupResult['gives'] = { ...givesNothing, before: 'export VIRTUAL_ENV="$PWD/.venv" PATH="$PWD/.venv/bin:$PATH"\n' };

class Step {
  readonly #step: SetupStep;
  readonly #request: SetupRequest;
  readonly #tools: Tools;
  readonly #onOutput: (chunk: Uint8Array) => void;
  readonly #signal: AbortSignal;

  constructor(step: SetupStep, request: SetupRequest, tools: Tools, onOutput: (chunk: Uint8Array) => void, signal: AbortSignal) {
    this.#step = step;
    this.#request = request;
    this.#tools = tools;
    this.#onOutput = onOutput;
    this.#signal = signal;
  }

  async bringIn(): Promise<SetupResult> {
    switch (this.#step.kind) {
      case 'node': return this.#installed(givesNothing);
      case 'python': return this.#installed(inVenv);
      case 'go': case 'cargo': return this.#downloaded(this.#step.kind);
      case 'other': return this.#run({});
    }
  }

  /** A tree that is installed into the checkout. */
  async #installed(gives: SetupResult['gives']): Promise<SetupResult> {
    const { checkout, commit, tree, mode } = this.#request;
    const store = checkout.made === undefined ? null : this.#tools.store.installed;
    const walls = mode === 'off' ? 'none' : (await this.#tools.sandbox.probe()).kind;
    const kept = store === null ? null : await installKey(this.#step, commit, tree, `${store.machine} ${walls}`);
    if (store === null || kept === null) return { ...await this.#copied() ?? await this.#run({}), gives };
    const found = await this.#restored(store, kept) ?? await this.#copied()
      // Others may want the same at this moment: one installs it.
      ?? await store.inTurn(kept.key, async () => await this.#restored(store, kept) ?? await this.#runAndKeep(store, kept));
    return { ...found, gives };
  }

  async #restored(store: InstalledTrees, { key, same, ofCommit }: InstallKey): Promise<SetupResult | null> {
    for (const [one, what] of [[key, same], [ofCommit, 'commit']] as const) {
      this.#signal.throwIfAborted();
      if (one !== null && await store.restore(one, this.#request.checkout.path)) return { state: 'done', words: `restored from an earlier set-up (same ${what})`, output: '', gives: givesNothing };
    }
    return null;
  }

  /** Scripts of the project itself may make more than the copied folders. */
  async #copied(): Promise<SetupResult | null> {
    const { checkout, commit, tree } = this.#request;
    const lockFile = lockFileOf(tree.files);
    if (this.#step.kind !== 'node' || lockFile === null || runsOwnScripts(parsePackageFile(await tree.read('package.json')))) return null;
    const copied = await this.#tools.scratch.copyDependencies(checkout, commit, lockFile, 'node_modules');
    return copied === null ? null : { state: 'done', words: copied, output: '', gives: givesNothing };
  }

  async #runAndKeep(store: InstalledTrees, { key, ofCommit }: InstallKey): Promise<SetupResult> {
    const { checkout } = this.#request;
    const before = new Set(await checkout.made?.());
    const result = await this.#run({});
    if (result.state !== 'done' || checkout.made === undefined) return result;
    // What changes files of the commit cannot be had by laying others beside them.
    if ((await checkout.changed()).modified.length > 0) return result;
    const names = (await checkout.made()).filter((name) => !before.has(name));
    await store.keep(ofCommit === null || await plain(store, checkout.path, names) ? key : ofCommit, checkout.path, names);
    return result;
  }

  /** Modules that lie outside the checkout, by name and version: those of the user's own cache where it has them all, else those of ours. */
  async #downloaded(kind: 'go' | 'cargo'): Promise<SetupResult> {
    const there = await this.#process({ network: false, environment: moduleCache(kind, null).forSetup, writable: [], quiet: true });
    if (succeeded(there)) return { state: 'done', words: `modules: those of the user's ${kind} cache`, output: '', gives: { ...givesNothing, environment: moduleCache(kind, null).forGate } };
    // The gate itself says so, in its own words.
    if (there.end.kind === 'exited' && there.end.code === 127) return { state: 'done', words: `none: there is no ${kind} here`, output: there.output, gives: givesNothing };
    const folder = await this.#tools.store.downloads(await this.#cacheName(kind, false));
    if (folder === null) return { state: 'failed', words: `setup: ${this.#step.command}`, output: `${there.output}\nThe set-up "${this.#step.command}" needs modules that are not on this machine, and there is no place to keep them: the repository's git folder cannot be written.`, gives: givesNothing };
    const cache = moduleCache(kind, folder);
    const result = await this.#run(cache.forSetup, [folder]);
    return { ...result, gives: { readable: [folder], environment: cache.forGate, before: '' } };
  }

  /** What code of the tree could write into a cache must not be another commit's, unless the package manager itself would see it. */
  async #cacheName(name: string, checked: boolean): Promise<string> {
    return !checked && await runsCodeOfTheTree(this.#step, this.#request.tree) ? `${name}-${this.#request.commit}` : name;
  }

  /** Places for what the package managers of the command download, and the variables that name them. */
  async #caches(): Promise<{ readonly writable: readonly string[]; readonly environment: Readonly<Record<string, string>> }> {
    const found: { readonly folder: string; readonly variables: Readonly<Record<string, string>> }[] = [];
    for (const { name, checked, variables } of await cachesFor(this.#step.command, this.#request.tree)) {
      const folder = await this.#tools.store.downloads(await this.#cacheName(name, checked));
      if (folder !== null) found.push({ folder, variables: variables(folder) });
    }
    return { writable: found.map(({ folder }) => folder), environment: Object.assign({}, ...found.map(({ variables }) => variables)) as Record<string, string> };
  }

  async #run(environment: Readonly<Record<string, string>>, writable: readonly string[] = [], command = this.#step.command): Promise<SetupResult> {
    const caches = await this.#caches();
    const result = await this.#process({ network: true, environment: { ...caches.environment, ...environment }, writable: [...caches.writable, ...writable], quiet: false, command });
    this.#signal.throwIfAborted();
    // Whoever has such packages installs them so, in the pipeline and by hand: what is installed is the same where a lock file says it.
    if (!succeeded(result) && /^npm (ci|install --no-package-lock)$/.test(command) && /\bERESOLVE\b/.test(result.output)) return this.#run(environment, writable, `${command} --legacy-peer-deps`);
    if (succeeded(result)) return { state: 'done', words: `setup: ${command}`, output: result.output, gives: givesNothing };
    const why = result.end.kind === 'exited' ? `exit ${result.end.code}${result.end.code === 127 ? ': a program that it names is not installed, or not on the PATH that gates get' : ''}` : result.end.kind === 'not-started' ? result.end.why : result.end.kind;
    return { state: 'failed', words: `setup: ${command}`, output: `${result.output}\nThe set-up "${command}" did not work (${why}).`, gives: givesNothing };
  }

  async #process({ network, environment, writable, quiet, command = this.#step.command }: { readonly network: boolean; readonly environment: Readonly<Record<string, string>>; readonly writable: readonly string[]; readonly quiet: boolean; readonly command?: string }): Promise<ProcessResult> {
    const { checkout, mode } = this.#request;
    const { kind } = this.#step;
    const mounts: Mounts = writable.length === 0 ? checkout.mounts : { ...noMounts, ...checkout.mounts, writable: [...checkout.mounts.writable, ...writable] };
    return this.#tools.sandbox.run({
      // An environment that the user works in is not this checkout's.
      command: kind === 'python' ? `unset VIRTUAL_ENV CONDA_PREFIX\n${command}` : command, root: checkout.path, timeoutMs: setupTimeoutMs, network, mode, mounts,
      environment: { ...quietly, ...(kind === 'python' ? projectVenv : {}), ...environment },
      output: { head: 16_384, tail: 65_536, killAt: 1_073_741_824 }, ...(quiet ? {} : { onOutput: this.#onOutput }),
    }, this.#signal);
  }
}

/** Whether no package ran anything but what gets a program of its own. What cannot be read is not known to be so. */
async function plain(store: InstalledTrees, root: string, names: readonly string[]): Promise<boolean> {
  return store.scripted(root, names).then(knowsNoScripts, () => false);
}

function succeeded({ end }: ProcessResult): boolean {
  return end.kind === 'exited' && end.code === 0;
}
