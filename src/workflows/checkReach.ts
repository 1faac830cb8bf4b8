/**
 * Steps that can never begin: conditions that never hold, joins over branches that exclude one another, and what waits for such a step.
 * How: each value that more than one place asks about (an enum, a boolean, a text compared with fixed texts) is tried out in all its forms;
 * everything else counts as able to be anything. So a step that is named here really never begins; not each one that never begins is named.
 * Owns: that search, and its limit. Refuses: steps of workflows that are used (they are looked at by themselves).
 */
import { environmentOf } from '../core/declared.ts';
import { parts } from '../core/expression.ts';
import type { TypeEnvironment } from '../core/expression.ts';
import { parse } from '../core/expressionSyntax.ts';
import type { Expression } from '../core/expressionSyntax.ts';
import type { Value, Workflow } from '../core/workflow.ts';
import { expressionText } from './compileStep.ts';
import type { Mistake } from './mistake.ts';
import { shown } from './mistake.ts';
import type { Node, Outline } from './outline.ts';
import { judge, keyOf } from './threeValued.ts';
import type { Known } from './threeValued.ts';
import { takeOut } from './way.ts';
import type { Way } from './way.ts';
import type { YamlText } from './yamlText.ts';

/** Combinations of values that are tried for one step; beyond, it counts as reachable. */
const triesLimit = 1_024;

/** One text that is none of those it is compared with. */
const another = '\u0000another';

interface Conditioned { readonly node: Node; readonly condition: Expression | null; readonly lookUps: readonly LookUp[] }
/** A value that a condition asks about: how often, how often by comparing it with a fixed value, and with which; what it can be when that is few. */
interface LookUp { readonly key: string; readonly count: number; readonly compared: number; readonly literals: readonly Value[]; readonly domain: readonly (Value | undefined)[] | null }
type Assignment = ReadonlyMap<string, Value | undefined>;

export function checkReach(outline: Outline, workflow: Workflow, { place }: Pick<YamlText, 'place'>): readonly Mistake[] {
  if (outline.nodes.every((node) => node.step?.if === undefined)) return [];
  const known = new Map(workflow.steps.map((step) => [step.id, step]));
  const steps = new Map(outline.nodes.map((node): [string, Conditioned] => {
    const [condition, core] = [conditionOf(node), known.get(node.id)];
    return [node.id, { node, condition, lookUps: condition && core ? lookUpsOf(condition, environmentOf(workflow, core)) : [] }];
  }));
  const never = new Set<string>();
  const found: Mistake[] = [];
  for (const node of inOrder(outline)) {
    if (!outline.clear(node.id)) continue;
    const because = whyNever(node, steps, outline, never);
    if (!because) continue;
    never.add(node.id);
    found.push({ ...place([...node.path, ...because.at]), code: because.code, message: `"${shown(node.id)}" can never begin: ${because.why}`, fix: because.fix, ways: because.ways ?? [] });
  }
  return found;
}

function conditionOf({ step }: Node): Expression | null {
  if (step?.if === undefined) return null;
  const parsed = parse(expressionText(step.if));
  return parsed.ok ? parsed.value : null;
}

/** Needs before what needs them. */
function inOrder(outline: Outline): readonly Node[] {
  const done = new Set<string>();
  const ordered: Node[] = [];
  const visit = (node: Node | undefined): void => {
    if (!node || done.has(node.id)) return;
    done.add(node.id);
    for (const need of node.needs) visit(outline.node(need.id));
    ordered.push(node);
  };
  outline.nodes.forEach(visit);
  return ordered;
}

interface Because { readonly code: 'never' | 'unreachable'; readonly at: readonly string[]; readonly why: string; readonly fix: string; readonly ways?: readonly Way[] }

function whyNever(node: Node, steps: ReadonlyMap<string, Conditioned>, outline: Outline, never: ReadonlySet<string>): Because | null {
  const own = steps.get(node.id);
  if (!own) return null;
  const anyhow = ignoresJoin(own.condition);
  const blocking = node.needs.filter((need) => never.has(need.id));
  if (!anyhow && (node.join === 'all' ? blocking.length > 0 : node.needs.length > 0 && blocking.length === node.needs.length)) {
    return { code: 'unreachable', at: ['needs'], why: `"${shown(blocking[0]?.id ?? '')}" never does`, fix: `Mend "${shown(blocking[0]?.id ?? '')}", or let this step need something else.` };
  }
  const cone = [...outline.before(node.id), node.id].flatMap((id) => steps.get(id) ?? []);
  if (cone.every(({ condition }) => condition === null)) return null;
  const tries = assignments(cone);
  if (!tries) return null;
  let joined = false;
  for (const values of tries) {
    const runs = new Map<string, boolean>();
    const join = anyhow || joins(node, runs, steps, values);
    joined ||= join;
    if (join && (own.condition === null || judge(own.condition, knownFor(node, runs, steps, values)) !== false)) return null;
  }
  if (joined) return { code: 'never', at: ['if'], why: 'its condition never holds', fix: 'Change the condition, or take the step out.', ways: [takeOut([...node.path, 'if'])] };
  const names = node.needs.map((need) => `"${shown(need.id)}"`).join(' and ');
  return { code: 'never', at: ['needs'], why: node.join === 'all' ? `${names} never all succeed in one run` : `none of ${names} can succeed`, fix: node.join === 'all' ? `They exclude one another: write "needs: { any: [${node.needs.map((need) => need.id).join(', ')}] }".` : 'Let it need a step that can succeed.',
    ways: node.join === 'all' && node.needs.length > 1 ? [{ title: 'Wait for one of them: { any: … }', changes: [{ do: 'put', path: node.path, key: 'needs', text: `{ any: [${node.needs.map((need) => need.id).join(', ')}] }` }] }] : [] };
}

