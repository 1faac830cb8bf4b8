// What every adapter of the port `Examiners` does (specs/gates.md).
import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { evidenceSchema, executableContentSchema } from '../../src/core/gate.ts';
import { worst } from '../../src/core/verdict.ts';
import { ProjectFileError } from '../../src/ports/examiners.ts';
import { bench, type Bench } from '../gates/support/judge.ts';
import { adder, gate, withMocha, wrongAdder } from '../gates/support/projects.ts';

describe('port Examiners', function () {
  this.timeout(60_000);
  let here: Bench;
  beforeEach(async () => {
    here = await bench();
  });
  afterEach(async () => {
    deepEqual({ checkouts: here.repository.open(), folders: here.store.open() }, { checkouts: 0, folders: 0 });
    await here.close();
  });

  it('REQ-GATE-06: content is data of its schema, the same for the same commit, and names what is run', async () => {
    const { commit } = await here.repository.commit(withMocha);
    const content = await here.examiners.content(commit);
    deepEqual(executableContentSchema.parse(content), content);
    deepEqual(await here.examiners.content(commit), content);
    match(content.hash, /^[0-9a-f]{64}$/);
    deepEqual(content.gates.map(({ id, command, timeoutMs, runner, from }) => ({ id, command, timeoutMs, runner, from })),
      [{ id: 'unit', command: 'mocha', timeoutMs: 600_000, runner: 'mocha', from: 'project.yaml' }]);
  });

  it('REQ-GATE-06: evidence is data of its schema, about exactly the commit and tree, and the worst gate decides', async () => {
    const base = await here.repository.commit({ ...withMocha, '.treeline/project.yaml': 'gates:\n  - { id: silent, run: "true" }\n  - { id: unit, run: mocha }\n' });
    const head = await here.repository.commit({ 'src/add.js': wrongAdder });
    const content = await here.examiners.content(base.commit);
    const evidence = await here.examiners.examine({ task: 'task', id: 'gate', ...head, base: base.commit, content, sandbox: 'prefer' }, () => undefined, new AbortController().signal);
    deepEqual(evidenceSchema.parse(evidence), evidence);
    deepEqual([evidence.commit, evidence.tree], [head.commit, head.tree]);
    match(evidence.id, /^[0-9a-f]{64}$/);
    deepEqual(evidence.gates.map(({ id }) => id), content.gates.map(({ id }) => id));
    deepEqual({ verdict: evidence.verdict, reason: evidence.reason }, (({ verdict, reason }) => ({ verdict, reason }))(worst(evidence.gates)));
    equal(evidence.gates.every(({ evidence: { sandbox } }) => /^(bubblewrap$|none: )/.test(sandbox)), true);
  });

  it('REQ-GATE-52: a cancelled examination rejects with the reason and leaves nothing open', async () => {
    const base = await here.repository.commit({ ...gate('mocha --timeout 0'), 'src/add.js': adder, 'test/slow.spec.js': 'it("waits", (done) => { console.log("begun"); setTimeout(done, 600000); });\n' });
    const head = await here.repository.commit({ 'README.md': 'more' });
    const cancel = new AbortController();
    const reason = new Error('the person cancelled');
    await rejects(
      here.examiners.examine({ task: 'task', id: 'gate', ...head, base: base.commit, content: await here.examiners.content(base.commit), sandbox: 'prefer' },
        (text) => { if (text.includes('begun')) cancel.abort(reason); }, cancel.signal),
      reason,
    );
  });

  it('REQ-GATE-53: mistakes of a project file are told before anything runs', async () => {
    const { commit } = await here.repository.commit({ '.treeline/project.yaml': 'gatez: 1\nsetup: 2\n' });
    await rejects(here.examiners.content(commit), (error) => error instanceof ProjectFileError && error.mistakes.length === 2);
  });
});
