// The tools over files in memory: what models are told. specs/agents.md.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { toolbox } from '../../src/agents/tools/toolbox.ts';
import type { ToolOutcome } from '../../src/agents/tools/tool.ts';
import type { ProcessResult } from '../../src/ports/sandbox.ts';
import type { Declared } from '../../src/core/typedOutputs.ts';
import type { WorkReport, WorkRequest } from '../../src/ports/workers.ts';
import { memorySandbox, workRequest } from './support.ts';

const many = Array.from({ length: 1_200 }, (_, index) => `line ${index + 1}`).join('\n');

async function use(name: string, input: unknown, given: { propose?: WorkReport['propose']; files?: Map<string, string>; ending?: Partial<ProcessResult>; gives?: WorkRequest['gives']; outputs?: Declared } = {}): Promise<ToolOutcome> {
  const gives = given.gives ?? 'tree';
  const tool = toolbox({ gives, writes: gives === 'tree', outputs: given.outputs ?? {}, amendable: true }).find((candidate) => candidate.name === name) ?? assert.fail(name);
  const sandbox = memorySandbox(given.files ?? new Map([['a.ts', 'one\ntwo\ntwo\n'], ['many.txt', many], ['src/b.ts', 'Two times\n'], ['src/c.md', 'two\n'], ['node_modules/x.js', 'two\n'], ['zero.bin', 'a\0b']]), () => given.ending ?? {});
  return tool.run(input, { files: sandbox.files('/worktree'), sandbox, request: workRequest(), propose: given.propose ?? (async () => ({ kind: 'refused', mistakes: ['not here'] })), signal: new AbortController().signal });
}

const told = (ok: boolean, text: string): ToolOutcome => ({ kind: 'told', ok, text });

