/**
 * What is wrong in the head of a file although each key of it has a form: schedules out of range, defaults of another type.
 * Owns: those rules, and which value has which type. Refuses: the steps.
 */
import type { Input, Value, ValueType } from '../core/workflow.ts';
import { valueType } from './compileStep.ts';
import type { Mistake } from './mistake.ts';
import { didYouMean, shown, ways } from './mistake.ts';
import { checkCron } from './triggers.ts';
import type { FileHead, FileInput, InputType } from './workflowFile.ts';
import { takeOut } from './way.ts';
import type { YamlText } from './yamlText.ts';

/** An input with its short form written out. */
export function inputOf(input: FileInput): Input {
  if (typeof input === 'string' || Array.isArray(input)) return { ...typeOf(input), default: null, required: false, description: '' };
  return { ...typeOf(input.type), default: input.default ?? null, required: input.required ?? false, description: input.description ?? '' };
}

function typeOf(notation: InputType): Pick<Input, 'type' | 'commit'> {
  return notation === 'commit' ? { type: { type: 'string' }, commit: true } : { type: valueType(notation), commit: false };
}

export function checkHead(head: FileHead, { place }: Pick<YamlText, 'place'>): readonly Mistake[] {
  const found: Mistake[] = [];
  const schedules = head.on?.schedule === undefined ? [] : Array.isArray(head.on.schedule) ? head.on.schedule : [head.on.schedule];
  schedules.forEach((cron, at) => {
    const wrong = checkCron(cron);
    if (wrong !== null) found.push({ ...place(Array.isArray(head.on?.schedule) ? ['on', 'schedule', at] : ['on', 'schedule']), code: 'rule', message: `the schedule "${shown(cron)}" never comes: ${wrong}`, fix: 'Write minute, hour, day of month, month and day of week, such as "0 6 * * 1-5".' });
  });
  for (const [name, written] of Object.entries(head.inputs ?? {})) {
    const input = inputOf(written);
    if (input.default === null) continue;
    const wrong = misfit(input.default, input.type);
    if (wrong !== null) found.push({ ...place(['inputs', name, 'default']), code: 'rule', message: `the default of the input "${shown(name)}" ${wrong}`, fix: input.type.type === 'enum' ? didYouMean(String(input.default), input.type.values, `Write one of ${input.type.values.join(', ')}.`) : `Write a ${input.type.type}.`, ways: [...(input.type.type === 'enum' ? ways(String(input.default), input.type.values) : []), takeOut(['inputs', name, 'default'])] });
    if (input.required) found.push({ ...place(['inputs', name, 'required'], true), code: 'rule', message: `the input "${shown(name)}" has to be given and has a default`, fix: 'Take one of the two out.', ways: [takeOut(['inputs', name, 'required']), takeOut(['inputs', name, 'default'])] });
  }
  return found;
}

/** Why a value is not of a type, as the rest of a sentence; null: it is. */
function misfit(value: Value, type: ValueType): string | null {
  switch (type.type) {
    case 'list': return Array.isArray(value) ? null : 'is no list';
    case 'enum': return typeof value === 'string' && type.values.includes(value) ? null : `is "${shown(String(value))}", not one of ${type.values.join(', ')}`;
    case 'string': case 'number': case 'boolean': return typeof value === type.type ? null : `is no ${type.type}`;
  }
}
