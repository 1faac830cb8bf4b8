/** What is installed before a gate runs where nothing is said, and what an installed tree depends on. */
import { deepEqual, equal } from 'node:assert/strict';
import type { TreeText } from '../../src/gates/definition.ts';
import { detectSetup, lockFileOf } from '../../src/gates/detectSetup.ts';
import { installKey, setupSteps, type InstallKey } from '../../src/gates/setupStep.ts';

function tree(files: Readonly<Record<string, string>>): TreeText {
  return { files: new Set(Object.keys(files)), read: async (path) => files[path] ?? null };
}
const json = JSON.stringify;

describe('detectSetup', () => {
  const some = { 'package.json': json({ dependencies: { a: '1' } }) };
  const tests = { 'tests/test_a.py': '' };
  const rows: readonly (readonly [Readonly<Record<string, string>>, string | null])[] = [
    [{ ...some, 'package-lock.json': '' }, 'npm ci'], [{ ...some, 'pnpm-lock.yaml': '' }, 'pnpm install --frozen-lockfile'], [{ ...some, 'yarn.lock': '' }, 'yarn install --frozen-lockfile'],
    [{ ...some, 'yarn.lock': '', '.yarnrc.yml': '' }, 'yarn install --immutable'], [{ ...some, 'yarn.lock': '__metadata:\n  version: 8\n' }, 'yarn install --immutable'], [some, 'npm install --no-package-lock'], [{ ...some, 'package-lock.json': '', 'yarn.lock': '' }, 'npm ci'],
    [{ 'package.json': json({ scripts: {} }), 'package-lock.json': '' }, null],
    [{ ...tests, 'uv.lock': '' }, 'uv sync --frozen --all-extras --dev'], [{ ...tests, 'poetry.lock': '', 'pyproject.toml': '' }, 'poetry install --no-interaction'],
    [{ ...tests, 'requirements.txt': 'requests==2\npytest==8\n' }, 'python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt'],
    [{ ...tests, 'requirements.txt': 'requests\n', 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "-q"\n' }, 'python3 -m venv --system-site-packages .venv && .venv/bin/python -m pip install -r requirements.txt'],
    [{ ...tests, 'requirements.txt': 'a\n', 'requirements-dev.txt': 'pytest\n', 'setup.py': '' }, 'python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt -r requirements-dev.txt -e .'],
    [{ ...tests, 'pyproject.toml': '[build-system]\n[project]\ndependencies = [\n  "requests",\n]\n[project.optional-dependencies]\ntest = ["pytest"]\ndocs = []\n' }, 'python3 -m venv .venv && .venv/bin/python -m pip install -e ".[test]"'],
    [{ ...tests, 'pyproject.toml': '[build-system]\n[project]\ndependencies = []\n' }, null], [tests, null], [{ 'requirements.txt': 'mkdocs\n', 'docs/a.py': '' }, null],
    [{ 'go.mod': 'module a\n\nrequire b v1.0.0\n' }, 'go mod download'], [{ 'go.mod': 'module a\n\nrequire (\n\tb v1.0.0\n)\n', 'vendor/modules.txt': '' }, null], [{ 'go.mod': 'module a\n' }, null],
    [{ 'Cargo.toml': '[package]\n', 'Cargo.lock': '[[package]]\nname = "a"\n' }, null], [{ 'Cargo.toml': '', 'Cargo.lock': '[[package]]\nsource = "registry+x"\n' }, 'cargo fetch --locked'],
    [{ 'Cargo.toml': '[package]\nname = "a"\n[dev-dependencies]\nb = "1"\n' }, 'cargo fetch'], [{ 'Cargo.toml': '[package]\nname = "a"\n' }, null],
    [{ ...some, 'package-lock.json': '', 'go.mod': 'require b v1\n' }, 'npm ci && go mod download'],
  ];
  for (const [files, expected] of rows) it(`REQ-GATE-47: ${Object.keys(files).join(', ')}: ${String(expected)}`, async () => equal(await detectSetup(tree(files)), expected));

  it('REQ-GATE-47: the first lock file decides', () => equal(lockFileOf(new Set(['yarn.lock'])), 'yarn.lock'));

  it('REQ-GATE-47: each that is detected is a step of its own that installs and does nothing else; what does more is one step of its own kind', async () => {
    const kinds = (setup: string): readonly string[] => setupSteps(setup).map(({ kind }) => kind);
    for (const setup of new Set(rows.flatMap(([, setup]) => setup ?? []))) equal(kinds(setup).includes('other'), false, setup);
    deepEqual(['npm ci --ignore-scripts', 'yarn', 'npm ci && go mod download', 'npm ci && npm run build', 'make deps', 'npm ci; rm -rf /', 'python3 -m venv .venv && .venv/bin/python -m pip install -r a; true', 'go mod download && cargo fetch --locked'].map(kinds),
      [['node'], ['node'], ['node', 'go'], ['other'], ['other'], ['other'], ['other'], ['go', 'cargo']]);
  });
});

describe('installKey', () => {
  const lock = { lockfileVersion: 3, packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } };
  const files = { 'package.json': json({ dependencies: { a: '1' }, scripts: { test: 'mocha' } }), 'package-lock.json': json(lock), 'src/a.js': 'a' };
  async function key(own: Readonly<Record<string, string>>, more: { readonly commit?: string; readonly machine?: string; readonly command?: string } = {}): Promise<InstallKey> {
    const [step] = setupSteps(more.command ?? 'npm ci');
    return installKey(step ?? { kind: 'other', command: '' }, more.commit ?? 'c1', tree({ ...files, ...own }), more.machine ?? 'linux node npm');
  }

  it('REQ-GATE-160: the same lock file, manifests, settings, command and machine have the same tree, whatever else a commit changes', async () => {
    const first = await key({});
    deepEqual(first.same, 'package-lock.json');
    for (const same of [await key({}, { commit: 'c2' }), await key({ 'src/a.js': 'b' }), await key({ 'package.json': json({ dependencies: { a: '1' }, scripts: { test: 'jest' } }) })]) deepEqual(same, first);
    const others = [
      await key({ 'package-lock.json': json({ ...lock, packages: { ...lock.packages, 'node_modules/a': { version: '2.0.0' } } }) }), await key({ 'package.json': json({ dependencies: { a: '1' }, overrides: { b: '1' } }) }),
      await key({ '.npmrc': 'legacy-peer-deps=true\n' }), await key({ '.nvmrc': '22\n' }), await key({}, { machine: 'linux node npm2' }), await key({}, { command: 'npm ci --ignore-scripts' }),
    ];
    equal(new Set([first, ...others].map((one) => one.key)).size, 7);
  });

  it('REQ-GATE-160: where something of the tree may go into it, or the lock file does not say, it is only the same for the same commit', async () => {
    const own = (more: object): Record<string, string> => ({ 'package.json': json({ dependencies: { a: '1' }, ...more }) });
    const locked = (packages: object): Record<string, string> => ({ 'package-lock.json': json({ ...lock, packages: { ...lock.packages, ...packages } }) });
    const bound: readonly Readonly<Record<string, string>>[] = [
      own({ scripts: { postinstall: 'patch-package' } }), own({ scripts: { prepare: 'tsc' } }), { 'binding.gyp': '' }, { '.npmrc': 'script-shell=./evil.sh\n' }, { '.npmrc': 'node-options=--require ./x.cjs' },
      locked({ 'node_modules/@prisma/client': { hasInstallScript: true } }), { ...locked({ 'packages/b': {}, 'node_modules/b': { link: true } }), 'packages/b/package.json': json({ scripts: { install: 'node make.js' } }) },
      locked({ 'node_modules/b': { resolved: 'file:b.tgz' } }), { 'package-lock.json': '{"lockfileVersion":1,"dependencies":{}}' }, { 'package-lock.json': 'no JSON' },
    ];
    for (const more of bound) {
      const [here, there] = [await key(more), await key(more, { commit: 'c2' })];
      deepEqual([here.same, here.key === there.key], ['commit', false], json(more));
    }
    for (const more of [own({ scripts: { prepare: 'husky || true' } }), locked({ 'node_modules/x/node_modules/esbuild': { hasInstallScript: true } }), locked({ 'node_modules/b': { resolved: 'file:b.tgz', integrity: 'sha512-x' } }), { '.npmrc': '; mine\nregistry=somewhere\nfund=false\n' }]) equal((await key(more)).same, 'package-lock.json', json(more));
    equal((await key(own({ scripts: { prepare: 'tsc' } }), { command: 'npm ci --ignore-scripts' })).same, 'package-lock.json');
    equal((await key({}, { command: 'pnpm install --frozen-lockfile' })).same, 'commit');
  });

  it('REQ-GATE-160: of pnpm and yarn, too, the lock file decides, with the manifests of all workspaces and the yarn that lies in the tree', async () => {
    const yaml = "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integrity: sha512-x}\n";
    const same = async (command: string, own: Readonly<Record<string, string>>): Promise<string> => (await key(own, { command })).same;
    const [pnpm, classic, berry] = ['pnpm install --frozen-lockfile', 'yarn install --frozen-lockfile', 'yarn install --immutable'] as const;
    deepEqual([
      await same(pnpm, { 'pnpm-lock.yaml': yaml }), await same(pnpm, { 'pnpm-lock.yaml': yaml, 'pnpm-workspace.yaml': 'allowBuilds:\n  esbuild: true\n' }), await same(pnpm, { 'pnpm-lock.yaml': yaml, 'pnpm-workspace.yaml': 'scriptShell: ./x\n' }), await same(pnpm, { 'pnpm-lock.yaml': yaml, '.pnpmfile.cjs': '' }),
      await same(pnpm, { 'pnpm-lock.yaml': `${yaml}  b@file:b.tgz:\n` }), await same(pnpm, { 'pnpm-lock.yaml': yaml, 'pnpm-workspace.yaml': 'packages: [p/*]\n', 'p/b/package.json': json({ scripts: { postinstall: 'node x' } }) }),
      await same(classic, { 'yarn.lock': '' }), await same(classic, { 'yarn.lock': '', '.yarnrc': 'yarn-path ".yarn/y.cjs"\n' }), await same(classic, { 'yarn.lock': '', '.yarnrc': 'script-shell ./x\n' }), await same(classic, { 'yarn.lock': '"b@file:b.tgz":\n' }),
      await same(berry, { 'yarn.lock': '__metadata:\n', '.yarnrc.yml': 'yarnPath: .yarn/y.cjs\nplugins:\n  - path: .yarn/p.cjs\n    spec: p\n' }), await same(berry, { 'yarn.lock': '', '.yarnrc.yml': 'injectEnvironmentFiles: [x]\n' }), await same(berry, { 'yarn.lock': '', '.yarnrc.yml': '[' }),
    ], ['pnpm-lock.yaml', 'pnpm-lock.yaml', 'commit', 'commit', 'commit', 'commit', 'yarn.lock', 'yarn.lock', 'commit', 'commit', 'yarn.lock', 'commit', 'commit']);
    const settings = { 'yarn.lock': '__metadata:\n', '.yarnrc.yml': 'yarnPath: .yarn/y.cjs\n' };
    equal((await key({ ...settings, '.yarn/y.cjs': 'one' }, { command: berry })).key === (await key({ ...settings, '.yarn/y.cjs': 'two' }, { command: berry })).key, false);
  });

  it('REQ-GATE-160: an environment of Python is that of its lock file where nothing of the project is installed into it', async () => {
    const command = 'python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt';
    const same = async (own: Readonly<Record<string, string>>, setup = command): Promise<string> => (await key(own, { command: setup })).same;
    deepEqual([
      await same({ 'requirements.txt': '# all\nrequests==2.0 ; python_version < "4"\nattrs[x]==1 \\\n    --hash=sha256:ab\n' }), await same({ 'requirements.txt': 'requests\n' }), await same({ 'requirements.txt': '-e .\n' }), await same({ 'requirements.txt': 'a==1\n', 'setup.py': '' }),
      await same({ 'uv.lock': 'source = { virtual = "." }\n', 'pyproject.toml': '[project]\n' }, 'uv sync --frozen --all-extras --dev'), await same({ 'uv.lock': 'source = { directory = "lib" }\n' }, 'uv sync --frozen --all-extras --dev'),
      await same({ 'uv.lock': '', 'pyproject.toml': '[build-system]\n' }, 'uv sync --frozen --all-extras --dev'), await same({ 'poetry.lock': '' }, 'poetry install --no-interaction'),
    ], ['requirements.txt', 'commit', 'commit', 'commit', 'uv.lock', 'commit', 'commit', 'commit']);
  });
});
