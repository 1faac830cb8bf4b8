/**
 * Workflows by chance, all of them valid: joins, conditions over what is before, loops, retries, fan-outs, choices, nested workflows, work
 * sent back, documents, checkpoints, merges. `draw(n)` gives a whole number from 0 to n - 1.
 */
import { environmentOf } from '../../src/core/declared.ts';
import type { ExpressionType, TypeEnvironment } from '../../src/core/expression.ts';
import { ancestors } from '../../src/core/graph.ts';
import type { Step, Workflow } from '../../src/core/workflow.ts';
import { workflowSchema } from '../../src/core/workflow.ts';

type Draw = (below: number) => number;
type Loose = Record<string, unknown> & { id: string; kind: string; needs: string[]; within: string | null };

export interface DrawnOptions {
  /** Steps at the top, at most. */
  readonly most: number;
  /** Whether anything may be repeated, sent back or retried. */
  readonly calm?: boolean;
  readonly kinds?: readonly Step['kind'][];
  /** The last step is a merge behind a checkpoint: a run that gets there has landed. */
  readonly lands?: boolean;
}

export function drawnWorkflow(draw: Draw, options: DrawnOptions): Workflow {
  const drawing = new Drawing(draw, options);
  drawing.group(null, 1 + draw(options.most), 0);
  if (options.lands) drawing.landing();
  return drawing.workflow();
}

class Drawing {
  readonly #draw: Draw;
  readonly #options: DrawnOptions;
  readonly #steps: Loose[] = [];
  #count = 0;

  constructor(draw: Draw, options: DrawnOptions) {
    this.#draw = draw;
    this.#options = options;
  }

  workflow(steps: readonly Loose[] = this.#steps): Workflow {
    return workflowSchema.parse({ name: 'drawn', description: '', inputs: { deep: { type: { type: 'boolean' }, default: true } }, steps });
  }

  #often(percent: number): boolean { return this.#draw(100) < percent; }
  #pick<Item>(items: readonly Item[]): Item { return items[this.#draw(items.length)] as Item; }

  group(within: string | null, size: number, depth: number): void {
    for (let index = 0; index < size; index += 1) this.#step(within, depth);
  }

