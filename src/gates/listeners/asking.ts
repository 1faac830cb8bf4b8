/**
 * How a runner is asked for a report that a machine can read: by what its processes load, or by its own environment variable.
 * Owns: which of these a gate gets. Refuses: arguments, files and settings of the project. A gate with a report file of its own is not asked.
 *
 * A script that sets such a variable itself (`NODE_OPTIONS=--experimental-vm-modules jest`, `PYTHONPATH=. pytest`) takes ours away. For it a
 * stand-in of the program comes first on PATH, which puts ours back beside the script's, takes itself off PATH, and becomes the program.
 */
import { shellQuoted } from '../../core/shellQuoted.ts';
import type { GateDefinition } from '../../core/gate.ts';
import { nodeListener, nodeOptionsFor } from './nodeListener.ts';
import { pythonListener } from './pythonListener.ts';

export interface Asking {
  /** Files to lay into the gate's private folder, by name. Listeners write their reports beside them. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Shell text before the command; empty: none. */
  readonly before: string;
}

const nothing: Asking = { files: {}, environment: {}, before: '' };

/**
 * @param folder the gate's private folder as its processes see it
 * @param texts the command and all that it resolves to: what may set variables
 */
export function askingOf(gate: Pick<GateDefinition, 'report' | 'runner' | 'findings'>, folder: string, texts: readonly string[]): Asking {
  if (gate.report !== null || gate.findings !== undefined) return nothing;
  const sets = (pattern: RegExp): boolean => texts.some((text) => pattern.test(text));
  const options = nodeOptionsFor(`${folder}/listener.cjs`);
  const node: Asking = { files: { 'listener.cjs': nodeListener }, environment: { NODE_OPTIONS: options }, before: '' };
  const nodeToo = sets(/\bNODE_OPTIONS=|\bnode-options\s*=|\benv -i\b/) ? withStandIns(node, folder, ['node'], { name: 'NODE_OPTIONS', value: options, separator: ' ' }) : node;
  // tox (3) hands on only what it is told to.
  const python: Asking = { files: pythonListener, environment: { PYTHONPATH: folder, ...(gate.runner === 'pytest' || gate.runner === 'unittest' ? { TOX_TESTENV_PASSENV: 'PYTHONPATH' } : {}) }, before: '' };
  const pythonToo = sets(/\bPYTHONPATH\s*[:?+]?=|\benv -i\b/) ? withStandIns(python, folder, ['python', 'python3', 'pytest', 'py.test'], { name: 'PYTHONPATH', value: folder, separator: ':' }) : python;
  switch (gate.runner) {
    case 'mocha': case 'node-test': case 'jest': case 'vitest': return nodeToo;
    case 'pytest': case 'unittest': return pythonToo;
    case 'go-test': return { ...nothing, environment: { GOFLAGS: '-json' } };
    case 'cargo-test': case 'nextest': return nothing;
    case 'tap': case 'unknown': return {
      files: { ...nodeToo.files, ...pythonToo.files }, environment: { ...nodeToo.environment, ...pythonToo.environment }, before: nodeToo.before || pythonToo.before,
    };
  }
}

interface Variable { readonly name: string; readonly value: string; readonly separator: string }

function withStandIns(asking: Asking, folder: string, programs: readonly string[], variable: Variable): Asking {
  const files = Object.fromEntries(programs.map((program) => [`bin/${program}`, standIn(`${folder}/bin`, program, variable)]));
  return { ...asking, files: { ...asking.files, ...files }, before: `chmod u+x ${shellQuoted(`${folder}/bin`)}/* && export PATH=${shellQuoted(`${folder}/bin`)}:"$PATH"\n` };
}

/** POSIX sh. Where the program is nowhere else, the shell says so with 127, as it would have. */
function standIn(folder: string, program: string, { name, value, separator }: Variable): string {
  return `#!/bin/sh
ours=${shellQuoted(folder)}
rest=
old_ifs=$IFS
IFS=:
for entry in $PATH; do
  [ "$entry" = "$ours" ] || rest="\${rest:+$rest:}$entry"
done
IFS=$old_ifs
PATH=$rest
export PATH
value=${shellQuoted(value)}
case "\${${name}-}" in
  *"$value"*) ;;
  *) ${name}="$value\${${name}:+${separator}$${name}}" ; export ${name} ;;
esac
exec ${program} "$@"
`;
}
