// Triggers from the command line, with the real engine: off, armed, due, paused, changed.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { triggersDocument } from '../../src/cli/documents.ts';
import type { TriggerView } from '../../src/protocol/triggerView.ts';
import { openGround } from './support/ground.ts';
import type { Ended, Ground } from './support/ground.ts';

const workflow = `name: Watch main
description: Prove what is on main.
on: { branch-moved: main, spec-changed: "specs/**", schedule: "0 6 * * *" }
steps:
  - { id: test, gate: all }
  - { id: look, checkpoint: merge, needs: test }
  - { id: land, merge: target, needs: look }
`;

describe('triggers on the command line (specs/triggers.md)', () => {
  let ground: Ground;
  let repository: string;
  const treeline = (...words: string[]): Promise<Ended> => ground.treeline([...words, '--repo', repository, '--json']);
  const triggers = async (...words: string[]): Promise<Record<string, TriggerView>> => {
    const ended = await treeline('trigger', ...words);
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    return Object.fromEntries(triggersDocument.parse(JSON.parse(ended.stdout)).triggers.map((trigger) => [trigger.id, trigger]));
  };
  const commit = (file: string, text: string): void => {
    writeFileSync(join(repository, file), text);
    ground.git(repository, 'add', '--all');
    ground.git(repository, 'commit', '--quiet', '--message', `change ${file}`);
  };

  beforeEach(() => {
    ground = openGround();
    repository = ground.repository('watched', {
      'package.json': JSON.stringify({ name: 'watched', scripts: { test: 'node --test' } }), 'a.test.js': 'require("node:test")("adds up", () => {});\n',
      'specs/a.md': 'It shall add up.\n', '.treeline/workflows/watch.yaml': workflow,
    });
  });
  afterEach(() => ground.close());

  it('REQ-TRIGGER-01 REQ-TRIGGER-03 REQ-TRIGGER-04 REQ-TRIGGER-07 REQ-TRIGGER-09: off until armed, due once, one at a time, void when its workflow changes', async () => {
    assert.deepEqual(Object.values(await triggers('list')).map(({ id, state, last }) => [id, state, last]), [['watch/branch-moved-1', 'off', null], ['watch/schedule-1', 'off', null], ['watch/spec-changed-1', 'off', null]]);
    commit('b.txt', 'one\n');
    assert.deepEqual([(await triggers('list'))['watch/branch-moved-1']?.last, existsSync(join(repository, '.git/treeline/triggers.json'))], [null, false]);

    const untrusted = await treeline('trigger', 'arm', 'watch/branch-moved-1');
    assert.deepEqual([untrusted.code, (await treeline('trigger', 'arm', 'watch/none-1', '--trust')).code, (await treeline('trigger', 'pause', 'watch/branch-moved-1')).code], [6, 2, 2]);
    const armed = (await triggers('arm', 'watch/branch-moved-1', '--trust'))['watch/branch-moved-1'];
    assert.deepEqual([armed?.state, armed?.base, armed?.last], ['armed', 'main', null]);
    const schedule = (await triggers('arm', 'watch/schedule-1'))['watch/schedule-1'];
    assert.ok((schedule?.next ?? 0) > Date.now());

    commit('b.txt', 'two\n');
    const first = (await triggers('list'))['watch/branch-moved-1'];
    assert.match(`${first?.last?.result} ${first?.last?.cause}`, /^started main moved to [0-9a-f]{8}$/);
    const task = first?.last?.task ?? '';
    assert.equal((await treeline('watch', task, '--until', 'waiting')).code, 3);
    commit('b.txt', 'three\n');
    assert.deepEqual((({ running, last }) => [running, last?.task])((await triggers('list'))['watch/branch-moved-1'] as TriggerView), [task, task]);
    assert.equal((await treeline('reject', task, '--reason', 'enough')).code, 0);
    const second = (await triggers('list'))['watch/branch-moved-1']?.last?.task ?? task;
    assert.notEqual(second, task);
    assert.equal((await treeline('cancel', second)).code, 0);

    assert.equal((await triggers('pause', 'watch/branch-moved-1'))['watch/branch-moved-1']?.state, 'paused');
    commit('b.txt', 'four\n');
    assert.equal((await triggers('list'))['watch/branch-moved-1']?.last?.task, second);
    commit('.treeline/workflows/watch.yaml', `${workflow}# changed\n`);
    const changed = (await triggers('resume', 'watch/branch-moved-1'))['watch/branch-moved-1'];
    assert.equal(changed?.state, 'changed');
    const refused = (await triggers('list'))['watch/branch-moved-1'];
    assert.match(`${refused?.last?.result}: ${refused?.last?.why}`, /^refused: the workflow watch is not what it was when this was armed\. Read it, then arm it again\.$/);
    assert.equal((await triggers('disarm', 'watch/branch-moved-1'))['watch/branch-moved-1']?.state, 'off');
    const { runs } = JSON.parse((await treeline('list')).stdout) as { runs: unknown[] };
    assert.equal(runs.length, 2);
  });

  it('REQ-TRIGGER-11 arms nothing from a damaged file, and keeps it', async () => {
    assert.equal((await triggers('arm', 'watch/spec-changed-1', '--trust'))['watch/spec-changed-1']?.state, 'armed');
    await ground.endEngines();
    const file = join(repository, '.git/treeline/triggers.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
    commit('specs/a.md', 'It shall add up twice.\n');
    assert.deepEqual(Object.values(await triggers('list')).map(({ state }) => state), ['off', 'off', 'off']);
    assert.equal(readFileSync(`${file}.damaged`, 'utf8').length, 40);
  });
});
