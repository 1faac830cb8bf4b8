/**
 * The variables by which package managers are told where they keep what they download.
 * Owns: each one's own names for it, and that none of them links files of its cache into a checkout. Refuses: to hand a cache to a gate for writing.
 */

/** Set-up only: what gates see of the environment stays the user's. */
export const quietly = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' };

/** Each package manager's own name for its cache; npm warns of names that are not its own. A file that is linked from a cache would be changed there by the suite that changes it. */
export function cachesFor(folder: string, command: string): Record<string, string> {
  const node = /\bpnpm\b/.test(command) ? { npm_config_store_dir: `${folder}/pnpm`, npm_config_package_import_method: 'clone-or-copy' }
    : /\byarn\b/.test(command) ? { YARN_CACHE_FOLDER: `${folder}/yarn` } : { npm_config_cache: `${folder}/npm` };
  return { ...node, PIP_CACHE_DIR: `${folder}/pip`, UV_CACHE_DIR: `${folder}/uv`, UV_LINK_MODE: 'copy', POETRY_CACHE_DIR: `${folder}/poetry` };
}

/** An environment in the checkout, by a Python that will still be there when the gate runs. */
export const projectVenv = { UV_PYTHON_DOWNLOADS: 'never', POETRY_VIRTUALENVS_IN_PROJECT: 'true', POETRY_VIRTUALENVS_CREATE: 'true' };

interface ModuleCache { readonly folder: string | null; readonly forSetup: Readonly<Record<string, string>>; readonly forGate: Readonly<Record<string, string>> }

/** @param folder null: the user's own, which may be read only; a gate may read either */
export function moduleCache(kind: 'go' | 'cargo', folder: string | null): ModuleCache {
  const offline: Record<string, string> = kind === 'go' ? { GOPROXY: 'off' } : { CARGO_NET_OFFLINE: 'true' };
  const place: Record<string, string> = folder === null ? {} : kind === 'go' ? { GOMODCACHE: folder } : { CARGO_HOME: folder };
  return { folder, forSetup: folder === null ? offline : place, forGate: { ...place, ...offline } };
}
