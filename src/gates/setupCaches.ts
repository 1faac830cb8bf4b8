/**
 * The variables by which package managers are told where they keep what they download.
 * Owns: each one's own names for it, that none of them links files of its cache into a checkout, and which of them look at what they kept before
 * they use it. Refuses: to hand a cache to a gate for writing.
 */
import type { TreeText } from './definition.ts';

/** Set-up only: what gates see of the environment stays the user's. */
export const quietly = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', YARN_ENABLE_TELEMETRY: 'false' };

/** `checked`: what is kept is held against the lock file's hash each time, so that nobody can leave something else there. */
export interface PackageCache { readonly name: string; readonly checked: boolean; readonly variables: (folder: string) => Readonly<Record<string, string>> }

/** Yarn from its version 2 on has another lock file, other settings and other variables; `pnp`: it makes no `node_modules`. */
export async function yarnOf(tree: TreeText): Promise<'classic' | 'modules' | 'pnp'> {
  const settings = await tree.read('.yarnrc.yml');
  if (settings === null && !/^__metadata:/m.test(await tree.read('yarn.lock') ?? '')) return 'classic';
  const linker = /^nodeLinker:\s*["']?([\w-]+)/m.exec(settings ?? '')?.[1];
  return linker === undefined || linker === 'pnp' ? 'pnp' : 'modules';
}

/**
 * The caches of those that a command calls; npm warns of names that are not its own. A file that is linked from a cache would be changed there by
 * the suite that changes it, and what is not in the checkout is not there for its gate.
 */
export async function cachesFor(command: string, tree: TreeText): Promise<readonly PackageCache[]> {
  const caches: PackageCache[] = [];
  if (/\bpnpm\b/.test(command)) {
    // npm's names up to pnpm 10, its own from then on.
    const own = (folder: string): Record<string, string> => ({ store_dir: `${folder}/store`, package_import_method: 'clone-or-copy', cache_dir: `${folder}/cache` });
    caches.push({ name: 'pnpm', checked: false, variables: (folder) => Object.fromEntries(Object.entries(own(folder)).flatMap(([name, value]) => [[`npm_config_${name}`, value], [`pnpm_config_${name}`, value]])) });
  } else if (/\byarn\b/.test(command)) caches.push(await yarnCache(tree));
  else if (/\bnp[mx]\b/.test(command)) caches.push({ name: 'npm', checked: /\bnpm ci\b/.test(command), variables: (folder) => ({ npm_config_cache: folder }) });
  if (/\bpip\b/.test(command)) caches.push({ name: 'pip', checked: false, variables: (folder) => ({ PIP_CACHE_DIR: folder }) });
  if (/\buv\b/.test(command)) caches.push({ name: 'uv', checked: false, variables: (folder) => ({ UV_CACHE_DIR: folder, UV_LINK_MODE: 'copy' }) });
  if (/\bpoetry\b/.test(command)) caches.push({ name: 'poetry', checked: false, variables: (folder) => ({ POETRY_CACHE_DIR: folder }) });
  return caches;
}

async function yarnCache(tree: TreeText): Promise<PackageCache> {
  const kind = await yarnOf(tree);
  if (kind === 'classic') return { name: 'yarn', checked: false, variables: (folder) => ({ YARN_CACHE_FOLDER: folder }) };
  const links = /^nmMode:\s*["']?hardlinks-global/m.test(await tree.read('.yarnrc.yml') ?? '');
  return {
    name: 'yarn-berry', checked: true,
    // Without node_modules the packages themselves are read where they were downloaded to: that has to be the checkout.
    variables: (folder) => ({ YARN_GLOBAL_FOLDER: folder, YARN_ENABLE_GLOBAL_CACHE: String(kind !== 'pnp'), ...(links ? { YARN_NM_MODE: 'classic' } : {}) }),
  };
}

/** An environment in the checkout, by a Python that will still be there when the gate runs. */
export const projectVenv = { UV_PYTHON_DOWNLOADS: 'never', POETRY_VIRTUALENVS_IN_PROJECT: 'true', POETRY_VIRTUALENVS_CREATE: 'true' };

interface ModuleCache { readonly forSetup: Readonly<Record<string, string>>; readonly forGate: Readonly<Record<string, string>> }

/** @param folder null: the user's own, which may be read only; a gate may read either */
export function moduleCache(kind: 'go' | 'cargo', folder: string | null): ModuleCache {
  const offline: Record<string, string> = kind === 'go' ? { GOPROXY: 'off' } : { CARGO_NET_OFFLINE: 'true' };
  const place: Record<string, string> = folder === null ? {} : kind === 'go' ? { GOMODCACHE: folder } : { CARGO_HOME: folder };
  return { forSetup: folder === null ? offline : place, forGate: { ...place, ...offline } };
}
