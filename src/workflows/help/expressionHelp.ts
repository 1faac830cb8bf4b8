/**
 * Help inside of expressions: what may follow, and what a name is.
 * Owns: names by name space, the words of types. Refuses: to check (core does), and to know where expressions stand.
 */
import type { ExpressionType, TypeEnvironment } from '../../core/expression.ts';
import type { FunctionName } from '../../core/expressionSyntax.ts';

/** `replaces`: so many characters before the cursor. */
export interface Name { readonly label: string; readonly detail: string; readonly insert: string; readonly replaces: number; readonly more: boolean }

const functions: Readonly<Record<FunctionName, string>> = {
  contains: 'whether a list has an element, or a text a part', startsWith: 'whether a text begins so', endsWith: 'whether a text ends so', length: 'of a text or a list',
  empty: 'nothing, an empty text or list', success: 'each need ended well', failure: 'something before ended as failure', always: 'whatever came of the needs',
};
const outcomes = ['success', 'failure', 'skipped'];

export function typeWords(type: ExpressionType): string {
  return type.type === 'enum' ? type.values.join(' | ') : type.type;
}

/** What may be written behind `before`, the expression up to the cursor. */
export function namesAfter(before: string, environment: TypeEnvironment): readonly Name[] {
  const [, looked, quote, begun] = /([\w][\w./-]*)\s*(?:==|!=)\s*(['"]?)([\w-]*)$/.exec(before) ?? [];
  const compared = looked === undefined ? null : typeOfName(looked, environment);
  if (compared?.type === 'enum' && begun !== undefined) return compared.values.map((value) => ({ label: value, detail: looked ?? '', insert: quote ? value : `'${value}'`, replaces: begun.length, more: false }));
  if (/['"][^'"]*$/.test(before.replace(/'[^']*'|"[^"]*"/g, ''))) return [];
  const way = /[\w][\w./-]*$/.exec(before)?.[0] ?? '';
  const at = way.lastIndexOf('.');
  const replaces = way.length - at - 1;
  const name = (label: string, detail: string, more = false, insert = label): Name => ({ label, detail, insert, replaces, more });
  const typed = (types: Readonly<Record<string, ExpressionType>>): readonly Name[] => Object.entries(types).map(([label, type]) => name(label, typeWords(type)));
  if (at < 0) {
    return [
      name('steps', 'outcomes and outputs of the steps before', true, 'steps.'), ...(Object.keys(environment.inputs).length > 0 ? [name('inputs', 'what the task was given', true, 'inputs.')] : []),
      ...(environment.matrix ? [name('matrix', 'this row of the fan-out', true, 'matrix.')] : []), name('task', 'its id, request and title', true, 'task.'), name('round', 'which round of its loop, from 1'),
      ...Object.entries(functions).map(([label, detail]) => name(label, detail, false, ['success', 'failure', 'always'].includes(label) ? `${label}()` : `${label}(`)), name('true', 'boolean'), name('false', 'boolean'),
    ];
  }
  const [space = '', step = '', what] = way.slice(0, at).split('.');
  if (space === 'inputs') return typed(environment.inputs);
  if (space === 'matrix') return typed(environment.matrix ?? {});
  if (space === 'task') return ['id', 'request', 'title'].map((label) => name(label, 'string'));
  if (space !== 'steps') return [];
  if (step === '') return Object.keys(environment.steps).map((label) => name(label, 'a step before this one', true, `${label}.`));
  const outputs = Object.hasOwn(environment.steps, step) ? environment.steps[step] ?? {} : {};
  if (what === undefined) return [name('outcome', outcomes.join(' | ')), ...(Object.keys(outputs).length > 0 ? [name('outputs', Object.keys(outputs).join(', '), true, 'outputs.')] : [])];
  return what === 'outputs' ? typed(outputs) : [];
}

/** The type of `inputs.x`, `steps.a.outputs.b` …; null: no such thing. */
export function typeOfName(name: string, environment: TypeEnvironment): ExpressionType | null {
  const [space, first = '', what, last = ''] = name.split('.');
  const own = (types: Readonly<Record<string, ExpressionType>> | null | undefined, key: string): ExpressionType | null => (types && Object.hasOwn(types, key) ? types[key] ?? null : null);
  switch (space) {
    case 'inputs': return own(environment.inputs, first);
    case 'matrix': return own(environment.matrix, first);
    case 'task': return ['id', 'request', 'title'].includes(first) ? { type: 'string' } : null;
    case 'round': return { type: 'number' };
    case 'steps': {
      if (!Object.hasOwn(environment.steps, first)) return null;
      return what === 'outcome' ? { type: 'enum', values: outcomes } : what === 'outputs' ? own(environment.steps[first], last) : null;
    }
    default: return null;
  }
}

/** What a function does; null: it is none. */
export function functionWords(name: string): string | null {
  return Object.hasOwn(functions, name) ? functions[name as FunctionName] : null;
}
