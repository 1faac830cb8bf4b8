/**
 * `npm run bench`: what product budgets say must be fast, beside what it is compared with, as ratios inside one run.
 * Never asserts a time: it prints figures, the budget, and whether the figure of this run lies inside.
 */
import { benchDecide } from './benchDecide.ts';
import { benchDependencies } from './benchDependencies.ts';
import { benchEngine } from './benchEngine.ts';
import { benchEditor } from './benchEditor.ts';
import { benchGates } from './benchGates.ts';
import { benchGraph } from './benchGraph.ts';
import { benchJournal } from './benchJournal.ts';
import { benchMakespan } from './benchMakespan.ts';
import { benchProcess } from './benchProcess.ts';
import { benchPrompts } from './benchPrompts.ts';
import { benchSpecs } from './benchSpecs.ts';
import { benchWorkflows } from './benchWorkflows.ts';
import { benchWorktrees } from './benchWorktrees.ts';
import type { Figure } from './figure.ts';
import { table } from './figure.ts';

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const benches: Record<string, () => Promise<readonly Figure[]>> = { journal: benchJournal, engine: benchEngine, decide: benchDecide, makespan: benchMakespan, editor: benchEditor, specs: benchSpecs, workflows: benchWorkflows, graph: benchGraph, gates: benchGates, dependencies: benchDependencies, prompts: benchPrompts, worktrees: benchWorktrees, process: benchProcess };

for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  console.log(table(await bench()));
}
