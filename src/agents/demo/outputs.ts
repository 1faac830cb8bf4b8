/** Outputs that a step asks for, in the demo agent's answers. Owns: a value of the right type for what the script has no word on. */
import type { Talk } from './talk.ts';

/** `{ outputs }` when the tool that hands over asks for them, else nothing. `known`: what the script has an answer to. */
export function declaredOutputs(talk: Talk, known: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  if (talk.outputs === null) return {};
  return { outputs: Object.fromEntries(Object.entries(talk.outputs).map(([name, schema]) => [name, known[name] ?? valueOf(schema)])) };
}

function valueOf(schema: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  switch (schema['type']) {
    case 'number': return 1;
    case 'boolean': return true;
    case 'array': return [];
    default: return 'scripted';
  }
}
