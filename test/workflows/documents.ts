/** Random workflow files: valid ones, and the same with one thing changed. Owns: that all forms of the language come up. */
import fc from 'fast-check';

const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/);
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,9}$/);
const words = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme-ascii' });
const duration = fc.stringMatching(/^[1-9][0-9]{0,3}(s|m|h)$/);
const scalar = fc.oneof(words, fc.integer(), fc.boolean());
const type = fc.oneof(fc.constantFrom('string', 'number', 'boolean', 'list'), fc.array(words, { minLength: 1, maxLength: 4 }));
const record = <Value>(key: fc.Arbitrary<string>, value: fc.Arbitrary<Value>) => fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
const ids = fc.array(id, { minLength: 1, maxLength: 3 });
const oneOrMore = <Value>(value: fc.Arbitrary<Value>) => fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }));
const file = fc.constantFrom('findings.md', 'spec.md', 'a_b.c-d');
const agentSpec = fc.constantFrom('demo', 'anthropic:m', 'openai:m', 'compatible:n/m', 'acp:codex', 'vscode:f', 'preset:opus planner');
const times = fc.integer({ min: 0, max: 20 });
const onReject = fc.oneof(id, fc.record({ to: id, times }, { requiredKeys: ['to'] }));

const common = { id, title: words, needs: fc.oneof(id, fc.array(id, { maxLength: 3 }), fc.record({ all: ids }), fc.record({ any: ids }), fc.record({ settled: ids })), if: fc.oneof(words, fc.boolean()) };
const loop = fc.record({ until: fc.oneof(words, fc.boolean()), max: fc.integer({ min: 1, max: 100 }) });
const work = {
  'for-each': fc.oneof(id.map((plan) => `${plan}.subtasks`), fc.record({ matrix: record(name, fc.array(scalar, { minLength: 1, maxLength: 3 })) }), fc.record({ list: words }), fc.record({ agents: fc.integer({ min: 2, max: 16 }) })),
  'max-parallel': fc.integer({ min: 1, max: 64 }), timeout: duration, outputs: record(name, type), loop, 'continue-on-error': fc.boolean(),
  retry: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.record({ times: fc.integer({ min: 1, max: 20 }), pause: duration, factor: fc.double({ min: 1, max: 10, noNaN: true }), on: oneOrMore(fc.constantFrom('any', 'network', 'timeout')) }, { requiredKeys: ['times'] })),
};
const landing = fc.constantFrom('gated', 'direct', 'choice');
const step = <Model>(kind: string, model: Model) => fc.record({ ...common, ...model }, { requiredKeys: ['id', kind] as never });

const steps = fc.oneof(
  step('agent', {
    agent: fc.constantFrom('planner', 'implementer', 'tester', 'reviewer', 'resolver'), ...work, gives: fc.constantFrom('plan', 'tree', 'review', 'document', 'result'), document: file, prompt: words, agents: oneOrMore(agentSpec),
    reads: oneOrMore(file), landing, repairs: times, 'on-reject': onReject, 'may-change-nothing': fc.boolean(),
  }),
  step('gate', { gate: oneOrMore(fc.constantFrom('all', 'unit', 'lint')), tree: fc.constantFrom('merged', 'task'), 'on-reject': onReject, 'continue-on-error': fc.boolean() }),
  step('checkpoint', { checkpoint: fc.constantFrom('plan', 'document', 'choice', 'review', 'merge'), of: id, message: words, 'on-reject': fc.oneof(id, fc.record({ to: id })), policy: fc.constant('always'), 'continue-on-error': fc.boolean() }),
  step('run', { run: words, ...work, env: record(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,9}$/), scalar), gives: fc.constantFrom('result', 'tree'), landing }),
  step('tool', { tool: fc.constantFrom('tracker/get_issue', 'a/b/c'), ...work, with: record(name, fc.jsonValue({ maxDepth: 2 })) }),
  step('use', { use: id, with: record(name, scalar), loop, 'continue-on-error': fc.boolean() }),
  step('merge', { merge: fc.constant('target') }),
);

export const validDocument = fc.record({
  version: fc.constant(1), name: words, description: fc.string({ maxLength: 40, unit: 'grapheme-ascii' }), instructions: words, zenflow: fc.record({ artifacts: fc.constantFrom('.zenflow/tasks/{task_id}', 'a') }),
  on: fc.record({ schedule: oneOrMore(fc.constantFrom('0 6 * * 1-5', '*/5 * 1,15 jan-mar *')), 'spec-changed': oneOrMore(fc.constantFrom('specs/**/*.md')), 'branch-moved': oneOrMore(fc.constantFrom('main', 'release/*')), 'test-failed': oneOrMore(words), request: words }, { requiredKeys: [] }),
  inputs: record(name, fc.oneof(type, fc.record({ type: fc.oneof(type, fc.constant('commit')), default: fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), description: words, required: fc.boolean() }, { requiredKeys: ['type'] }))),
  outputs: record(name, words), steps: fc.array(steps, { minLength: 1, maxLength: 4 }),
}, { requiredKeys: ['name', 'description', 'steps'] });

const strange = fc.oneof(fc.constant(null), fc.constant(''), fc.constant([]), fc.constant({}), fc.integer({ min: -5, max: 200 }), fc.boolean(), words, fc.constant('__'), fc.double({ min: -2, max: 30, noNaN: true }), fc.array(scalar, { maxLength: 2 }), fc.constant('x'.repeat(130)));

/** A valid document with one value at a chosen place taken out, put in, renamed or replaced. */
export const mutatedDocument = fc.tuple(validDocument, fc.array(fc.nat(50), { minLength: 1, maxLength: 6 }), fc.constantFrom('replace', 'remove', 'add', 'rename'), strange, words).map(([document, way, how, value, key]) => {
  const copy = structuredClone(document) as unknown;
  let parent = copy as Record<string, unknown>;
  for (const [depth, choice] of way.entries()) {
    const keys = Object.keys(parent);
    const at = keys[choice % Math.max(1, keys.length)];
    const next = at === undefined ? undefined : parent[at];
    if (depth < way.length - 1 && typeof next === 'object' && next !== null && Object.keys(next).length > 0) { parent = next as Record<string, unknown>; continue; }
    if (how === 'add' && !Array.isArray(parent)) parent[key] = value;
    else if (how === 'add') (parent as unknown as unknown[]).push(value);
    else if (at === undefined) break;
    else if (how === 'remove') { if (Array.isArray(parent)) parent.splice(Number(at), 1); else delete parent[at]; }
    else if (how === 'rename' && !Array.isArray(parent)) { parent[key] = next; delete parent[at]; }
    else parent[at] = value;
    break;
  }
  return copy;
});
