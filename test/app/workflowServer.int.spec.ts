// The built program that helps to write workflow files, over its real protocol.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { StreamMessageReader, StreamMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { fileGraphRequest, fileGraphSchema } from '../../src/protocol/workflowHelp.ts';
import type { Play } from '../../src/protocol/workflowHelp.ts';

const program = join(import.meta.dirname, '..', '..', 'dist', 'workflowServer.js');
interface Published { uri: string; version?: number; diagnostics: { message: string; code: string; range: { start: { line: number; character: number }; end: { line: number; character: number } } }[] }

describe('the program that helps to write workflow files', function () {
  this.timeout(60_000);
  let folder: string;
  let child: ChildProcess;
  let connection: MessageConnection;
  let problems = '';
  const published: Published[] = [];
  let wake = (): void => undefined;
  const address = (name: string): string => pathToFileURL(join(folder, '.treeline/workflows', name)).href;

  /** What was published of a version of a file. */
  const told = async (name: string, version: number): Promise<string[]> => {
    for (;;) {
      const found = published.findLast((one) => one.uri === address(name) && (one.version ?? 0) >= version);
      if (found) return found.diagnostics.map(({ range, code, message }) => `${range.start.line}:${range.start.character}-${range.end.character} ${code} ${message}`);
      await new Promise<void>((resolve) => { wake = resolve; });
    }
  };
  const open = (name: string, text: string): Promise<void> => connection.sendNotification('textDocument/didOpen', { textDocument: { uri: address(name), languageId: 'treeline-workflow', version: 1, text } });
  const change = (name: string, version: number, text: string): Promise<void> => connection.sendNotification('textDocument/didChange', { textDocument: { uri: address(name), version }, contentChanges: [{ text }] });
  const graph = async (name: string, play: Play | null = null) => fileGraphSchema.nullable().parse(await connection.sendRequest(fileGraphRequest, { uri: address(name), play }));

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'help-')));
    mkdirSync(join(folder, '.treeline/workflows'), { recursive: true });
    child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stderr?.on('data', (text) => { problems += String(text); });
    if (!child.stdout || !child.stdin) throw new Error('no streams');
    connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    connection.onNotification('textDocument/publishDiagnostics', (one: Published) => { published.push(one); wake(); });
    connection.listen();
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    await connection.sendNotification('initialized', {});
  });

  after(async () => {
    connection?.dispose();
    if (child?.exitCode === null) child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const used = (agent: string): string => `name: Used\ndescription: d\ninputs: { area: string }\nsteps:\n  - { id: look, agent: ${agent}, gives: result, outputs: { found: boolean } }\n`;
  const mine = (verdict: string): string => `name: Mine\ndescription: d\nsteps:\n  - id: look\n    agent: planner\n    gives: result\n    outputs: { verdict: [bug, none] }\n  - id: fix\n    agent: implementer\n    needs: look\n    if: steps.look.outputs.verdict == '${verdict}'\n  - id: test\n    gate: all\n    needs: fix\n    on-reject: { to: fix, times: 1 }\n`;

  it('REQ-HELP-01 says every mistake of an unsaved text at its characters, and nothing when it is mended', async () => {
    await open('mine.yaml', mine('bgu').replace('agent: planner', 'agent: planer'));
    assert.deepEqual(await told('mine.yaml', 1), ['4:11-17 schema agent: "planer" is not one of planner, implementer, tester, reviewer, resolver. Did you mean "planner"?']);
    await change('mine.yaml', 2, mine('bgu'));
    assert.deepEqual(await told('mine.yaml', 2), ["10:38-43 expression it is never 'bgu'; it is one of bug, none. Compare with one of bug, none."]);
    await change('mine.yaml', 3, mine('bug'));
    assert.deepEqual(await told('mine.yaml', 3), []);
  });

  it('REQ-HELP-01 counts a workflow that is used as it is typed, before what is on disk', async () => {
    writeFileSync(join(folder, '.treeline/workflows/used.yaml'), used('planner'));
    await open('over.yaml', 'name: Over\ndescription: d\nsteps:\n  - { id: sub, use: used, with: { area: "\'src\'" } }\n');
    assert.deepEqual(await told('over.yaml', 1), []);
    await open('used.yaml', used('planer'));
    const seen = published.length;
    while (!published.slice(seen - 1).some(({ uri, diagnostics }) => uri === address('over.yaml') && diagnostics.length > 0)) await new Promise<void>((resolve) => { wake = resolve; });
    assert.deepEqual((await told('over.yaml', 1)).map((line) => line.slice(0, 70)), ['3:20-24 use the workflow "used" that it uses has a mistake: line 5: agent: '.slice(0, 70)]);
    await connection.sendNotification('textDocument/didClose', { textDocument: { uri: address('used.yaml') } });
  });

  it('REQ-HELP-02 REQ-HELP-03 REQ-HELP-04 answers with quick fixes, completion and hover', async () => {
    await change('mine.yaml', 4, mine('bug').replace('needs: look', 'needs: lok'));
    await told('mine.yaml', 4);
    const uri = address('mine.yaml');
    const actions = await connection.sendRequest<{ title: string; isPreferred?: boolean; edit: unknown }[]>('textDocument/codeAction', { textDocument: { uri }, range: { start: { line: 9, character: 12 }, end: { line: 9, character: 12 } }, context: { diagnostics: [] } });
    assert.deepEqual(actions.map(({ title, isPreferred, edit }) => ({ title, isPreferred, edit })), [
      { title: 'Change to "look"', isPreferred: true, edit: { changes: { [uri]: [{ range: { start: { line: 9, character: 11 }, end: { line: 9, character: 14 } }, newText: 'look' }] } } },
      { title: 'Take "lok" out of the needs', isPreferred: false, edit: { changes: { [uri]: [{ range: { start: { line: 9, character: 0 }, end: { line: 10, character: 0 } }, newText: '' }] } } },
    ]);
    const all = await connection.sendRequest<{ title: string }[]>('textDocument/codeAction', { textDocument: { uri }, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, context: { diagnostics: [], only: ['source.fixAll'] } });
    assert.deepEqual(all.map(({ title }) => title), ['Mend all mistakes with one likely way out']);
    const items = await connection.sendRequest<{ label: string }[]>('textDocument/completion', { textDocument: { uri }, position: { line: 9, character: 14 } });
    assert.deepEqual(items.map(({ label }) => label), ['look']);
    const hover = await connection.sendRequest<{ contents: { value: string } }>('textDocument/hover', { textDocument: { uri }, position: { line: 12, character: 6 } });
    assert.equal(hover.contents.value, '**`gate`**\n\n"all", or ids of the project\'s gates.\n\n*text · a list*');
  });

  it('REQ-HELP-06 draws what is being typed, mistakes at their boxes, and keeps silent while it is no YAML', async () => {
    const drawn = await graph('mine.yaml');
    assert.deepEqual(drawn?.graph?.nodes.map(({ id, state, detail }) => `${id} ${state}: ${detail}`), [
      'look drawn: a planner hands over verdict', 'fix wrong: "fix" needs "lok", and no step is called that', 'test drawn: all gates judge what would land on the target; after fix; rejected work goes back to fix, once at most',
    ]);
    assert.deepEqual(drawn?.graph?.edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`), ['lok needs fix', 'fix needs test', 'test back fix']);
    await change('mine.yaml', 5, `${mine('bug')}  - id: "x\n`);
    assert.equal((await graph('mine.yaml'))?.graph, null);
    await change('over.yaml', 2, 'name: Over\ndescription: d\nsteps:\n  - { id: sub, use: used, with: { area: "\'src\'" } }\n');
    assert.deepEqual((await graph('over.yaml'))?.graph?.nodes.map(({ id, parent }) => [id, parent]), [['sub', null], ['sub/look', 'sub']]);
  });

  it('REQ-HELP-07 plays it with chosen outcomes, leaves out those that fit no more, and by chance alike for the same seed', async () => {
    await change('mine.yaml', 6, mine('bug'));
    const played = async (outcomes: string[], seed: number | null = null) => {
      const found = await graph('mine.yaml', { outcomes, seed });
      return { words: found?.played?.words, refused: found?.played?.refused, boxes: found?.graph?.nodes.map(({ id, state, detail }) => `${id} ${state}: ${detail}`) };
    };
    assert.deepEqual([await played([]), await played(['look.verdict=none']), (await played(['test=rejected,success', 'gone=rejected'])).refused, (await played([], 7)).boxes], [
      { words: 'done', refused: [], boxes: ['look done: 1. result', 'fix done: 2. files changed · 3. gates: accepted', 'test done: 4. gates: accepted'] },
      { words: 'done', refused: [], boxes: ['look done: 1. result', 'fix skipped: 2. skipped: its condition does not hold: steps.look.outputs.verdict == \'bug\'', 'test skipped: 3. skipped: fix was skipped'] },
      ['"gone=rejected" names no step; there are look, fix, test.'], (await played([], 7)).boxes,
    ]);
    const found = await graph('mine.yaml', { outcomes: [], seed: null });
    assert.deepEqual(found?.steps.map(({ id, line, outcomes }) => [id, line, outcomes.length]), [['look', 4, 5], ['fix', 8, 6], ['test', 12, 5]]);
  });

  it('REQ-HELP-11 says mistakes of the project file at their lines, and offers its gates', async () => {
    const uri = pathToFileURL(join(folder, '.treeline/project.yaml')).href;
    await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text: 'gates:\n  - id: unit\n    rnu: npm test\n' } });
    while (!published.some((one) => one.uri === uri)) await new Promise<void>((resolve) => { wake = resolve; });
    assert.deepEqual(published.findLast((one) => one.uri === uri)?.diagnostics.map(({ range, message }) => `${range.start.line}:${range.start.character}-${range.end.character} ${message}`), ['1:2-12 gates[0].run: expected string, received undefined', '2:4-17 gates[0]: the key "rnu" is not known here']);
    await connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ text: 'gates:\n  - id: unit\n    run: npm test\n' }] });
    await change('mine.yaml', 7, mine('bug').replace('gate: all', 'gate: u'));
    const items = await connection.sendRequest<{ label: string }[]>('textDocument/completion', { textDocument: { uri: address('mine.yaml') }, position: { line: 12, character: 11 } });
    assert.deepEqual(items.map(({ label }) => label), ['all', 'unit']);
  });

  it('REQ-HELP-08 ends when it is told to, and has said nothing on the side', async () => {
    await connection.sendRequest('shutdown');
    const ended = once(child, 'exit');
    await connection.sendNotification('exit');
    assert.deepEqual([(await ended)[0], problems], [0, '']);
  });
});
