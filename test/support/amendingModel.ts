/**
 * A scripted model that changes the plan while it works: the implementer of `first` proposes one change that cannot be, one that counts at once, and one that a person decides.
 * Whoever else gets a subtask writes the file that is called like it, in the folder that its scope names.
 */
import type { ModelAnswer, ModelScript } from './modelServer.ts';
import { call } from './modelServer.ts';

const subtask = (id: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({ id, title: `Write ${id}`, description: `Write ${id}.txt.`, scope: ['notes/**'], ...more });

const firstPlan = { summary: 'Two notes, one after the other.', subtasks: [subtask('first', { requirements: ['REQ-NOTE-01'] }), subtask('second', { needs: ['first'], requirements: ['REQ-NOTE-02'] })] };

const first: readonly ModelAnswer[] = [
  call('propose_amendment', { why: 'Try it.', add: [subtask('more', { needs: ['second', 'nosuch'] })], split: [{ id: 'second', into: [subtask('left', { needs: ['right'] }), subtask('right', { needs: ['left'] })] }], drop: ['first'] }),
  call('propose_amendment', { why: 'The second note is two.', split: [{ id: 'second', into: [subtask('left', { needs: ['first'], requirements: ['REQ-NOTE-02'] }), subtask('right', { needs: ['first'], requirements: ['REQ-NOTE-02'] })] }] }),
  call('propose_amendment', { why: 'The notes are not shown anywhere.', add: [subtask('shown', { scope: ['shown/**'], needs: ['left'] })] }),
  call('write_file', { path: 'notes/first.txt', content: 'first\n' }),
  call('finish', { summary: 'Wrote the first note.' }),
];

export const amendingModel: ModelScript = ({ role, subtask: own, calls }) => {
  if (role === 'planner') return call('submit_plan', firstPlan);
  if (role === 'reviewer') return call('submit_review', { summary: 'Nothing to mend.', criteria: [], findings: [], verdict: 'approve' });
  if (own?.id === 'first') return first[Math.min(calls.length, first.length - 1)] ?? call('finish', { summary: 'Done.' });
  const folder = own?.id === 'shown' ? 'shown' : 'notes';
  return calls.length === 0 ? call('write_file', { path: `${folder}/${own?.id ?? 'rework'}.txt`, content: `${own?.id ?? 'rework'}\n` }) : call('finish', { summary: `Wrote ${own?.id ?? 'it'}.` });
};

export const notesProject = {
  'package.json': JSON.stringify({ name: 'notes', type: 'module', scripts: { test: 'node --test' } }),
  'notes.test.js': 'import { test } from "node:test";\ntest("is there", () => {});\n',
  'specs/notes.md': '# Notes\n\n- REQ-NOTE-01: The first note shall be written.\n- REQ-NOTE-02: The second note shall be written.\n',
  'specs/other.md': '# Other\n\n- REQ-OTHER-01: Something else shall be.\n',
};
