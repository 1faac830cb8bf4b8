/**
 * Brings a scratch checkout's dependencies in before its gate: copied from the user's checkout, or installed by a confined step of its own.
 * Owns: which of the two, and what the evidence says of it. Refuses: secrets, and to let the gate itself have the network.
 */
import type { SandboxMode, Sandbox } from '../ports/sandbox.ts';
import type { ScratchCheckout, ScratchCheckouts } from '../ports/scratch.ts';
import type { TreeText } from './definition.ts';
import { detectSetup, installsOnly, lockFileOf, parsePackageFile } from './detect.ts';
import type { GateStore } from './gateStore.ts';

const setupTimeoutMs = 20 * 60_000;

export interface SetupResult { readonly state: 'none' | 'done' | 'failed'; /** For the evidence. */ readonly words: string; readonly output: string }

/**
 * The set-up for a tree: what the base's definition says. One that was only detected is detected again, so that a head with its first
 * dependency or another lock file gets the command that fits it; the command itself always comes from our own table.
 */
export async function setupFor(pinned: string | null, base: TreeText, tree: TreeText): Promise<string | null> {
  const detected = async (text: TreeText): Promise<string | null> => detectSetup(parsePackageFile(await text.read('package.json')), text.files);
  return pinned === await detected(base) ? detected(tree) : pinned;
}

export interface SetupRequest {
  readonly command: string | null; readonly checkout: ScratchCheckout; readonly commit: string; readonly tree: TreeText; readonly mode: SandboxMode;
}

/** Runs or replaces the set-up. A failed one is a result, not an exception. */
export async function setUp(
  request: SetupRequest, tools: { readonly scratch: ScratchCheckouts; readonly sandbox: Sandbox; readonly store: GateStore },
  onOutput: (chunk: Uint8Array) => void, signal: AbortSignal,
): Promise<SetupResult> {
  const { command, checkout } = request;
  if (command === null) return { state: 'none', words: 'none', output: '' };
  const lockFile = lockFileOf(request.tree.files);
  if (lockFile !== null && installsOnly(command)) {
    const copied = await tools.scratch.copyDependencies(checkout, request.commit, lockFile, 'node_modules');
    if (copied !== null) return { state: 'done', words: copied, output: '' };
  }
  const downloads = await tools.store.downloads();
  const result = await tools.sandbox.run({
    command, root: checkout.path, timeoutMs: setupTimeoutMs, network: true, mode: request.mode,
    mounts: downloads === null ? checkout.mounts : { ...checkout.mounts, writable: [...checkout.mounts.writable, downloads] },
    environment: { ...quietly, ...(downloads === null ? {} : cachesIn(downloads, command)) },
    output: { head: 16_384, tail: 65_536, killAt: 1_073_741_824 }, onOutput,
  }, signal);
  signal.throwIfAborted();
  const worked = result.end.kind === 'exited' && result.end.code === 0;
  if (worked) return { state: 'done', words: `setup: ${command}`, output: result.output };
  const why = result.end.kind === 'exited' ? `exit ${result.end.code}` : result.end.kind === 'not-started' ? result.end.why : result.end.kind;
  return { state: 'failed', words: `setup: ${command}`, output: `${result.output}\nThe set-up "${command}" did not work (${why}).` };
}

/** Set-up only: what gates see of the environment stays the user's. */
const quietly = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };

/** Each package manager's own name for its cache; npm warns of names that are not its own. */
function cachesIn(folder: string, command: string): Record<string, string> {
  if (/\bpnpm\b/.test(command)) return { npm_config_store_dir: `${folder}/pnpm` };
  return /\byarn\b/.test(command) ? { YARN_CACHE_FOLDER: `${folder}/yarn` } : { npm_config_cache: `${folder}/npm` };
}