function ignoresJoin(condition: Expression | null): boolean {
  return condition !== null && parts(condition).some((part) => part.kind === 'call' && (part.name === 'always' || part.name === 'failure'));
}

/** Whether a step may run under these values; `runs` keeps what is known. */
function mayRun(id: string, runs: Map<string, boolean>, steps: ReadonlyMap<string, Conditioned>, values: Assignment): boolean {
  const known = runs.get(id);
  if (known !== undefined) return known;
  const own = steps.get(id);
  if (!own) return true;
  const may = (ignoresJoin(own.condition) || joins(own.node, runs, steps, values)) && (own.condition === null || judge(own.condition, knownFor(own.node, runs, steps, values)) !== false);
  runs.set(id, may);
  return may;
}

function joins({ needs, join }: Node, runs: Map<string, boolean>, steps: ReadonlyMap<string, Conditioned>, values: Assignment): boolean {
  if (needs.length === 0) return true;
  return join === 'all' ? needs.every((need) => mayRun(need.id, runs, steps, values)) : needs.some((need) => mayRun(need.id, runs, steps, values));
}

function knownFor(node: Node, runs: Map<string, boolean>, steps: ReadonlyMap<string, Conditioned>, values: Assignment): Known {
  return {
    value: (key) => (values.has(key) ? { value: values.get(key) } : null),
    skipped: (step) => !mayRun(step, runs, steps, values),
    success: () => (node.needs.every((need) => mayRun(need.id, runs, steps, values)) ? null : false),
  };
}

/** All combinations of the values that matter together; null: too many. */
function assignments(cone: readonly Conditioned[]): readonly Assignment[] | null {
  const together = new Map<string, LookUp>();
  for (const { lookUps } of cone) {
    for (const one of lookUps) {
      const other = together.get(one.key);
      together.set(one.key, other ? { ...one, count: one.count + other.count, compared: one.compared + other.compared, literals: [...new Set([...one.literals, ...other.literals])] } : one);
    }
  }
  let tries: readonly Assignment[] = [new Map()];
  for (const { key, count, compared, domain, literals } of together.values()) {
    // What is looked at in another way, too (a number that is larger, a text that begins so), can be more than what it is compared with.
    const values = domain ?? (compared === count ? [...literals, another, undefined] : null);
    if (count < 2 || values === null) continue;
    if (tries.length * values.length > triesLimit) return null;
    tries = tries.flatMap((made) => values.map((value) => new Map([...made, [key, value]])));
  }
  return tries;
}

function lookUpsOf(condition: Expression, environment: TypeEnvironment): readonly LookUp[] {
  const found = new Map<string, LookUp>();
  const all = parts(condition);
  for (const part of all) {
    const key = keyOf(part);
    if (key === null) continue;
    const before = found.get(key) ?? { key, count: 0, compared: 0, literals: [], domain: domainOf(part, environment) };
    found.set(key, { ...before, count: before.count + 1 });
  }
  for (const [key, literal] of all.flatMap(comparedWith)) {
    const before = found.get(key);
    if (before) found.set(key, { ...before, compared: before.compared + 1, literals: [...before.literals, literal] });
  }
  return [...found.values()];
}

/** Every value of a type that has few; an output may also be missing. Null: too many. */
function domainOf(part: Expression, environment: TypeEnvironment): readonly (Value | undefined)[] | null {
  const type = part.kind === 'input' ? environment.inputs[part.name] : part.kind === 'output' ? environment.steps[part.step]?.[part.name] : undefined;
  if (type?.type === 'boolean') return [true, false, undefined];
  return type?.type === 'enum' ? [...type.values, undefined] : null;
}

function comparedWith(part: Expression): readonly (readonly [string, Value])[] {
  if (part.kind !== 'binary' || (part.operator !== '==' && part.operator !== '!=')) return [];
  return [[part.left, part.right], [part.right, part.left]].flatMap(([looked, other]) => {
    const key = looked ? keyOf(looked) : null;
    return key !== null && other?.kind === 'literal' ? [[key, other.value] as const] : [];
  });
}
