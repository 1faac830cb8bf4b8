/** The order in which dependencies come to a checkout, over scripted ports. */
import { deepEqual } from 'node:assert/strict';
import type { GateStore } from '../../src/gates/gateStore.ts';
import { setUp, type SetupResult } from '../../src/gates/setup.ts';
import { noMounts, type ProcessRequest, type Sandbox } from '../../src/ports/sandbox.ts';
import type { ScratchCheckouts } from '../../src/ports/scratch.ts';

interface World {
  readonly files?: Readonly<Record<string, string>>;
  /** Exit code of a process: by whether it has a network. */
  readonly exits?: (request: ProcessRequest) => number;
  readonly says?: string;
  readonly copied?: string | null; readonly restored?: boolean; readonly modified?: readonly string[]; readonly downloads?: string | null;
  /** A worktree in a checkout's place. */
  readonly worktree?: boolean;
  /** Packages that ran something when they were installed. */
  readonly scripted?: readonly string[];
}

/** Sets up over scripted ports: the result, and what was done on the way. */
async function set(command: string, world: World = {}): Promise<{ readonly result: SetupResult; readonly done: readonly string[]; readonly kept: readonly string[]; readonly writable: readonly string[]; readonly variables: Readonly<Record<string, string>> }> {
  const done: string[] = [];
  const kept: string[] = [];
  let [writable, variables]: [readonly string[], Readonly<Record<string, string>>] = [[], {}];
  const files = world.files ?? { 'package.json': '{"dependencies":{"a":"1"}}', 'package-lock.json': '{"packages":{"":{}}}' };
  const store: Pick<GateStore, 'downloads' | 'installed'> = {
    downloads: async (name) => (world.downloads === undefined ? `/downloads/${name}` : world.downloads),
    installed: {
      machine: 'linux', inTurn: (_key, work) => work(),
      restore: async () => { done.push('restore'); return world.restored === true; },
      keep: async (key, _root, names) => { kept.push(key); done.push(`keep ${names.join(' ')}`); },
      scripted: async () => world.scripted ?? [],
    },
  };
  const sandbox: Pick<Sandbox, 'probe' | 'run'> = {
    probe: async () => ({ kind: 'bubblewrap', why: '' }),
    run: async (request) => {
      ({ environment: variables } = request);
      ({ writable } = request.mounts);
      const names = ['GOMODCACHE', 'GOPROXY', 'CARGO_HOME', 'CARGO_NET_OFFLINE'].flatMap((name) => (request.environment[name] === undefined ? [] : [` ${name}=${request.environment[name]}`]));
      done.push(`${request.network ? 'network' : 'offline'}: ${request.command}${names.join('')}`);
      return { end: { kind: 'exited', code: world.exits?.(request) ?? 0 }, output: world.says ?? 'said\n', bytes: 5, durationMs: 1, sandbox: 'bubblewrap', leftovers: 0 };
    },
  };
  let asked = 0;
  const checkout = {
    path: '/checkout', mounts: noMounts, close: async () => undefined, changed: async () => ({ modified: world.modified ?? [], added: [] }),
    ...(world.worktree === true ? {} : { made: async () => ((asked += 1) > 1 ? ['there', 'node_modules'] : ['there']) }),
  };
  const scratch: Pick<ScratchCheckouts, 'copyDependencies'> = { copyDependencies: async () => { done.push('copy'); return world.copied ?? null; } };
  const result = await setUp({ command, checkout, commit: 'c'.repeat(40), tree: { files: new Set(Object.keys(files)), read: async (path) => files[path] ?? null }, mode: 'prefer' },
    { scratch: scratch as ScratchCheckouts, sandbox: sandbox as Sandbox, store: store as GateStore }, () => undefined, new AbortController().signal);
  return { result, done, kept, writable, variables };
}
const both = ({ result, done }: Awaited<ReturnType<typeof set>>): unknown => ({ result, done });
const brief = ({ result, done }: Awaited<ReturnType<typeof set>>): unknown => [result.state, result.words, done];
const nothing = { readable: [], environment: {}, before: '' };