describe('tools', () => {
  it('REQ-AGENT-21 read files by lines, and say how to read on', async () => {
    assert.deepEqual(await use('read_file', { path: 'a.ts', start: 2, lines: 1 }), told(true, '2\ttwo\n(1 more lines; read on with start: 3)'));
    const long = await use('read_file', { path: 'many.txt' });
    assert.match(long.kind === 'told' ? long.text : '', /1000\tline 1000\n\(200 more lines; read on with start: 1001\)$/);
    assert.deepEqual(await use('read_file', { path: 'no.ts' }), told(false, 'There is no file no.ts.'));
    assert.deepEqual(await use('read_file', { path: 'zero.bin' }), told(false, 'zero.bin is binary (3 bytes).'));
  });

  it('REQ-AGENT-21 list and search without what is installed, literally', async () => {
    assert.deepEqual(await use('list_files', {}), told(true, 'a.ts\nmany.txt\nzero.bin\nsrc/b.ts\nsrc/c.md'));
    assert.deepEqual(await use('search', { text: 'two' }), told(true, 'a.ts:2: two\na.ts:3: two\nsrc/c.md:1: two'));
    assert.deepEqual(await use('search', { text: 'TWO', ignore_case: true, ending: '.ts', path: 'src' }), told(true, 'src/b.ts:1: Two times'));
    assert.deepEqual(await use('search', { text: '(t+)+$' }), told(true, '(nothing found)'));
  });

  it('REQ-AGENT-22 edit exactly one place, or say why not', async () => {
    const files = new Map([['a.ts', 'one\ntwo\ntwo $&\n']]);
    assert.deepEqual(await use('edit_file', { path: 'a.ts', old_text: 'three', new_text: 'x' }, { files }), told(false, 'a.ts does not contain that text. Read the file again and copy the text exactly.'));
    assert.match(JSON.stringify(await use('edit_file', { path: 'a.ts', old_text: 'two', new_text: 'x' }, { files })), /2 times/);
    assert.deepEqual(await use('edit_file', { path: 'a.ts', old_text: 'two $&', new_text: '$1 $&' }, { files }), told(true, 'Replaced it in a.ts, first at line 3.'));
    assert.deepEqual(files.get('a.ts'), 'one\ntwo\n$1 $&\n');
  });

  it('REQ-AGENT-23 tell the model what the walls refuse', async () => {
    const outcome = await use('write_file', { path: '../x', content: '' });
    assert.match(outcome.kind === 'told' && !outcome.ok ? outcome.text : '', /^Refused \(outside\)/);
  });

  it('REQ-AGENT-24 say how a command ended', async () => {
    const ends: readonly (readonly [ProcessResult['end'], string])[] = [
      [{ kind: 'exited', code: 3 }, 'exit code 3\nout'], [{ kind: 'signalled', signal: 'SIGKILL' }, 'ended by SIGKILL\nout'], [{ kind: 'timed-out' }, 'ended after 2 s: time limit\nout'],
      [{ kind: 'too-much-output' }, 'ended: too much output\nout'], [{ kind: 'not-started', why: 'no shell' }, 'not started: no shell\nout'],
    ];
    for (const [end, text] of ends) assert.deepEqual(await use('run_command', { command: 'x' }, { ending: { end, output: 'out\n', durationMs: 2_000 } }), told(false, text));
    assert.deepEqual(await use('run_command', { command: 'x' }, { ending: { output: 'fine\n' } }), told(true, 'exit code 0\nfine'));
  });

  it('REQ-AGENT-25 send back a plan that breaks the rules, with every mistake', async () => {
    const subtask = (id: string, needs: string[]) => ({ id, title: id, description: id, needs, scope: ['**'] });
    const outcome = await use('submit_plan', { summary: 'x', subtasks: [subtask('a', ['b']), subtask('b', ['a', 'c'])] }, { gives: 'plan' });
    assert.deepEqual(outcome, { kind: 'rejected', text: 'The plan cannot be used:\n- "b" needs "c", which is no subtask\n- the needs form a circle: a → b → a' });
    const malformed = await use('submit_plan', { summary: '', subtasks: [{ id: 'A B' }] }, { gives: 'plan' });
    assert.match(malformed.kind === 'rejected' ? malformed.text : '', /summary[\s\S]*a subtask id is lower-case|a subtask id is lower-case[\s\S]*summary/);
  });

  it('REQ-AGENT-43 take a document as it is, but an empty one or one beyond the limit', async () => {
    assert.deepEqual(await use('submit_document', { text: '# Title\n' }, { gives: 'document' }), { kind: 'submitted', end: { kind: 'document', text: '# Title\n' } });
    const [empty, long] = [await use('submit_document', { text: ' \n' }, { gives: 'document' }), await use('submit_document', { text: 'x'.repeat(256 * 1024 + 1) }, { gives: 'document' })];
    assert.deepEqual([empty, long].map((outcome) => (outcome.kind === 'rejected' ? /the document is empty|at most \d+ characters/.exec(outcome.text)?.[0] : outcome.kind)), ['the document is empty', 'at most 262144 characters']);
  });

  it('REQ-AGENT-43 take the outputs that were declared, and send anything else back with every mistake', async () => {
    const outputs: Declared = { verdict: { type: 'enum', values: ['bug', 'no-bug'] }, count: { type: 'number' }, files: { type: 'list' } };
    const answer = { verdict: 'bug', count: 2, files: ['a', 'b'] };
    assert.deepEqual(await use('submit_result', { summary: 'seen', outputs: answer }, { gives: 'result', outputs }), { kind: 'submitted', end: { kind: 'result', summary: 'seen', outputs: answer } });
    assert.deepEqual(await use('finish', { summary: 'done', outputs: answer }, { outputs }), { kind: 'submitted', end: { kind: 'edited', summary: 'done', outputs: answer } });
    const wrong = await use('submit_result', { summary: 'seen', outputs: { verdict: 'maybe', count: '2', more: 1 } }, { gives: 'result', outputs });
    assert.deepEqual(wrong.kind === 'rejected' ? ['verdict', 'count', 'files', 'more'].filter((name) => !wrong.text.includes(name)) : wrong, []);
    const missing = await use('submit_result', { summary: 'seen' }, { gives: 'result', outputs });
    assert.equal(missing.kind, 'rejected');
  });

  it('REQ-AGENT-43 show models a schema of the declared outputs, and none where nothing is declared', () => {
    const [plain, asked] = [{}, { clean: { type: 'boolean' } } as Declared].map((outputs) => toolbox({ gives: 'tree', writes: true, outputs, amendable: false }).at(-1)?.schema['properties'] as Record<string, unknown>);
    assert.deepEqual([Object.keys(plain ?? {}), asked?.['outputs']], [['summary'], { type: 'object', description: 'what later steps look at', properties: { clean: { type: 'boolean' } }, required: ['clean'], additionalProperties: false }]);
  });

  it('REQ-AGENT-45 tell what became of a proposed plan, and send a malformed one back', async () => {
    const proposal = { why: 'Two things.', add: [{ id: 'b', title: 'b', description: 'b', scope: ['b/**'] }] };
    const ask = (answer: Awaited<ReturnType<WorkReport['propose']>>) => use('propose_amendment', proposal, { propose: async () => answer });
    assert.deepEqual([await ask({ kind: 'taken', subtasks: ['a', 'b'] }), await ask({ kind: 'refused', mistakes: ['one', 'two'] })], [
      told(true, 'The plan is changed. Its subtasks now: a, b. Go on with your own work.'), told(false, 'The plan cannot be changed like this:\n- one\n- two'),
    ]);
    assert.match(JSON.stringify(await ask({ kind: 'waits', why: ['wider scope: b/**'] })), /"ok":true.*A person decides about this \(wider scope: b\/\*\*\)/);
    assert.match(JSON.stringify(await use('propose_amendment', { add: [{ id: 'B b' }] })), /"rejected".*why/);
  });

  it('REQ-AGENT-44 send back a review that approves a high finding or a criterion that is not met', async () => {
    const review = { summary: 'x', criteria: [], findings: [{ file: 'a.js', line: 1, severity: 'high', message: 'Leaks.' }] };
    assert.deepEqual(await use('submit_review', { ...review, verdict: 'changes' }, { gives: 'review' }), { kind: 'submitted', end: { kind: 'review', review: { ...review, verdict: 'changes' } } });
    assert.match(JSON.stringify(await use('submit_review', { ...review, verdict: 'approve' }, { gives: 'review' })), /"rejected".*The verdict is approve/);
    assert.match(JSON.stringify(await use('submit_review', review, { gives: 'review' })), /"rejected".*verdict/);
  });
});
