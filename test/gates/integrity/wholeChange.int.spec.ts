/** The guard among the gates beyond its verdicts (those are rows of the truth table): ticks, what is kept, what is missing. REQ ids: specs/integrity.md. */
import { deepEqual, match } from 'node:assert/strict';
import { grammarFiles } from '../../../src/app/grammarFiles.ts';
import type { Evidence } from '../../../src/core/gate.ts';
import { createExaminers } from '../../../src/gates/createExaminers.ts';
import { bench, realSandbox, silent, type Bench } from '../support/judge.ts';
import { adder, adds, mochaFile, withMocha } from '../support/projects.ts';
import type { Files } from '../support/smallRepository.ts';

const spec = (tests: Readonly<Record<string, string>>): Files => ({ 'test/add.spec.js': mochaFile(tests) });
const kinds = (evidence: Evidence): readonly string[] => (evidence.integrity ?? []).map(({ kind, severity }) => `${severity} ${kind}`);
describe('the integrity guard among the gates', function () {
  this.timeout(60_000);
  let here: Bench;
  beforeEach(async () => { here = await bench(); });
  afterEach(() => here.close());

  it('REQ-INTEGRITY-21: a finding is ticked by its id', async () => {
    const evidence = await here.judge(withMocha, spec({ 'adds two': 'assert.ok(add(1, 2));', 'adds nothing': adds['adds nothing'] }));
    deepEqual(evidence.ticks.map((tick) => tick.id), (evidence.integrity ?? []).map((finding) => `integrity:${finding.id}`));
    match(evidence.ticks[0]?.why ?? '', /^test\/add\.spec\.js:4: /);
  });

  it('REQ-INTEGRITY-05: the same change is looked at once', async () => {
    const base = await here.repository.commit(withMocha);
    const head = await here.repository.commit(spec({ ...adds, 'adds two': 'assert.ok(add(1, 2));' }));
    const judge = async (examiners = here.examiners): Promise<Evidence> => examiners.examine({ task: 'task', id: 'again', ...head, base: base.commit, content: await here.examiners.content(base.commit), sandbox: 'prefer' }, () => undefined, AbortSignal.timeout(60_000));
    const first = await judge();
    const [key] = [...here.store.kept].find(([, value]) => value.includes('assertion-weakened')) ?? [''];
    here.store.kept.set(key, '{"findings":[],"moved":[]}');
    // These remember what they saw; those of another process have the store alone.
    const others = createExaminers({ archive: here.repository.archive, tree: here.repository.tree, scratch: here.repository.scratch, sandbox: realSandbox(), store: here.store, log: silent, toolchain: 'x', grammars: grammarFiles(import.meta.filename) });
    deepEqual([kinds(first), kinds(await judge()), kinds(await judge(others))], [['high assertion-weakened'], ['high assertion-weakened'], []]);
  });

  it('REQ-INTEGRITY-24: without its parsers the guard says so, and nothing is accepted', async () => {
    const blind = createExaminers({
      archive: here.repository.archive, tree: here.repository.tree, scratch: here.repository.scratch, sandbox: realSandbox(), store: here.store, log: silent, toolchain: 'x',
      grammars: () => Promise.reject(new Error('no file')),
    });
    const base = await here.repository.commit(withMocha);
    const head = await here.repository.commit({ 'src/add.js': `// better\n${adder}` });
    const evidence = await blind.examine({ task: 'task', id: 'blind', ...head, base: base.commit, content: await blind.content(base.commit), sandbox: 'prefer' }, () => undefined, AbortSignal.timeout(60_000));
    deepEqual({ verdict: `${evidence.verdict} ${evidence.reason}`, kinds: kinds(evidence) }, { verdict: 'not-verified needs-person', kinds: ['medium not-examined'] });
  });
});