  landing(): void {
    const open = this.#steps.filter((step) => step.within === null).map((step) => step.id);
    const last = open.slice(-1 - this.#draw(2));
    const agent = this.#steps.find((step) => step.kind === 'agent' && step.within === null && step['gives'] === 'tree');
    this.#steps.push({ id: 'last-gate', kind: 'gate', needs: last, within: null, join: 'settled', if: 'always()', repairs: 2, rework: agent && this.#before(last).has(agent.id) ? agent.id : null });
    this.#steps.push({ id: 'last-look', kind: 'checkpoint', about: 'merge', needs: ['last-gate'], within: null, rework: agent && this.#before(last).has(agent.id) ? agent.id : null });
    this.#steps.push({ id: 'last-merge', kind: 'merge', needs: ['last-look'], within: null });
  }

  #before(needs: readonly string[]): Set<string> {
    const found = new Set<string>(needs);
    for (const step of this.#steps.toReversed()) if (found.has(step.id)) for (const need of step.needs) found.add(need);
    return found;
  }

  #step(within: string | null, depth: number): void {
    const earlier = this.#steps.filter((step) => step.within === within);
    const id = `${within === null ? '' : `${within}/`}s${++this.#count}`;
    const needs = earlier.filter(() => this.#often(35)).slice(-3).map((step) => step.id);
    const before = this.#before(needs);
    const kind = this.#kind(depth, earlier.filter((step) => before.has(step.id)));
    const step: Loose = { id, kind, needs, within, join: needs.length > 1 ? this.#pick(['all', 'all', 'any', 'settled']) : 'all', continueOnError: this.#often(30) };
    this.#fill(step, earlier.filter((other) => before.has(other.id)));
    this.#steps.push(step);
    const places = this.#environment(step);
    step['if'] = this.#often(40) ? this.#condition(places.before) : null;
    if (kind === 'use' && Object.hasOwn(places.before.inputs, 'deep') && this.#often(50)) step['inputs'] = { deep: 'inputs.deep' };
    if (kind === 'use') this.group(id, 1 + this.#draw(3), depth + 1);
    if (kind === 'use') step['outputs'] = Object.fromEntries(this.#steps.filter((inner) => inner.within === id && inner.kind === 'run' && inner['forEach'] === undefined).slice(0, 1).map((inner) => ['exit', `steps.${inner.id.slice(id.length + 1)}.outputs.exit`]));
    if (!this.#options.calm && ['agent', 'run', 'tool', 'use'].includes(kind) && step['landing'] !== 'choice' && this.#often(15)) step['loop'] = this.#loop(step);
  }

  #kind(depth: number, before: readonly Loose[]): Step['kind'] {
    const kinds: Step['kind'][] = ['agent', 'agent', 'agent', 'run', 'run', 'tool', 'gate', 'checkpoint', 'use', 'merge'];
    const kind = this.#pick(kinds.filter((one) => (this.#options.kinds ?? kinds).includes(one) && (one !== 'use' || depth < 2) && (one !== 'merge' || this.#often(25))));
    return kind === 'checkpoint' && before.length === 0 ? 'agent' : kind;
  }

  #fill(step: Loose, before: readonly Loose[]): void {
    const agents = before.filter((other) => other.kind === 'agent' && other['gives'] === 'tree');
    const rework = !this.#options.calm && agents.length > 0 && this.#often(60) ? this.#pick(agents).id : null;
    const repeats = this.#options.calm ? {} : { retry: this.#often(30) ? { times: 1 + this.#draw(2), pauseMs: 1_000 * this.#draw(3), on: [this.#pick(['any', 'rate-limit', 'command'])] } : null };
    const outputs = this.#often(50) ? { ok: { type: 'boolean' }, n: { type: 'number' }, how: { type: 'enum', values: ['x', 'y'] }, all: { type: 'list' } } : {};
    switch (step.kind) {
      case 'agent': {
        const plans = before.filter((other) => other['gives'] === 'plan');
        const gives = this.#pick(['tree', 'tree', 'tree', 'plan', 'review', 'document', 'result']);
        const forEach = gives === 'plan' || gives === 'document' ? undefined : this.#rows(before, plans);
        Object.assign(step, repeats, { role: gives === 'plan' ? 'planner' : gives === 'review' ? 'reviewer' : 'implementer', gives, repairs: this.#options.calm ? 0 : this.#draw(3), outputs, mayChangeNothing: this.#often(20), maxParallel: this.#often(20) ? 1 + this.#draw(2) : null, agents: this.#often(30) ? ['x', 'y'] : null });
        if (forEach) step['forEach'] = forEach;
        if (gives === 'tree') step['landing'] = this.#pick(['gated', 'direct', ...(forEach && !('of' in forEach) ? ['choice'] : [])]);
        if (gives === 'document') step['document'] = `${step.id.replaceAll('/', '-')}.md`;
        if (gives === 'review') step['rework'] = rework;
        break;
      }
      case 'run': {
        const forEach = this.#rows(before, []);
        Object.assign(step, repeats, { command: 'true', outputs, gives: this.#pick(['result', 'result', 'tree']) });
        if (forEach && forEach['over'] !== 'agents') step['forEach'] = forEach;
        if (step['gives'] === 'tree') step['landing'] = this.#pick(['gated', 'direct']);
        break;
      }
      case 'tool': Object.assign(step, repeats, { server: 'tracker', tool: 'get', outputs }); break;
      case 'gate': Object.assign(step, { tree: this.#pick(['merged', 'task']), rework, repairs: rework === null ? 0 : 1 + this.#draw(2) }); break;
      case 'checkpoint': {
        const of = this.#pick(before);
        const about = of['landing'] === 'choice' ? 'choice' : of['gives'] === 'document' ? 'document' : of['gives'] === 'plan' ? 'plan' : this.#pick(['review', 'merge']);
        Object.assign(step, { about, of: about === 'review' || about === 'merge' ? null : of.id, rework });
        break;
      }
      case 'use': Object.assign(step, { workflow: 'other', inputs: {} }); break;
    }
  }

  #rows(before: readonly Loose[], plans: readonly Loose[]): Record<string, unknown> | undefined {
    const lists = before.filter((other) => Object.hasOwn((other['outputs'] as object | undefined) ?? {}, 'all') && other.kind !== 'use');
    const within = before[0]?.within ?? null;
    const strip = (id: string): string => (within === null ? id : id.slice(within.length + 1));
    if (plans.length > 0 && this.#often(50)) return { over: 'subtasks', of: this.#pick(plans).id };
    if (lists.length > 0 && this.#often(30)) return { over: 'list', of: `steps.${strip(this.#pick(lists).id)}.outputs.all` };
    if (this.#often(15)) return { over: 'matrix', rows: ['a', 'b'].map((name) => ({ name, values: { os: name } })) };
    return this.#often(15) ? { over: 'agents', copies: 2 } : undefined;
  }

  /** A check that can never hold is only drawn where its failure may be: nobody would retry it for ever. */
  #loop(step: Loose): { readonly until: string; readonly max: number } {
    const until = this.#condition(this.#environment(step).itself);
    const max = 1 + this.#draw(3);
    return { until: step['continueOnError'] === true ? until : `${until} || round >= ${1 + this.#draw(max)}`, max };
  }

  #environment(step: Loose): { readonly before: TypeEnvironment; readonly itself: TypeEnvironment } {
    const workflow = this.workflow();
    const found = workflow.steps.find((candidate) => candidate.id === step.id) as Step;
    return { before: environmentOf(workflow, found), itself: environmentOf(workflow, found, true) };
  }

  /** True or false, over what can be seen from there. */
  #condition(environment: TypeEnvironment): string {
    const seen: [string, ExpressionType][] = [
      ...Object.entries(environment.inputs).map(([name, type]): [string, ExpressionType] => [`inputs.${name}`, type]),
      ...Object.entries(environment.steps).flatMap(([step, outputs]) => [[`steps.${step}.outcome`, { type: 'enum', values: ['success', 'failure', 'skipped'] }], ...Object.entries(outputs).map(([name, type]): [string, ExpressionType] => [`steps.${step}.outputs.${name}`, type])] as [string, ExpressionType][]),
    ];
    const one = seen.length === 0 || this.#often(10) ? this.#pick(['true', 'round < 3', 'success()']) : this.#about(this.#pick(seen));
    const other = this.#pick(['', '', '', ' || failure()', ' && always()', ' || round >= 2']);
    return this.#often(15) ? `!(${one})${other}` : `${one}${other}`;
  }

  #about([path, type]: readonly [string, ExpressionType]): string {
    switch (type.type) {
      case 'boolean': return path;
      case 'number': return `${path} ${this.#pick(['<', '>=', '=='])} ${this.#draw(3)}`;
      case 'enum': return `${path} ${this.#pick(['==', '!='])} '${this.#pick(type.values)}'`;
      case 'string': return `empty(${path})`;
      case 'list': return `length(${path}) > ${this.#draw(2)}`;
      case 'any': return `${path} == 'a'`;
    }
  }
}

/** How a drawn workflow reads, for a failing case. */
export function shownWorkflow(workflow: Workflow): string {
  return workflow.steps.map((step) => JSON.stringify(Object.fromEntries(Object.entries(step).filter(([, value]) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0) && JSON.stringify(value) !== '{}')))).join('\n') + `\n(${workflow.steps.map((step) => ancestors(workflow, step.id).length).join(' ')} before each)`;
}
