/**
 * The facts about this machine that the policy needs: which system folders there are, where the toolchains of PATH lie, what must be hidden.
 * Owns finding and resolving them. Refuses to show a home folder, or a folder that commonly holds secrets, for the sake of a toolchain.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { absoluteEntries, certificateVariables, toolchainVariables } from './environment.ts';
import { isWithin, type Machine, type Mount } from './policy.ts';

type Environment = Readonly<Record<string, string>>;

const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];

/** Files and folders of /etc without secrets that ordinary programs look for. Never `shadow`, `ssl/private`, `gitconfig`, `npmrc`, `environment`. */
const harmlessEtc = [
  'alternatives', 'ca-certificates', 'ca-certificates.conf', 'debian_version', 'fonts', 'gai.conf', 'group', 'host.conf', 'hosts', 'inputrc', 'ld.so.cache',
  'ld.so.conf', 'ld.so.conf.d', 'locale.alias', 'locale.conf', 'localtime', 'lsb-release', 'magic', 'mime.types', 'nsswitch.conf', 'os-release', 'passwd', 'perl',
  'pki/ca-trust', 'pki/tls/certs', 'protocols', 'resolv.conf', 'services', 'ssl/certs', 'ssl/openssl.cnf', 'static', 'terminfo', 'timezone',
];
const harmlessEtcPattern = /^(java|python|php|maven|gradle|ghc|ImageMagick)/;

/** Below home: what package managers keep for every project of a user, and that holds no secret. */
const caches = ['.cargo/git', '.cargo/registry', '.rustup', 'go/pkg/mod', '.m2/repository', '.gem', '.local/share/gem', '.local/lib'];

const binNames = new Set(['bin', 'sbin', 'shims', 'libexec', 'condabin']);
const installationSigns = ['lib', 'lib64', 'libexec', 'versions', 'installs', 'tools', 'toolchains', 'candidates', 'packages'];
/** Folders that are prefixes of programs and of a user's own things at once: never shown whole. Relative to home. */
const mixedFolders = new Set(['.local', '.local/share', '.config', '.cache', '.cargo', '.ssh', '.gnupg', '.aws', 'go', 'Documents', 'Desktop', 'Downloads', 'src', 'projects']);
const linksLookedAt = 500;

/**
 * @param environment of the process to come: its PATH, HOME and toolchain variables count
 * @param hidden folders or files never to be seen; those that do not exist have nothing to hide
 * @param canSize whether bubblewrap knows `--size`
 */
export async function lookAtMachine(environment: Environment, hidden: readonly string[], canSize: boolean): Promise<Machine> {
  const home = await real(environment['HOME'] ?? '');
  const shownHome = environment['HOME']?.replace(/\/+$/, '') ?? '';
  const [system, etc, toolchains, secrets] = await Promise.all([
    Promise.all(systemFolders.map(systemFolder)), etcMounts(), toolchainMounts(environment, home), Promise.all(hidden.map(hiddenPath)),
  ]);
  return {
    links: [...system, ...etc].flatMap((found) => (found !== null && 'target' in found ? [found] : [])),
    system: [...system, ...etc].flatMap((found) => (found !== null && 'from' in found ? [found] : [])),
    toolchains,
    home: home === null || home === '/' || shownHome === '' ? null : shownHome,
    hidden: secrets.filter((found) => found !== null),
    canSize,
  };
}

/** The real path, or null when there is nothing. */
export async function real(path: string): Promise<string | null> {
  return path.startsWith('/') ? realpath(path).catch(() => null) : null;
}

async function hiddenPath(path: string): Promise<Machine['hidden'][number] | null> {
  const at = await real(path);
  return at === null ? null : { path: at, folder: (await stat(at)).isDirectory() };
}

type Found = Mount | { readonly path: string; readonly target: string } | null;

async function systemFolder(path: string): Promise<Found> {
  const stats = await lstat(path).catch(() => null);
  if (stats === null) return null;
  return stats.isSymbolicLink() ? { path, target: await readlink(path) } : { from: path, to: path, write: false };
}

