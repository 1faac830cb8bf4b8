/**
 * A set-up as steps that each install for one language and do nothing else, and what such a step's result depends on.
 * Owns: which commands these are, and the key under which an installed tree may be used again: by lock file and manifests where nothing else
 * can have gone into it, else by the commit. Refuses: a key for what is not known to install only.
 */
import { hashOf } from './canonical.ts';
import type { TreeText } from './definition.ts';
import { nodeInputs, nodeRunsCodeOfTheTree, type LockInputs } from './nodeInputs.ts';

export interface SetupStep { readonly kind: 'node' | 'python' | 'go' | 'cargo' | 'other'; readonly command: string }

const kinds: readonly (readonly [Exclude<SetupStep['kind'], 'other'>, RegExp])[] = [
  ['node', /^(npm (ci|i|install)|pnpm (i|install)|yarn( install)?)( --[a-z-]+)*$/],
  ['python', /^(uv sync|poetry install)( --[a-z-]+)*$|^python3 -m venv( --[a-z-]+)* \.venv && \.venv\/bin\/python -m pip install [^;&|`$<>]+$/],
  ['go', /^go mod download$/],
  ['cargo', /^cargo fetch( --locked)?$/],
];

function stepOf(command: string): SetupStep {
  return { kind: kinds.find(([, pattern]) => pattern.test(command))?.[0] ?? 'other', command };
}

/** The steps of a set-up; one of kind `other` where some of it is more than an installation. */
export function setupSteps(setup: string): readonly SetupStep[] {
  const parts = setup.trim().split(/ && (?!\.venv\/bin\/python -m pip )/).map((part) => stepOf(part.trim()));
  return parts.some(({ kind }) => kind === 'other') ? [{ kind: 'other', command: setup }] : parts;
}

/**
 * What an installed tree depends on, as a hash, and in words.
 * `ofCommit`: the key to take where it turns out that packages ran something of their own when they were installed; null: that is known already.
 */
export interface InstallKey { readonly key: string; readonly same: string; readonly ofCommit: string | null }

/** @param machine what installs and what it runs behind */
export async function installKey(step: SetupStep, commit: string, tree: TreeText, machine: string): Promise<InstallKey> {
  const inputs = step.kind === 'node' ? await nodeInputs(step.command, tree) : step.kind === 'python' ? await pythonInputs(step.command, tree) : null;
  const keyOf = (own: object): string => hashOf({ version: 2, command: step.command, machine, ...own });
  if (inputs === null) return { key: keyOf({ commit }), same: 'commit', ofCommit: null };
  const { scriptsUnknown, ...same } = inputs;
  return { key: keyOf(same), same: inputs.lock.name, ofCommit: scriptsUnknown ? keyOf({ commit }) : null };
}

/** Whether installing may run code of the tree itself: what such a one could leave in a cache must not be another commit's. */
export async function runsCodeOfTheTree(step: SetupStep, tree: TreeText): Promise<boolean> {
  switch (step.kind) {
    case 'go': return false;
    case 'node': return nodeRunsCodeOfTheTree(tree);
    case 'cargo': {
      const settings = await Promise.all(['.cargo/config.toml', '.cargo/config', 'rust-toolchain.toml', 'rust-toolchain'].map((name) => tree.read(name)));
      return settings.some((text) => text !== null && /rustc|wrapper|credential|include|path/i.test(text));
    }
    case 'python': {
      const listed = await Promise.all([...step.command.matchAll(/ -r (\S+)/g)].map(([, file = '']) => tree.read(file)));
      // Built by what its own build system says, or from a file or folder of the tree.
      return /\s-e\s/.test(step.command) || (!step.command.includes(' pip ') && (tree.files.has('setup.py') || /^\s*\[build-system\]/m.test(await tree.read('pyproject.toml') ?? '')))
        || listed.some((text) => /^\s*(-|[./]|[\w.-]+\/)|file:/m.test(text ?? ''));
    }
    case 'other': return true;
  }
}

/** Null: the project itself is installed, or something else that lies in the tree. */
async function pythonInputs(command: string, tree: TreeText): Promise<LockInputs | null> {
  const project = await tree.read('pyproject.toml') ?? '';
  if (/^\s*\[build-system\]/m.test(project) || tree.files.has('setup.py')) return null;
  const listed = [...command.matchAll(/ -r (\S+)/g)].map(([, file = '']) => file);
  const names = command.startsWith('uv ') ? ['uv.lock'] : listed;
  const texts = await Promise.all(names.map((name) => tree.read(name)));
  const [name] = names;
  if (name === undefined || texts.includes(null)) return null;
  // Another file, a path, or a package that is not fixed by its version.
  if (listed.length > 0 && texts.some((text) => (text ?? '').split('\n').some((line) => line.trim() !== '' && !/^\s*(#.*|[A-Za-z0-9][\w.-]*(\[[\w,. -]+\])?\s*==\s*[\w.!+-]+\s*(;[^#]*)?(\\|#.*)?|--hash=\S+\s*\\?)$/.test(line)))) return null;
  if (/\b(path|directory|editable|virtual)\s*=\s*"(?!\.")/.test(texts[0] ?? '')) return null;
  return { scriptsUnknown: false, lock: { name, text: texts.join('\0') }, settings: [project, await tree.read('uv.toml'), await tree.read('.python-version')] };
}
