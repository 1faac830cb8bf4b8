import assert from 'node:assert/strict';
import { bubblewrapArguments, refusal, type Machine, type View } from '../../src/sandbox/policy.ts';

const machine: Machine = {
  links: [{ path: '/bin', target: 'usr/bin' }], system: [{ from: '/usr', to: '/usr', write: false }], toolchains: [], home: '/home/u', hidden: [], canSize: false,
};
const view: View = { root: '/home/u/trees/a', directory: '/home/u/trees/a', network: false, mounts: [], gitPointer: false };

/** The mounts alone, one a line. */
function table(seen: View, on: Machine): string[] {
  const words = bubblewrapArguments(seen, on);
  const from = words.indexOf('/proc') + 1;
  const lines: string[] = [];
  for (const word of words.slice(from)) {
    if (word.startsWith('--')) lines.push(word.slice(2));
    else lines[lines.length - 1] += ` ${word}`;
  }
  return lines;
}

describe('what a confined process sees (specs/sandbox.md)', () => {
  it('REQ-WALL-01: own user, process, network, message and host namespaces, no capability, and an end with the engine', () => {
    const words = bubblewrapArguments(view, machine);
    for (const word of ['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--cap-drop', '--die-with-parent', '--new-session']) assert.ok(words.includes(word), word);
    assert.ok(!bubblewrapArguments({ ...view, network: true }, machine).includes('--unshare-net'));
  });

  it('REQ-WALL-02: the system read-only, an empty home and /tmp, the root writable, and nothing else', () => {
    assert.deepEqual(table(view, machine), [
      'symlink usr/bin /bin', 'tmpfs /tmp', 'ro-bind /usr /usr', 'tmpfs /var/tmp', 'tmpfs /home/u', 'bind /home/u/trees/a /home/u/trees/a', 'remount-ro /', 'chdir /home/u/trees/a',
    ]);
  });

  it('REQ-WALL-02: temporary folders are limited where bubblewrap can', () => {
    assert.ok(table(view, { ...machine, canSize: true }).includes('size 2147483648'));
  });

  it('REQ-WALL-03: a hidden folder below something shown is covered, and what was asked for inside of it stands on top', () => {
    const seen = { ...view, root: '/r/.git/treeline/scratch/1', directory: '/r/.git/treeline/scratch/1', mounts: [{ from: '/r', to: '/r', write: false }] };
    const lines = table(seen, { ...machine, hidden: [{ path: '/r/.git/treeline', folder: true }, { path: '/r/.env', folder: false }, { path: '/elsewhere', folder: true }] });
    assert.deepEqual(lines.filter((line) => line.includes('/r')), [
      'ro-bind /r /r', 'ro-bind /dev/null /r/.env', 'tmpfs /r/.git/treeline', 'bind /r/.git/treeline/scratch/1 /r/.git/treeline/scratch/1', 'remount-ro /r/.git/treeline', 'chdir /r/.git/treeline/scratch/1',
    ]);
  });

  it('REQ-WALL-03: hidden things are covered wherever a mount would show them under another name', () => {
    const lines = table({ ...view, mounts: [{ from: '/r/.git', to: '/g', write: false }] }, { ...machine, hidden: [{ path: '/r/.git/treeline', folder: true }] });
    assert.ok(lines.includes('tmpfs /g/treeline'));
  });

  it('REQ-WALL-03: a toolchain that lies in a hidden folder is not shown', () => {
    const lines = table(view, { ...machine, toolchains: [{ from: '/r/bin', to: '/r/bin', write: false }], hidden: [{ path: '/r', folder: true }] });
    assert.deepEqual(lines.filter((line) => line.includes('/r/bin')), []);
  });

  it('REQ-WALL-04: the pointer of a linked worktree is read-only, unless something was put in its place', () => {
    assert.ok(table({ ...view, gitPointer: true }, machine).includes('ro-bind /home/u/trees/a/.git /home/u/trees/a/.git'));
    const lines = table({ ...view, gitPointer: true, mounts: [{ from: '/s/git', to: '/home/u/trees/a/.git', write: true }] }, machine);
    assert.deepEqual(lines.filter((line) => line.endsWith('/.git')), ['bind /s/git /home/u/trees/a/.git']);
  });

  it('REQ-WALL-08: system folders, a home and what is above it, and hidden folders are no roots', () => {
    for (const root of ['/', '/usr', '/etc', '/tmp', '/home', '/home/u']) assert.match(refusal({ ...view, root, directory: root }, machine) ?? '', /cannot be the root/);
    assert.match(refusal({ ...view, root: '/r/x', directory: '/r/x' }, { ...machine, hidden: [{ path: '/r/x', folder: true }] }) ?? '', /must not be seen/);
    assert.match(refusal({ ...view, mounts: [{ from: '/r/x', to: '/y', write: false }] }, { ...machine, hidden: [{ path: '/r/x', folder: true }] }) ?? '', /must not be seen/);
    assert.match(refusal({ ...view, directory: '/home/u/trees/ab' }, machine) ?? '', /lies outside/);
    assert.equal(refusal({ ...view, directory: '/home/u/trees/a/b' }, machine), null);
  });
});
