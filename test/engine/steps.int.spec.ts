// Steps without an agent in the real engine: commands and tools, what they hand over, how they fail, and that they always go the same way.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../src/core/outcome.ts';
import type { RunState } from '../../src/core/state.ts';
import { status } from '../../src/core/status.ts';
import { git, makeSample } from '../app/support.ts';
import { openRealEngine, temporaryGround, workflowOf } from './support/realEngine.ts';
import type { RealEngine } from './support/realEngine.ts';

const program = join(import.meta.dirname, '../app/programs/toolServer.ts');

describe('steps without an agent in the real engine (specs/run-steps.md, specs/tools.md)', function () {
  this.timeout(120_000);
  let ground: ReturnType<typeof temporaryGround>;
  let repository: string;
  let real: RealEngine;
  beforeEach(async () => {
    ground = temporaryGround();
    repository = join(ground.folder, 'shelf');
    await makeSample(repository);
    real = await openRealEngine(repository, { servers: { tracker: { command: process.execPath, args: [program, join(ground.folder, 'pids')], env: [] } } });
  });
  afterEach(async () => {
    await real.close();
    ground.end();
  });

  const last = (state: RunState, unit: string): Outcome | null | undefined => state.units.find((candidate) => candidate.id === unit)?.attempts.at(-1)?.outcome;
  const stepsOf = (state: RunState): Record<string, string> => Object.fromEntries(state.steps.map((step) => [step.id, step.status]));

  it('REQ-STEP-01, REQ-STEP-11: a command looks at the task\'s tree, hands typed values over, and the next step branches on them', async () => {
    const workflow = workflowOf({
      name: 'count', description: '', inputs: { area: { type: { type: 'string' }, default: 'src' } }, outputs: { files: 'steps.scan.outputs.files' },
      steps: [
        {
          kind: 'run', id: 'scan', needs: [], command: 'ls "$AREA" > list; { echo "count=$(wc -l < list)"; echo "found=true"; echo "files<<END"; cat list; echo END; } >> "$TREELINE_OUTPUT"; cat list', env: { AREA: 'inputs.area' },
          outputs: { count: { type: 'number' }, found: { type: 'boolean' }, files: { type: 'list' } },
        },
        { kind: 'run', id: 'many', needs: ['scan'], if: 'steps.scan.outputs.count > 3 && contains(steps.scan.outputs.files, \'tags.js\')', command: 'printf "%s\\n" "$FILES" | tail -1', env: { FILES: 'steps.scan.outputs.files' } },
        { kind: 'run', id: 'few', needs: ['scan'], if: 'steps.scan.outputs.count <= 3', command: 'echo few' },
      ],
    });
    const state = await real.standing(await real.launch(workflow));
    assert.deepEqual([status(state), stepsOf(state)], ['done', { scan: 'done', many: 'done', few: 'skipped' }]);
    assert.deepEqual(last(state, 'scan')?.outputs, { exit: 0, stdout: 'cli.js\ncommand.js\nlist.js\nshelf.js\ntags.js', count: 5, found: true, files: ['cli.js', 'command.js', 'list.js', 'shelf.js', 'tags.js'] });
    assert.deepEqual(last(state, 'many')?.outputs, { exit: 0, stdout: 'tags.js' });
    assert.deepEqual([existsSync(join(repository, 'list')), git(repository, 'status', '--porcelain')], [false, '']);
  });

  it('REQ-STEP-05: a command\'s changed tree lands through the gate like an agent\'s work, and a command that changes nothing ends well', async () => {
    const step = (id: string, needs: string[], command: string) => ({ kind: 'run' as const, id, needs, command, gives: 'tree' as const });
    const workflow = workflowOf({
      name: 'format', description: '', steps: [
        step('note', [], 'printf "\\n- Formatted.\\n" >> CHANGELOG.md; mkdir -p src/new; echo "export {};" > src/new/empty.js'), step('again', ['note'], 'grep -q Formatted CHANGELOG.md'),
        { kind: 'gate', id: 'test', needs: ['again'], repairs: 0 }, { kind: 'merge', id: 'merge', needs: ['test'] },
      ],
    });
    const state = await real.standing(await real.launch(workflow, { request: 'Format it' }));
    assert.deepEqual([status(state), last(state, 'note')?.kind, last(state, 'again')?.kind], ['merged', 'tree', 'no-changes']);
    assert.equal(git(repository, 'show', '--format=%s', '--name-only', 'main'), 'Format it\n\nCHANGELOG.md\nsrc/new/empty.js');
    assert.ok(readFileSync(join(repository, 'CHANGELOG.md'), 'utf8').endsWith('- Formatted.\n'));
  });

  it('REQ-STEP-03: a command that exits with another code is a failure with its last lines; where that may be, later steps look at it', async () => {
    const workflow = workflowOf({
      name: 'check', description: '', steps: [
        { kind: 'run', id: 'check', needs: [], continueOnError: true, command: 'echo looked; echo broken >&2; exit 3' },
        { kind: 'run', id: 'tell', needs: ['check'], if: 'failure() && steps.check.outcome == \'failure\'', command: 'echo "it failed"' },
        { kind: 'run', id: 'stops', needs: ['tell'], command: 'kill -9 $$' },
      ],
    });
    const state = await real.standing(await real.launch(workflow));
    assert.deepEqual([status(state), stepsOf(state)], ['failed', { check: 'failed', tell: 'done', stops: 'active' }]);
    const check = last(state, 'check');
    // Output and errors come through pipes of their own: which line is heard first is nobody's to say.
    const [said, ...lines] = check?.kind === 'failed' ? check.message.split('\n') : [];
    assert.deepEqual([said, lines.sort(), check?.kind === 'failed' && { ...check, message: '' }], [
      '"echo looked; echo broken >&2; exit 3" exited with 3:', ['broken', 'looked'], { kind: 'failed', failure: 'command', message: '', retryAt: null, outputs: { exit: 3, stdout: 'looked' } },
    ]);
    assert.deepEqual(last(state, 'stops'), { kind: 'failed', failure: 'command', message: '"kill -9 $$" was ended by SIGKILL', retryAt: null, outputs: { stdout: '' } });
  });

  it('REQ-STEP-03, REQ-STEP-11: a time limit is not a failed command; outputs that are not as declared are named', async () => {
    const workflow = workflowOf({
      name: 'late', description: '', steps: [
        { kind: 'run', id: 'late', needs: [], continueOnError: true, timeoutMs: 1_000, command: 'echo begun; sleep 600' },
        { kind: 'run', id: 'wrong', needs: [], continueOnError: true, command: 'echo count=many >> "$TREELINE_OUTPUT"', outputs: { count: { type: 'number' }, found: { type: 'boolean' } } },
      ],
    });
    const state = await real.standing(await real.launch(workflow));
    const [late, wrong] = [last(state, 'late'), last(state, 'wrong')];
    assert.deepEqual([late, wrong].map((outcome) => outcome?.kind === 'failed' && outcome.failure), ['timeout', 'output']);
    assert.match(wrong?.kind === 'failed' ? wrong.message : '', /"count" is to be a number, not "many"; "found" \(true or false\) was not handed over\. Write lines name=value/);
  });

  it('REQ-STEP-06: a command that was cut off with its engine is ended, and begun again from the start by the next one', async () => {
    const workflow = workflowOf({ name: 'long', description: '', steps: [{ kind: 'run', id: 'long', needs: [], command: 'echo begun > left-behind; ls; exec sleep 600' }] });
    const task = await real.launch(workflow);
    await real.until(task, (state) => state.units[0]?.phase.kind === 'working');
    await real.close();
    real = await openRealEngine(repository);
    const state = await real.until(task, (now) => now.units[0]?.attempts.length === 2);
    assert.deepEqual(state.units[0]?.attempts.map(({ n, agent, outcome }) => [n, agent, outcome?.kind === 'failed' ? outcome.failure : outcome]), [[1, 'run', 'interrupted'], [2, 'run', null]]);
    await real.ask(task, { kind: 'cancel', by: 'a test' });
  });

  it('REQ-TOOL-01, REQ-TOOL-05: a tool of the user\'s settings is called with filled arguments, and its answer routes the run', async () => {
    const workflow = workflowOf({
      name: 'ticket', description: '', inputs: { key: { type: { type: 'string' } } }, steps: [
        { kind: 'tool', id: 'ticket', needs: [], server: 'tracker', tool: 'get_issue', with: { key: 'A-${{ inputs.key }}' }, outputs: { severity: { type: 'enum', values: ['low', 'high'] }, labels: { type: 'list' } } },
        { kind: 'run', id: 'urgent', needs: ['ticket'], if: 'steps.ticket.outputs.severity == \'high\'', command: 'echo "$LABELS"', env: { LABELS: 'steps.ticket.outputs.labels' } },
        { kind: 'tool', id: 'plain', needs: ['ticket'], server: 'tracker', tool: 'says', with: { text: '${{ steps.ticket.outputs.severity }}!' }, outputs: { said: { type: 'string' } } },
        { kind: 'tool', id: 'wrong', needs: ['plain'], continueOnError: true, server: 'tracker', tool: 'get_issue', with: { key: 'A-2' }, outputs: { owner: { type: 'string' } } },
        { kind: 'tool', id: 'fails', needs: ['plain'], continueOnError: true, server: 'tracker', tool: 'fails' },
        { kind: 'tool', id: 'nobody', needs: ['plain'], continueOnError: true, server: 'other', tool: 'x' },
      ],
    });
    const state = await real.standing(await real.launch(workflow, { inputs: { key: '1' } }));
    assert.deepEqual([status(state), stepsOf(state)], ['done', { ticket: 'done', urgent: 'done', plain: 'done', wrong: 'failed', fails: 'failed', nobody: 'failed' }]);
    assert.deepEqual([last(state, 'ticket')?.outputs, last(state, 'urgent')?.outputs, last(state, 'plain')?.outputs], [{ severity: 'high', labels: ['bug', 'css'] }, { exit: 0, stdout: 'bug\ncss' }, { said: 'high!' }]);
    assert.deepEqual(['wrong', 'fails', 'nobody'].map((id) => { const outcome = last(state, id); return outcome?.kind === 'failed' && [outcome.failure, outcome.message.split('. ')[0]]; }), [
      ['output', 'tracker/get_issue answered, but not what the step declares: "owner" (a text) was not handed over.'],
      ['tool', 'The tool tracker/fails could not be called: no such issue A-9'], ['tool', 'Your settings have no tool server "other"; there are: tracker'],
    ]);
  });

  it('REQ-FLOW-12: without an agent, the same inputs and tree give the same events, but for times and ids', async () => {
    const workflow = workflowOf({
      name: 'plain', description: '', inputs: { text: { type: { type: 'string' } } }, steps: [
        { kind: 'run', id: 'look', needs: [], command: 'wc -l < README.md | tr -d " "; echo "lines=$(wc -l < README.md)" >> "$TREELINE_OUTPUT"', outputs: { lines: { type: 'number' } } },
        { kind: 'run', id: 'each', needs: ['look'], forEach: { over: 'matrix', rows: [{ name: 'a', values: { file: 'src/list.js' } }, { name: 'b', values: { file: 'src/tags.js' } }] }, maxParallel: 1, command: 'sha256sum "$FILE"', env: { FILE: 'matrix.file' } },
        { kind: 'run', id: 'fails', needs: ['each'], continueOnError: true, command: 'cat nowhere' },
        { kind: 'run', id: 'note', needs: ['fails'], join: 'all', if: 'always()', gives: 'tree', command: 'echo "$TEXT" >> README.md', env: { TEXT: 'inputs.text' } },
        { kind: 'gate', id: 'test', needs: ['note'], repairs: 0 }, { kind: 'checkpoint', id: 'ask', needs: ['test'], about: 'merge' },
      ],
    });
    const play = async (): Promise<{ readonly task: string; readonly base: string; readonly text: string }> => {
      const own = temporaryGround();
      const shelf = join(own.folder, 'shelf');
      const base = await makeSample(shelf);
      const engine = await openRealEngine(shelf);
      try {
        const task = await engine.launch(workflow, { request: 'Note it', inputs: { text: 'Hello' } });
        assert.equal(status(await engine.standing(task)), 'waiting');
        return { task, base, text: JSON.stringify(engine.events(task), null, 1) };
      } finally {
        await engine.close();
        own.end();
      }
    };
    const [first, second] = [await play(), await play()];
    // A commit holds a date and the task's id, and evidence names commits; trees, verdicts and outputs are compared as they are.
    const same = ({ task, base, text }: { readonly task: string; readonly base: string; readonly text: string }): string => text.replaceAll(base, 'base').replaceAll(base.slice(0, 12), 'base').replaceAll(task, 'task')
      .replaceAll(/"(commit|start|head|onto|from|to)": "[0-9a-f]{40}"/g, '"$1": "commit"').replaceAll(/"(id|document)": "[0-9a-f]{16,64}"/g, '"$1": "evidence"')
      .replaceAll(/"durationMs": [\d.]+/g, '"durationMs": 0').replaceAll(/duration_ms [\d.]+|\([\d.]+ ?ms\)/g, 'time');
    assert.ok(first.text.length > 5_000);
    assert.equal(same(first), same(second));
  });
});