/** A link into /usr stays a link: the name of a time zone is read from where /etc/localtime leads. */
async function etcMounts(): Promise<Found[]> {
  const names = await readdir('/etc').catch(() => []);
  const wanted = [...harmlessEtc, ...names.filter((name) => harmlessEtcPattern.test(name))];
  return Promise.all(wanted.map(async (name) => {
    const path = `/etc/${name}`;
    const from = await real(path);
    if (from === null) return null;
    const link = (await lstat(path)).isSymbolicLink();
    return link && isWithin(from, '/usr') ? { path, target: from } : { from, to: path, write: false };
  }));
}

/** Read-only mounts so that what is on PATH runs: the folders themselves, the installations they belong to, and where links in them lead. */
async function toolchainMounts(environment: Environment, home: string | null): Promise<Mount[]> {
  const mounts = new Map<string, Mount>();
  const add = async (path: string): Promise<void> => {
    const from = await real(path);
    if (from === null || systemFolders.some((folder) => isWithin(from, folder)) || !mayShow(from, home)) return;
    for (const to of [from, path]) mounts.set(to, { from, to, write: false });
  };
  for (const entry of absoluteEntries(environment['PATH'] ?? '').map((path) => path.replace(/\/+$/, ''))) {
    const from = await real(entry);
    if (from === null || systemFolders.some((folder) => isWithin(from, folder))) continue;
    await add(entry);
    for (const folder of new Set([await installationOf(entry, home), await installationOf(from, home), ...await linkTargets(from, home)])) await add(folder);
  }
  for (const name of [...toolchainVariables, ...certificateVariables]) {
    const value = environment[name];
    if (value !== undefined && value.startsWith('/')) await add(value);
  }
  if (home !== null) for (const cache of caches) await add(join(home, cache));
  return withoutInner([...mounts.values()]);
}

/** The folder a program was installed to, when `folder` is its `bin`; else `folder` itself. */
async function installationOf(folder: string, home: string | null): Promise<string> {
  const parent = dirname(folder);
  if (!binNames.has(basename(folder)) || !mayShow(parent, home)) return folder;
  const names = await readdir(parent).catch((): string[] => []);
  return names.some((name) => installationSigns.includes(name)) ? parent : folder;
}

/** Where the links of a folder of programs lead, as folders that hold what the programs need. Of a project's own `.bin` only Node itself. */
async function linkTargets(folder: string, home: string | null): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  const links = entries.filter((entry) => entry.isSymbolicLink() && (basename(folder) !== '.bin' || entry.name === 'node')).slice(0, linksLookedAt);
  const targets = await Promise.all(links.map(async ({ name }) => {
    const target = await real(join(folder, name));
    if (target === null || isWithin(target, folder) || systemFolders.some((system) => isWithin(target, system))) return null;
    const inPackage = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(target)?.[1];
    if (inPackage !== undefined) return inPackage;
    const installation = await installationOf(dirname(target), home);
    return mayShow(installation, home) ? installation : target;
  }));
  return [...new Set(targets.filter((target) => target !== null))];
}

/** False for a home folder, anything above one, anything near the top, drives of a Windows host, and folders where users keep their own things. */
function mayShow(path: string, home: string | null): boolean {
  if (home !== null && isWithin(home, path)) return false;
  if (home !== null && isWithin(path, home)) return !mixedFolders.has(path.slice(home.length + 1));
  return path.split('/').length > 2 && !/^\/(home|Users)\/[^/]+$/.test(path) && !/^\/mnt\/[a-z](\/|$)/.test(path);
}

function withoutInner(mounts: readonly Mount[]): Mount[] {
  return mounts.filter((mount) => !mounts.some((other) => other !== mount && isWithin(mount.to, other.to)
    && mount.from === `${other.from}${mount.to.slice(other.to.length)}`));
}
