/**
 * What is wrong with a workflow's graph, all at once. Owns: which graphs may run. Refuses: lines and files (see `workflows/`).
 */
import type { Step, Workflow } from './workflow.ts';

/** Unknown or later needs (so no circle can be written), doubles, wrong rework targets; as sentences. */
export function mistakes(workflow: Workflow): readonly string[] {
  const found: string[] = [];
  const earlier = new Map<string, Step>();
  for (const step of workflow.steps) {
    if (earlier.has(step.id)) found.push(`step "${step.id}" stands twice; give each step its own id`);
    for (const need of step.needs) if (!earlier.has(need)) found.push(`step "${step.id}" needs "${need}", which no earlier step is called`);
    if ('rework' in step && step.rework !== null && earlier.get(step.rework)?.kind !== 'agent') found.push(`step "${step.id}" sends work back to "${step.rework}", which is no earlier agent step`);
    if (step.kind === 'agent' && step.forEach?.over === 'subtasks') {
      const plan = earlier.get(step.forEach.of);
      if (plan?.kind !== 'agent' || plan.gives !== 'plan') found.push(`step "${step.id}" runs for each subtask of "${step.forEach.of}", which gives no plan`);
    }
    found.push(...notYet(step).map((what) => `step "${step.id}": ${what} is not carried out by this version`));
    earlier.set(step.id, step);
  }
  return found;
}

/** What the language can say and the engine does not do yet: refused, never passed over. */
function notYet(step: Step): readonly string[] {
  const found: string[] = [];
  if (step.kind === 'run' || step.kind === 'tool' || step.kind === 'use') found.push(`"${step.kind}"`);
  if (step.join !== 'all') found.push(`join "${step.join}"`);
  if (step.if !== null) found.push('"if"');
  if (step.loop) found.push('"loop"');
  if (step.continueOnError) found.push('"continueOnError"');
  if (step.within !== null) found.push('"within"');
  if (step.kind === 'agent') {
    if (step.gives === 'document' || step.gives === 'result') found.push(`"gives: ${step.gives}"`);
    if (step.forEach && step.forEach.over !== 'subtasks') found.push(`"forEach" over ${step.forEach.over}`);
    if (step.landing === 'choice') found.push('"landing: choice"');
    const set = { maxParallel: step.maxParallel, retry: step.retry, timeoutMs: step.timeoutMs, prompt: step.prompt, agents: step.agents, document: step.document, rework: step.rework };
    found.push(...Object.entries(set).flatMap(([name, value]) => (value === null ? [] : [`"${name}"`])));
    if (Object.keys(step.outputs).length > 0) found.push('"outputs"');
    if (step.reads.length > 0) found.push('"reads"');
    if (step.mayChangeNothing) found.push('"mayChangeNothing"');
  }
  if (step.kind === 'gate' && (step.gates !== null || step.tree !== 'merged')) found.push('a gate of chosen gates or of the task\'s tree');
  if (step.kind === 'checkpoint' && step.about !== 'plan' && step.about !== 'merge') found.push(`a checkpoint about "${step.about}"`);
  return found;
}
