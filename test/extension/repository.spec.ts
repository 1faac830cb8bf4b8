import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { EngineClient, RunsOnDisk } from '../../src/client/engineClient.ts';
import { TreelineError } from '../../src/client/treelineError.ts';
import { Repository } from '../../src/extension/runs/repository.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { accepted, given, planned } from '../support/given.ts';

const waiting = viewOf(given(planned()).state);
const over = viewOf(given([...planned(), { type: 'TaskCancelled', by: 'you' }]).state);
const onDisk = (...runs: RunView[]): RunsOnDisk => ({ commonDir: '/repo/.git', runs, unreadable: [] });
const notRunning = new TreelineError('not-running', 'no engine runs', 'start one');

/** A scripted engine: `engines` are the answers to one connection after the other. */
function scripted(options: { trusted?: boolean; disk?: RunsOnDisk | Error; engines?: (readonly RunView[] | Error)[] }) {
  const said: string[] = [];
  let close: (error: TreelineError | null) => void = () => undefined;
  let change: (view: RunView) => void = () => undefined;
  const engines = [...(options.engines ?? [])];
  const around = {
    trusted: options.trusted ?? true,
    engineBundle: 'engine.js', version: '1', changed: () => undefined, log: () => undefined,
    isTrusted: () => around.trusted,
    keysFor: async (task: string) => (task === 't1' ? { OPENAI_API_KEY: 'k' } : {}),
    read: async () => {
      said.push('read');
      if (options.disk instanceof Error) throw options.disk;
      return options.disk ?? onDisk();
    },
    connect: async ({ start }: { start: boolean }): Promise<EngineClient> => {
      const engine = engines.shift() ?? notRunning;
      said.push(`connect ${start ? 'and start' : 'only'}`);
      if (engine instanceof Error) throw engine;
      return {
        commonDir: '/repo/.git', connection: 'connected', engine: { version: '1', protocol: 1, epoch: 1, pid: 1, sandbox: '', busy: false },
        closed: new Promise((resolve) => { close = resolve; }),
        close: async () => void said.push('close'),
        onRunChanged: (listener) => { change = listener; return () => undefined; },
        onEvent: () => () => undefined, onProgress: () => () => undefined, onConnection: () => () => undefined,
        request: async (name, params) => {
          said.push(`${name} ${JSON.stringify(params)}`);
          return (name === 'subscribe' ? { runs: engine } : {}) as never;
        },
      };
    },
  };
  const repository = new Repository('/repo', around);
  return { repository, said, around, die: async (error: TreelineError | null) => { close(error); await new Promise(setImmediate); }, change: (view: RunView) => change(view) };
}

describe('a repository in the window', () => {
  it('REQ-EXT-31 in Restricted Mode reads what is on disk, and neither looks for an engine nor lets anything ask one', async () => {
    const { repository, said } = scripted({ trusted: false, disk: onDisk(waiting), engines: [[waiting]] });
    await repository.follow();
    await assert.rejects(repository.ask('show', { task: 't1' }), /Restricted Mode/);
    assert.deepEqual([said, repository.standing, repository.views.map((view) => view.task)], [['read'], 'ready', ['t1']]);
  });

  it('REQ-EXT-31 follows the engine as soon as trust is granted', async () => {
    const { repository, said, around } = scripted({ trusted: false, disk: onDisk(waiting), engines: [[waiting]] });
    await repository.follow();
    around.trusted = true;
    await repository.follow();
    assert.deepEqual(said.slice(0, 3), ['read', 'read', 'connect and start']);
  });

  it('starts an engine only where a run is unfinished; else it looks whether one runs', async () => {
    const unfinished = scripted({ disk: onDisk(waiting), engines: [[waiting]] });
    await unfinished.repository.follow();
    const finished = scripted({ disk: onDisk(over) });
    await finished.repository.follow();
    assert.deepEqual([unfinished.said, finished.said], [
      ['read', 'connect and start', 'subscribe {"task":null}', 'offerKeys {"task":"t1","keys":{"OPENAI_API_KEY":"k"}}'], ['read', 'connect only'],
    ]);
  });

  it('starts one when somebody asks, also while a look finds none', async () => {
    const { repository, said } = scripted({ disk: onDisk(), engines: [notRunning, []] });
    const looking = repository.follow();
    while (!said.includes('connect only')) await Promise.resolve();
    await Promise.all([looking, repository.ask('list', {})]);
    assert.deepEqual(said, ['read', 'connect only', 'connect and start', 'subscribe {"task":null}', 'list {}']);
    await repository.ask('list', {});
    assert.equal(said.filter((line) => line.startsWith('connect and start')).length, 1);
  });

  it('REQ-EXT-32 starts the next engine when one that it found has gone with work left', async () => {
    const { repository, said, die } = scripted({ disk: onDisk(), engines: [[waiting], [waiting]] });
    await repository.follow();
    await die(new TreelineError('engine-lost', 'gone', ''));
    await new Promise(setImmediate);
    assert.deepEqual(said.filter((line) => line.startsWith('connect')), ['connect only', 'connect and start']);
  });

  it('shows the newest view that it has heard of, whoever brought it', async () => {
    const { repository, change } = scripted({ disk: onDisk(waiting), engines: [[waiting]] });
    await repository.follow();
    change({ ...waiting, seq: 20, title: 'new' });
    repository.take({ ...waiting, seq: 10, title: 'late' });
    assert.equal(repository.view('t1')?.title, 'new');
  });

  it('REQ-EXT-34 tells a folder without git from one whose journal cannot be read', async () => {
    const none = scripted({ disk: new TreelineError('not-a-repository', 'no git', '') });
    await none.repository.follow();
    const corrupt = scripted({ disk: { ...onDisk(), unreadable: [{ task: 't9', message: 'line 3 is broken' }] } });
    await corrupt.repository.follow();
    assert.deepEqual([none.repository.standing, none.said, corrupt.repository.standing, corrupt.repository.unreadable.length], ['none', ['read'], 'ready', 1]);
  });

  it('REQ-BAD-08 shows a run no more whose journal cannot be read any longer', async () => {
    const disk: { runs: RunView[]; unreadable: { task: string; message: string }[] } = { runs: [waiting], unreadable: [] };
    const { repository } = scripted({ disk: { commonDir: '/repo/.git', ...disk, get runs() { return disk.runs; }, get unreadable() { return disk.unreadable; } }, trusted: false });
    await repository.read();
    const before = repository.views.length;
    Object.assign(disk, { runs: [], unreadable: [{ task: 't1', message: 'line 2 is broken' }] });
    await repository.read();
    assert.deepEqual([before, repository.views, repository.unreadable.length], [1, [], 1]);
  });

  it('lets go of the engine when the window closes', async () => {
    const { repository, said } = scripted({ disk: onDisk(viewOf(given([accepted()]).state)), engines: [[]] });
    await repository.follow();
    await repository.close();
    assert.equal(said.at(-1), 'close');
  });
});
