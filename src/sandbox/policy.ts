/**
 * What a confined process sees, as the arguments of bubblewrap. Pure: facts about the machine arrive as data (machine.ts gathers them).
 * Owns the mount table. Refuses a root or a mount that would show what must never be seen. The root comes from us, never from a model (I10).
 */

/** `from` is a real path of the machine; `to` is where it stands inside. */
export interface Mount { readonly from: string; readonly to: string; readonly write: boolean }

export interface Machine {
  /** Top-level names that are links, as on every merged-/usr system: `/bin` → `usr/bin`. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** `/usr` and its like, and the harmless files of `/etc`: read-only. */
  readonly system: readonly Mount[];
  /** Toolchains found along PATH: read-only. */
  readonly toolchains: readonly Mount[];
  /** Null: no home that can be shown as an empty folder. */
  readonly home: string | null;
  /** Real paths that exist and must not be seen. */
  readonly hidden: readonly { readonly path: string; readonly folder: boolean }[];
  /** Whether this bubblewrap can limit a tmpfs (0.8 or newer). */
  readonly canSize: boolean;
}

export interface View {
  /** Real path: the only folder of the project that may be written. */
  readonly root: string;
  readonly directory: string;
  readonly network: boolean;
  /** What was asked for by name, in the order in which later wins. */
  readonly mounts: readonly Mount[];
  /** The root is a linked worktree whose `.git` pointer must not be rewritten (threat T9). */
  readonly gitPointer: boolean;
}

/** Memory that /tmp and HOME may take each, in bytes. */
const temporaryBytes = 2 * 1024 ** 3;

const isolation = ['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try', '--cap-drop', 'ALL', '--die-with-parent', '--new-session'];
const neverARoot = ['/', '/bin', '/boot', '/dev', '/etc', '/home', '/lib', '/opt', '/proc', '/root', '/run', '/sbin', '/srv', '/sys', '/tmp', '/usr', '/var'];

/** True when `path` is `folder` or lies in it. Both absolute, without a trailing slash. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

/** Null when the view may be opened, else why not and what to do. */
export function refusal(view: View, machine: Machine): string | null {
  if (neverARoot.includes(view.root)) return `${view.root} is a folder of the system and cannot be the root of a confined process. Use a worktree or a scratch checkout.`;
  if (machine.home !== null && isWithin(machine.home, view.root)) return `${view.root} holds the user's home folder and cannot be the root of a confined process. Use a worktree or a scratch checkout.`;
  if (!isWithin(view.directory, view.root)) return `${view.directory} lies outside ${view.root}. Start in a folder of the root.`;
  const shown = [view.root, ...view.mounts.map(({ from }) => from)].find((path) => machine.hidden.some((hidden) => hidden.path === path));
  return shown === undefined ? null : `${shown} must not be seen by a confined process. Mount only what it needs from inside.`;
}

/**
 * Arguments of bubblewrap up to, not including, the command. Mounts stand in the order of their depth, so that a deeper one is never covered;
 * at the same place the one that was asked for by name wins. A hidden folder below something shown is covered by an empty one,
 * and what was asked for by name inside of it stands on top of that.
 */
export function bubblewrapArguments(view: View, machine: Machine): readonly string[] {
  const temporary = (path: string): Entry => ({ to: path, args: [...(machine.canSize ? ['--size', String(temporaryBytes)] : []), '--tmpfs', path] });
  const toolchains = machine.toolchains.filter(({ from }) => !machine.hidden.some((hidden) => isWithin(from, hidden.path)));
  const root: Mount = { from: view.root, to: view.root, write: true };
  const pointer: Mount = { from: `${view.root}/.git`, to: `${view.root}/.git`, write: false };
  const asked = [...machine.system, ...toolchains, root, ...(view.gitPointer ? [pointer] : []), ...view.mounts];
  const mounts = asked.filter((mount, at) => !asked.slice(at + 1).some((later) => later.to === mount.to));
  const covers = masks(mounts, machine.hidden);
  const entries: Entry[] = [
    ...machine.links.map(({ path, target }) => ({ to: path, args: ['--symlink', target, path] })),
    ...['/tmp', '/var/tmp', ...(machine.home === null ? [] : [machine.home])].map(temporary),
    ...mounts.map(bind),
    ...covers,
  ];
  const ordered = entries.map((entry) => ({ entry, depth: entry.to.split('/').length })).sort((a, b) => a.depth - b.depth);
  return [
    ...isolation, ...(view.network ? [] : ['--unshare-net']),
    '--dev', '/dev', '--tmpfs', '/dev/shm', '--remount-ro', '/dev', '--proc', '/proc',
    ...ordered.flatMap(({ entry }) => entry.args),
    ...covers.filter(({ args }) => args[0] === '--tmpfs').flatMap(({ to }) => ['--remount-ro', to]),
    '--remount-ro', '/', '--chdir', view.directory,
  ];
}

interface Entry { readonly to: string; readonly args: readonly string[] }

function bind({ from, to, write }: Mount): Entry {
  return { to, args: [write ? '--bind' : '--ro-bind', from, to] };
}

/** Covers for hidden things wherever a mount of something above them would show them. */
function masks(mounts: readonly Mount[], hidden: Machine['hidden']): Entry[] {
  const covers = new Map<string, Entry>();
  for (const { path, folder } of hidden) {
    for (const mount of mounts) {
      if (path === mount.from || !isWithin(path, mount.from)) continue;
      const to = `${mount.to}${path.slice(mount.from.length)}`;
      covers.set(to, { to, args: folder ? ['--tmpfs', to] : ['--ro-bind', '/dev/null', to] });
    }
  }
  return [...covers.values()];
}