describe('setUp', () => {
  it('REQ-GATE-56: what was installed before is restored, else copied from the checkout, else installed and kept', async () => {
    deepEqual(both(await set('npm ci', { restored: true })), { result: { state: 'done', words: 'restored from an earlier set-up (same package-lock.json)', output: '', gives: nothing }, done: ['restore'] });
    deepEqual(brief(await set('npm ci', { copied: 'copied from the checkout' })), ['done', 'copied from the checkout', ['restore', 'copy']]);
    deepEqual(brief(await set('npm ci')), ['done', 'setup: npm ci', ['restore', 'copy', 'restore', 'network: npm ci', 'keep node_modules']]);
  });

  it('REQ-GATE-174: packages whose peers do not fit together are installed as npm did it before it looked at them, and the evidence says so', async () => {
    const strict = ({ command }: ProcessRequest): number => (command.endsWith('--legacy-peer-deps') ? 0 : 1);
    deepEqual(brief(await set('npm ci', { exits: strict, says: 'npm error code ERESOLVE\n' })), ['done', 'setup: npm ci --legacy-peer-deps', ['restore', 'copy', 'restore', 'network: npm ci', 'network: npm ci --legacy-peer-deps', 'keep node_modules']]);
    deepEqual(brief(await set('npm ci', { exits: strict })), ['failed', 'setup: npm ci', ['restore', 'copy', 'restore', 'network: npm ci']]);
    deepEqual(brief(await set('npm ci', { exits: () => 1, says: 'npm error code ERESOLVE\n' })), ['failed', 'setup: npm ci --legacy-peer-deps', ['restore', 'copy', 'restore', 'network: npm ci', 'network: npm ci --legacy-peer-deps']]);
  });

  it('REQ-GATE-160: of pnpm and yarn a tree is kept under its lock file where no package ran anything of its own, else under its commit; either is looked for', async () => {
    const files = { 'package.json': '{"dependencies":{"a":"1"}}', 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" };
    const [plain, known, strange] = await Promise.all([[], ['esbuild'], ['esbuild', 'makes-a-client']].map((scripted) => set('pnpm install --frozen-lockfile', { files, scripted })));
    deepEqual(plain?.done, ['restore', 'restore', 'copy', 'restore', 'restore', 'network: pnpm install --frozen-lockfile', 'keep node_modules']);
    deepEqual([plain?.kept.length, known?.kept[0] === plain?.kept[0], strange?.kept[0] === plain?.kept[0]], [1, true, false]);
  });

  it('REQ-GATE-166: a set-up has the cache of its package managers alone; where code of the tree may run in it, one of its commit, unless what is there is held against the lock file', async () => {
    const seen = async (command: string, files: Readonly<Record<string, string>>): Promise<unknown> => (await set(command, { files })).writable;
    const own = { 'package.json': '{"scripts":{"postinstall":"node patch.js"}}' };
    deepEqual([
      await seen('yarn install --frozen-lockfile', { 'package.json': '{}', 'yarn.lock': '' }), await seen('yarn install --frozen-lockfile', { ...own, 'yarn.lock': '' }), await seen('npm ci', { ...own, 'package-lock.json': '' }),
      await seen('yarn install --immutable', { ...own, 'yarn.lock': '__metadata:\n' }), await seen('pnpm install --frozen-lockfile', { ...own, 'pnpm-lock.yaml': '' }), await seen('pnpm install --frozen-lockfile', { 'package.json': '{}', '.pnpmfile.cjs': '' }),
      await seen('python3 -m venv .venv && .venv/bin/python -m pip install -r a.txt', { 'a.txt': 'a==1\n' }), await seen('python3 -m venv .venv && .venv/bin/python -m pip install -e .', {}),
    ], ['yarn', `yarn-${'c'.repeat(40)}`, 'npm', 'yarn-berry', `pnpm-${'c'.repeat(40)}`, `pnpm-${'c'.repeat(40)}`, 'pip', `pip-${'c'.repeat(40)}`].map((name) => [`/downloads/${name}`]));
  });

  it('REQ-GATE-166: each pnpm is told of a store outside of the checkout in its own words; a yarn without node_modules has its packages in the checkout', async () => {
    const given = async (command: string, files: Readonly<Record<string, string>>, pattern: RegExp): Promise<unknown> => Object.fromEntries(Object.entries((await set(command, { files })).variables).filter(([name]) => pattern.test(name)));
    const pnpm = { store_dir: '/downloads/pnpm/store', package_import_method: 'clone-or-copy', cache_dir: '/downloads/pnpm/cache' };
    deepEqual(await given('pnpm install', {}, /store|import|cache/), Object.fromEntries(Object.entries(pnpm).flatMap(([name, value]) => [[`npm_config_${name}`, value], [`pnpm_config_${name}`, value]])));
    const yarn = (settings: string): Promise<unknown> => given('yarn install --immutable', { 'yarn.lock': '__metadata:\n', '.yarnrc.yml': settings }, /GLOBAL|NM_MODE|CACHE_FOLDER/);
    deepEqual(await yarn('compressionLevel: 0\n'), { YARN_GLOBAL_FOLDER: '/downloads/yarn-berry', YARN_ENABLE_GLOBAL_CACHE: 'false' });
    deepEqual(await yarn('nodeLinker: node-modules\nnmMode: hardlinks-global\n'), { YARN_GLOBAL_FOLDER: '/downloads/yarn-berry', YARN_ENABLE_GLOBAL_CACHE: 'true', YARN_NM_MODE: 'classic' });
  });

  it('REQ-GATE-160: neither a set-up that failed, nor one that changed files of the commit, nor one in a worktree, where others left things, is kept', async () => {
    deepEqual(brief(await set('npm ci', { exits: () => 1 })), ['failed', 'setup: npm ci', ['restore', 'copy', 'restore', 'network: npm ci']]);
    deepEqual(brief(await set('npm ci', { modified: ['package-lock.json'] })), ['done', 'setup: npm ci', ['restore', 'copy', 'restore', 'network: npm ci']]);
    deepEqual(brief(await set('npm ci', { worktree: true })), ['done', 'setup: npm ci', ['copy', 'network: npm ci']]);
  });

  it('REQ-GATE-47: what the project itself does at its installation is not replaced by a copy of its folders; what does more than install is run', async () => {
    const files = { 'package.json': '{"scripts":{"prepare":"tsc"}}', 'package-lock.json': '{"packages":{"":{}}}' };
    deepEqual(brief(await set('npm ci', { files, copied: 'copied from the checkout' })), ['done', 'setup: npm ci', ['restore', 'restore', 'network: npm ci', 'keep node_modules']]);
    deepEqual(brief(await set('npm ci && npm run build', { restored: true, copied: 'copied' })), ['done', 'setup: npm ci && npm run build', ['network: npm ci && npm run build']]);
  });

  it('REQ-GATE-164: modules are the user\'s own where all are there; else they are fetched, and a gate reads them without a network', async () => {
    const offline = (request: ProcessRequest): number => (request.network ? 0 : 1);
    deepEqual(both(await set('go mod download', {})), { result: { state: 'done', words: "modules: those of the user's go cache", output: '', gives: { ...nothing, environment: { GOPROXY: 'off' } } }, done: ['offline: go mod download GOPROXY=off'] });
    deepEqual(both(await set('go mod download', { exits: offline })), {
      result: { state: 'done', words: 'setup: go mod download', output: 'said\n', gives: { readable: ['/downloads/go'], environment: { GOMODCACHE: '/downloads/go', GOPROXY: 'off' }, before: '' } },
      done: ['offline: go mod download GOPROXY=off', 'network: go mod download GOMODCACHE=/downloads/go'],
    });
    const cargo = async (files: Readonly<Record<string, string>>): Promise<unknown> => (await set('cargo fetch --locked', { files, exits: offline })).result.gives;
    deepEqual([await cargo({}), await cargo({ '.cargo/config.toml': '[build]\nrustc-wrapper = "./evil.sh"\n' })], ['cargo', `cargo-${'c'.repeat(40)}`].map((name) => ({ readable: [`/downloads/${name}`], environment: { CARGO_HOME: `/downloads/${name}`, CARGO_NET_OFFLINE: 'true' }, before: '' })));
    deepEqual(brief(await set('go mod download', { exits: offline, downloads: null })), ['failed', 'setup: go mod download', ['offline: go mod download GOPROXY=off']]);
  });

  it('REQ-GATE-164: where go or cargo is missing the gate itself says so; another program that is missing is named as what the set-up lacks', async () => {
    deepEqual(brief(await set('go mod download', { exits: () => 127 })), ['done', 'none: there is no go here', ['offline: go mod download GOPROXY=off']]);
    deepEqual((await set('uv sync --frozen', { exits: () => 127 })).result.output, 'said\n\nThe set-up "uv sync --frozen" did not work (exit 127: a program that it names is not installed, or not on the PATH that gates get).');
  });

  it('REQ-GATE-165: several languages are set up one after the other, up to one that fails; an environment of Python comes first on PATH, and another one that the user works in has no part in it', async () => {
    const command = 'npm ci && python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt && go mod download';
    const all = await set(command, { restored: true });
    deepEqual([all.result.words, all.result.gives], [
      "restored from an earlier set-up (same package-lock.json); restored from an earlier set-up (same commit); modules: those of the user's go cache",
      { readable: [], environment: { GOPROXY: 'off' }, before: 'export VIRTUAL_ENV="$PWD/.venv" PATH="$PWD/.venv/bin:$PATH"\n' },
    ]);
    const python = 'unset VIRTUAL_ENV CONDA_PREFIX\npython3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt';
    deepEqual(brief(await set(command, { copied: 'copied', exits: ({ command: one }) => (one === python ? 2 : 0) })), ['failed', 'setup: python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt', ['restore', 'copy', 'restore', 'restore', `network: ${python}`]]);
  });
});
