// A plan changed by hand from the command line, by file and by editor. Needs dist/.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Plan } from '../../src/core/plan.ts';
import { lastView, openGround } from './support/ground.ts';
import type { Ended, Ground } from './support/ground.ts';

const story = (JSON.parse(readFileSync(join(import.meta.dirname, '../../media/demo.json'), 'utf8')) as { request: string }).request;

describe('edit on the command line', function () {
  this.timeout(120_000);
  let ground: Ground;
  let repository: string;
  let task: string;
  beforeEach(async () => {
    ground = openGround();
    repository = await ground.sample();
    const ended = await ground.treeline(['run', story, '--workflow', 'spec-and-build', '--agent', 'implementer=demo', '--json', '--repo', repository]);
    assert.equal(ended.code, 3, ended.stderr);
    ({ task } = lastView(ended.stdout));
  });
  afterEach(() => ground.close());

  const treeline = (...words: string[]): Promise<Ended> => ground.treeline([...words, '--repo', repository]);
  const planNow = async (): Promise<{ text: string; plan: Plan }> => {
    const { text } = JSON.parse((await treeline('edit', task, '--print', '--json')).stdout) as { text: string };
    return { text, plan: parse(text) as Plan };
  };

  it('REQ-CLI-34: prints the plan as it stands, takes it back changed, and lets only what stands then be approved', async () => {
    const { text, plan } = await planNow();
    assert.equal((await treeline('edit', task, '--print')).stdout, text);
    const changed = join(ground.folder, 'plan.yaml');
    writeFileSync(changed, stringify({ ...plan, subtasks: plan.subtasks.filter(({ id }) => id === 'csv-text') }));
    const edited = await treeline('edit', task, '--file', changed, '--json');
    assert.equal(edited.code, 0, edited.stdout);
    assert.deepEqual(lastView(edited.stdout).checkpoints.map(({ id, state }) => [id, state]), [['approve-plan#1', 'void'], ['approve-plan#2', 'open']]);
    assert.deepEqual([(await treeline('approve', task, '--checkpoint', 'approve-plan#1')).code, (await treeline('approve', task)).code], [1, 0]);
    const ended = await treeline('watch', task, '--json');
    assert.deepEqual(lastView(ended.stdout).steps.filter(({ parent }) => parent === 'implement').map(({ id, state }) => [id, state]), [['implement/csv-text', 'done']]);
    assert.match((await treeline('edit', task, '--print')).stderr, /is about a merge: there is nothing to edit/);
  });

  it('REQ-CLI-34: names every mistake of a plan with its line, and changes nothing; the same text again is no edit', async () => {
    const { text } = await planNow();
    const wrong = join(ground.folder, 'wrong.yaml');
    writeFileSync(wrong, text.replace('  - id: csv-text', '  - id: CSV text').replace(/^summary: .*$/m, 'summary: ""'));
    const refused = await treeline('edit', task, '--file', wrong);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^The text is no plan: line 3: summary: .*; line \d+: subtasks\.0\.id: a subtask id is lower-case/);
    writeFileSync(wrong, text.replace(/needs: \[\]/, 'needs: [export-command]'));
    assert.match((await treeline('edit', task, '--file', wrong)).stderr, /the plan cannot be carried out: the needs form a circle/);
    writeFileSync(wrong, text);
    assert.deepEqual([(await treeline('edit', task, '--file', wrong)).code, (await treeline('edit', task, '--file', join(ground.folder, 'nowhere'))).code, (await treeline('edit', task)).code], [2, 2, 2]);
    assert.deepEqual((await planNow()).text, text);
  });

  it('REQ-CLI-34: on a terminal opens the person\'s editor, and keeps what was written when it is refused', async function () {
    if (!existsSync('/usr/bin/script')) this.skip();
    const editor = join(ground.folder, 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i "$EDIT" "$1"\n');
    chmodSync(editor, 0o755);
    const onTerminal = async (edit: string): Promise<string> => {
      const words = ['edit', task, '--repo', repository].map((word) => `'${word}'`).join(' ');
      const child = ground.start('script', ['--quiet', '--return', '--command', `EDIT='${edit}' EDITOR='${editor}' '${process.execPath}' '${join(import.meta.dirname, '../../dist/cli.js')}' ${words}`, '/dev/null']);
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => { text += part; });
      await new Promise((resolve) => { child.on('close', resolve); });
      return text;
    };
    assert.match(await onTerminal('s/^summary: .*/summary: In my words./'), /Edited: plan\.yaml\. It stands to be approved as approve-plan#2/);
    assert.equal((await planNow()).plan.summary, 'In my words.');
    const refused = await onTerminal('s/^summary: .*/summary: [1]/');
    const [, kept = ''] = /treeline edit \S+ --file (\S+)/.exec(refused) ?? [];
    assert.match(readFileSync(kept, 'utf8'), /^summary: \[1\]$/m);
  });
});
