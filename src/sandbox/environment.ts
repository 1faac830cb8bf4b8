/**
 * The environment of confined processes: an allow-list, so that what nobody thought of stays out (I10).
 * Owns which names pass. Refuses keys, agents' sockets, and whatever would change how a shell, git or Node starts.
 * TZ, LANG and the like stay as the user has them: suites depend on them.
 */
import { createHash } from 'node:crypto';

type Environment = Readonly<Record<string, string | undefined>>;

/** Says "a process of Treeline's walls": a random value marks one run, so that its leftovers are found where no namespace holds them. */
export const confinedVariable = 'TREELINE_CONFINED';

const alwaysAllowed = new Set(['HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'CI', 'NO_COLOR']);

/** Names whose value is the folder of a toolchain: allowed, and shown read-only. */
export const toolchainVariables = [
  'ANDROID_HOME', 'ANDROID_SDK_ROOT', 'ASDF_DATA_DIR', 'ASDF_DIR', 'CONDA_PREFIX', 'DOTNET_ROOT', 'GOROOT', 'JAVA_HOME', 'NODENV_ROOT', 'NVM_DIR',
  'PYENV_ROOT', 'RBENV_ROOT', 'RUSTUP_HOME', 'SDKMAN_DIR', 'VIRTUAL_ENV', 'VOLTA_HOME',
] as const;

const withoutWalls = new Set(['TMPDIR', 'TMP', 'TEMP']);
const onWindows = new Set(['SYSTEMROOT', 'SYSTEMDRIVE', 'COMSPEC', 'PATHEXT', 'WINDIR', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMFILES', 'PROGRAMDATA']);

/** Names whose value is a certificate file or folder: of use only with a network. */
export const certificateVariables = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'PIP_CERT'] as const;
/** Names whose value is the address of a proxy or a registry: only with a network, and only without a password in it. In upper case. */
const addressVariables = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'NPM_CONFIG_REGISTRY', 'PIP_INDEX_URL', 'GOPROXY']);

const defaultPath = '/usr/local/bin:/usr/bin:/bin';

export interface EnvironmentRequest {
  readonly network: boolean;
  /** True: the process gets a private /tmp, so the user's own temporary folder is not named. */
  readonly walls: boolean;
  readonly windows: boolean;
  /** Random, one a run. */
  readonly marker: string;
  /** Added last: ours, never a model's. */
  readonly added: Readonly<Record<string, string>>;
}

/**
 * @param user the environment the engine was started with
 * @returns what a confined process gets, whole. `TERM` is `dumb`; relative entries of PATH are dropped: they would run what an agent wrote.
 */
export function confinedEnvironment(user: Environment, request: EnvironmentRequest): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(user)) {
    if (value !== undefined && isAllowed(name, value, request)) result[name] = value;
  }
  const { PATH: addedPath, ...added } = request.added;
  const path = addedPath ?? pathOf(user);
  result['PATH'] = request.windows ? path : absoluteEntries(path).join(':');
  return { ...result, TERM: 'dumb', ...added, [confinedVariable]: request.marker };
}

/**
 * Names what of the user's environment a command without a network gets: with another TZ, LANG or PATH a suite may say something else.
 * @returns a hash in 16 hex digits: values are nobody else's to read
 */
export function environmentDigest(user: Environment): string {
  const given = confinedEnvironment(user, { network: false, walls: true, windows: process.platform === 'win32', marker: '', added: {} });
  return createHash('sha256').update(JSON.stringify(Object.entries(given).sort(([one], [other]) => (one < other ? -1 : 1)))).digest('hex').slice(0, 16);
}

/** The absolute entries of a POSIX search path, or the usual ones when there is none. */
export function absoluteEntries(path: string): readonly string[] {
  const entries = [...new Set(path.split(':').filter((entry) => entry.startsWith('/')))];
  return entries.length > 0 ? entries : defaultPath.split(':');
}

function isAllowed(name: string, value: string, request: EnvironmentRequest): boolean {
  if (alwaysAllowed.has(name) || /^LC_[A-Z]+$/.test(name) || toolchainVariables.some((known) => known === name)) return true;
  if (!request.walls && withoutWalls.has(name)) return true;
  if (request.windows && onWindows.has(name.toUpperCase())) return true;
  if (!request.network) return false;
  if (certificateVariables.some((known) => known === name)) return true;
  return addressVariables.has(name.toUpperCase()) && !/\/\/[^/]*@/.test(value); // user:password@ is a secret
}

function pathOf(user: Environment): string {
  return user['PATH'] ?? Object.entries(user).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
}
