/**
 * How a runner is asked for a report that a machine can read: by what its processes load, or by its own environment variable.
 * Owns: which of these a gate gets. Refuses: arguments, files and settings of the project. A gate with a report file of its own is not asked.
 */
import type { GateDefinition } from '../../core/gate.ts';
import { nodeListener, nodeOptionsFor } from './nodeListener.ts';
import { pytestListener } from './pytestListener.ts';

export interface Asking {
  /** Files to lay into the gate's private folder, by name. Listeners write their reports beside them. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

const nothing: Asking = { files: {}, environment: {} };

/** @param folder the gate's private folder as its processes see it */
export function askingOf(gate: Pick<GateDefinition, 'report' | 'runner' | 'findings'>, folder: string): Asking {
  if (gate.report !== null || gate.findings !== undefined) return nothing;
  const node: Asking = { files: { 'listener.cjs': nodeListener }, environment: { NODE_OPTIONS: nodeOptionsFor(`${folder}/listener.cjs`) } };
  const python: Asking = {
    files: pytestListener,
    // tox (3) hands on only what it is told to.
    environment: { PYTHONPATH: folder, TOX_TESTENV_PASSENV: 'PYTHONPATH' },
  };
  switch (gate.runner) {
    case 'mocha': case 'node-test': case 'jest': case 'vitest': return node;
    case 'pytest': return python;
    case 'go-test': return { files: {}, environment: { GOFLAGS: '-json' } };
    case 'cargo-test': case 'nextest': return nothing;
    case 'tap': case 'unknown': return { files: { ...node.files, ...python.files }, environment: { ...node.environment, PYTHONPATH: folder } };
  }
}
