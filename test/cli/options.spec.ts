import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { agentRows } from '../../src/cli/commands/agentsCheck.ts';
import { trustLines } from '../../src/cli/commands/trust.ts';
import { theOneThatIsMeant } from '../../src/cli/commands/watch.ts';
import { commentOf, waiversOf } from '../../src/cli/decisionOptions.ts';
import { failureOf } from '../../src/cli/failure.ts';
import { keysOf, withoutKeys } from '../../src/cli/keys.ts';
import { agentsOf, inputWords, launchOf, typedInputs } from '../../src/cli/launchOptions.ts';
import type { RunFlags } from '../../src/cli/launchOptions.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { accepted, given, planned } from '../support/given.ts';

/** What is wrong, in words, with something that must be refused. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    const { message, exit } = failureOf(error);
    return `${exit}: ${message}`;
  }
  return 'not refused';
}

describe('flags of the command line', () => {
  it('REQ-CLI-02 turns the flags of run into one launch', () => {
    assert.deepEqual(launchOf('add csv', {}), { request: 'add csv', workflow: null, base: null, specs: [], agents: {}, budget: { usd: null, minutes: null }, yes: [], sandbox: null, upstream: null });
    const flags: RunFlags = { workflow: 'quick-change', base: 'dev', after: 't1', spec: ['specs/**'], agent: ['planner=anthropic:a', 'implementer=openai:b, compatible:local/c:7b'], maxUsd: '2.5', maxMinutes: '30', yes: 'plan,merge,plan', sandbox: 'required' };
    assert.deepEqual(launchOf('add csv', flags), {
      request: 'add csv', workflow: 'quick-change', base: 'dev', specs: ['specs/**'], agents: { planner: ['anthropic:a'], implementer: ['openai:b', 'compatible:local/c:7b'] },
      budget: { usd: 2.5, minutes: 30 }, yes: ['plan', 'merge'], sandbox: 'required', upstream: { task: 't1', how: 'after' },
    });
  });

  it('REQ-CLI-02 says which flag is wrong, and what would be right', () => {
    const table: [RunFlags, string][] = [
      [{ maxUsd: '0' }, '2: --max-usd is "0", which is no number above 0'],
      [{ maxUsd: 'much' }, '2: --max-usd is "much", which is no number above 0'],
      [{ maxMinutes: '' }, '2: --max-minutes is "", which is no number above 0'],
      [{ yes: 'plan,deploy' }, '2: --yes: "deploy" is not one of plan, document, choice, review, merge, amendment'],
      [{ sandbox: 'on' }, '2: --sandbox: "on" is not one of required, prefer, off'],
      [{ agent: ['demo'] }, '2: "--agent demo" names no role'],
      [{ agent: ['boss=demo'] }, '2: --agent: "boss" is not one of planner, implementer, tester, reviewer, resolver'],
      [{ agent: ['planner=gpt'] }, '2: "gpt" is no agent'],
      [{ agent: ['planner=acp:claude'] }, '2: "acp:claude": agents of this kind are not in this version'],
      [{ agent: ['planner=demo', 'planner=demo'] }, '2: --agent names the role "planner" twice'],
    ];
    for (const [flags, words] of table) assert.equal(refusal(() => launchOf('add csv', flags)), words);
    assert.equal(refusal(() => launchOf(' \n ', {})), '2: The request is empty');
    assert.equal(refusal(() => agentsOf(['implementer=demo,'])), '2: "" is no agent');
  });

  it('REQ-CLI-05 reads comments with and without a place', () => {
    assert.deepEqual(['src/a.js:12: handle empty', 'all of it: too long', 'C:\\a.js:3: x', 'see 12:30: lunch', 'src/a.js:7:no space'].map(commentOf), [
      { file: 'src/a.js', line: 12, text: 'handle empty' }, { file: null, line: null, text: 'all of it: too long' }, { file: 'C:\\a.js', line: 3, text: 'x' },
      { file: null, line: null, text: 'see 12:30: lunch' }, { file: 'src/a.js', line: 7, text: 'no space' },
    ]);
    assert.equal(refusal(() => commentOf('a.js:3: ')), '2: The comment "a.js:3: " says nothing');
    assert.equal(refusal(() => commentOf('a.js:0: x')), '2: The comment "a.js:0: x" is about line 0');
  });

  it('REQ-CLI-05 gives each waiver its reason', () => {
    assert.deepEqual(waiversOf(['unit', 'lint'], ['known', ' flaky ']), [{ gate: 'unit', reason: 'known' }, { gate: 'lint', reason: 'flaky' }]);
    assert.equal(refusal(() => waiversOf(['unit', 'lint'], ['known'])), '2: 2 --waive and 1 --reason were given');
    assert.equal(refusal(() => waiversOf(['unit'], [' '])), '2: The reason for waiving "unit" is empty');
  });

  it('REQ-CLI-20 takes keys from known names alone, and keeps them from other programs', () => {
    const environment = { ANTHROPIC_API_KEY: 'a', OPENAI_API_KEY: ' ', OPENAI_BASE_URL: 'http://x', AWS_SECRET: 's', PATH: '/bin' };
    assert.deepEqual(keysOf(environment), { ANTHROPIC_API_KEY: 'a', OPENAI_BASE_URL: 'http://x' });
    assert.deepEqual(withoutKeys(environment), { AWS_SECRET: 's', PATH: '/bin' });
  });

  it('REQ-CLI-22 says of every provider what it lacks', () => {
    const brief = (rows: ReturnType<typeof agentRows>): string[] => rows.map((row) => `${row.ok ? 'ok' : 'no'} ${row.provider}: ${row.problem ?? row.where}`);
    assert.deepEqual(brief(agentRows({}, {}, false)), ['no anthropic: ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN is not set', 'no openai: OPENAI_API_KEY is not set', 'no demo: this is not the sample repository']);
    assert.deepEqual(brief(agentRows({ ANTHROPIC_AUTH_TOKEN: 'secret', OPENAI_API_KEY: 'secret', OPENAI_BASE_URL: 'localhost' }, { local: 'http://127.0.0.1:1' }, true)), [
      'ok anthropic: ANTHROPIC_AUTH_TOKEN', 'no openai: OPENAI_BASE_URL is no http or https address', 'ok compatible:local: settings, at http://127.0.0.1:1', 'ok demo: this is the sample repository',
    ]);
  });

  it('REQ-CLI-13 shows all that a repository would run', () => {
    const gate = { id: 'unit', command: 'npm test', timeoutMs: 1, report: null, runner: 'unknown' as const, resolves: { 'package.json#scripts.test': 'h' }, from: 'package.json' as const };
    const content = { hash: 'c', setup: 'npm ci', copy: ['.env'], gates: [gate], protect: [], target: null };
    assert.deepEqual(trustLines({ base: { ref: 'refs/heads/main', commit: 'abcdef0123456789', target: 'refs/heads/main' }, dirty: [], content, trusted: false, workflows: [], defaultWorkflow: null, sample: false, specs: [] }), [
      'At main abcdef0123 this repository would have run on your machine:', '  set-up  npm ci', '  gate unit  npm test  (from package.json)', '    which is defined by package.json#scripts.test',
      '  copied into worktrees: .env', 'It runs confined where a sandbox works, as the base commit defines it. You are asked again when any of this changes.',
    ]);
  });

  it('REQ-CLI-13 REQ-TRUST-03 shows what changed in a workflow since it was approved', () => {
    const content = { hash: 'c', setup: null, copy: [], gates: [], protect: [], target: null };
    const workflow = { id: 'ours', name: 'Ours', inputs: {}, hash: 'h', trusted: false, changed: true, shown: '--- ours.yaml\n-  run: a\n+  run: b\u001b[31m' };
    const lines = trustLines({ base: { ref: 'refs/heads/main', commit: 'abcdef0123456789', target: 'refs/heads/main' }, dirty: [], content, trusted: true, workflows: [], defaultWorkflow: null, sample: false, specs: [], workflow });
    assert.deepEqual(lines.slice(1, -1), ['  workflow ours, changed since you approved it:', '    --- ours.yaml', '    -  run: a', '    +  run: b']);
  });

  it('REQ-CLI-29 gives inputs their declared types, and says all that a workflow asks for', () => {
    const workflow = { id: 'ours', name: 'Ours', hash: null, trusted: true, changed: false, shown: '', inputs: { area: { type: { type: 'string' as const }, description: 'Where', default: 'src', required: false, commit: false }, depth: { type: { type: 'number' as const }, description: '', default: null, required: true, commit: false } } };
    assert.deepEqual(typedInputs(workflow, inputWords(['depth=3', 'area=a=b'])), { depth: 3, area: 'a=b' });
    assert.equal(refusal(() => typedInputs(workflow, inputWords(['depht=3']))), '2: The workflow "ours" cannot start like this: there is no input "depht"; "depth" has to be given');
    assert.equal(refusal(() => inputWords(['=3'])), '2: "--input =3" names no input');
  });

  it('watches the one task that is not over, else the newest, and never guesses between two', () => {
    const open = viewOf(given(planned()).state);
    const over = { ...viewOf(given([accepted(), { type: 'TaskCancelled', by: 'you' }]).state), task: 't2' };
    assert.equal(theOneThatIsMeant({ runs: [open, over] }).task, 't1');
    assert.equal(theOneThatIsMeant({ runs: [over] }).task, 't2');
    assert.equal(refusal(() => theOneThatIsMeant({ runs: [open, { ...open, task: 't3' }] })), '2: 2 tasks are not over: t1, t3.');
    assert.equal(refusal(() => theOneThatIsMeant({ runs: [] })), '2: There is no task in this repository yet.');
  });
});
