// What is never sent does not reach a provider: by no tool, and in no diff. specs/agents.md, specs/context.md.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createWorkers } from '../../src/agents/workers.ts';
import { withoutWithheld } from '../../src/agents/withoutWithheld.ts';
import { call, inTurn, startModelServer } from '../support/modelServer.ts';
import { collect, handClock, memorySandbox, patience, quietLog, workRequest } from './support.ts';

const withheld = (path: string): string | null => (path.startsWith('secret') || path === 'ü "x".md' ? 'by a test' : null);
const section = (path: string, body: string): string => `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n${body}\n`;

describe('what is never sent', () => {
  it('REQ-AGENT-47 is refused to file tools, passed over by search, and not in the diff of a review', async () => {
    const server = await startModelServer(inTurn([
      call('read_file', { path: 'secret.txt' }), call('search', { text: 'KEY' }), call('submit_review', { summary: 'seen', criteria: [], findings: [], verdict: 'approve' }),
    ]));
    try {
      const files = new Map([['secret.txt', 'KEY=very-hidden\n'], ['open.txt', 'the KEY to it\n']]);
      const workers = createWorkers({ sandbox: memorySandbox(files), clock: handClock(), log: quietLog, endpoints: () => server.endpoints, patience, withheld: async (task) => (task === 'task-1' ? withheld : () => null) });
      const review = { diff: section('open.txt', '+the KEY to it') + section('secret.txt', '+KEY=very-hidden'), evidence: null };
      const { end } = await workers.work(workRequest({ role: 'reviewer', gives: 'review', writes: false, review }), collect(), new AbortController().signal);
      assert.deepEqual([end.kind, server.requests.at(-1)?.calls.map(({ result, ok }) => [result, ok])], ['review', [
        ['Refused (withheld): secret.txt is never sent (by a test)', false], ['open.txt:1: the KEY to it', true],
      ]]);
      const sent = JSON.stringify(server.requests.map(({ body }) => body));
      assert.deepEqual([sent.includes('very-hidden'), sent.includes('(not shown: never sent to a provider, by a test)'), sent.includes('+the KEY to it')], [false, true, true]);
    } finally {
      await server.close();
    }
  });

  it('REQ-AGENT-47 is found in a diff by either name: renamed, new, deleted, binary, empty, with any characters', () => {
    const head = (first: string, ...rest: string[]): string => `diff --git ${first}\n${rest.map((line) => `${line}\n`).join('')}`;
    const hidden = [
      head('a/secret/a b/secret/a', 'old mode 100644', 'new mode 100755'), head('a/secret.bin b/secret.bin', 'index 1..2', 'Binary content: not shown.'), head('a/old.txt b/secret.txt', 'similarity index 90%', 'rename from old.txt', 'rename to secret.txt'),
      head('a/secret.txt b/new.txt', 'rename from secret.txt', 'rename to new.txt', '--- a/secret.txt', '+++ b/new.txt', '@@ -1 +1 @@', '-KEY'), head('a/secret b/secret', 'deleted file mode 100644', '--- a/secret', '+++ /dev/null', '@@ -1 +0,0 @@', '-KEY'),
      head(String.raw`"a/\303\274 \"x\".md" "b/\303\274 \"x\".md"`, 'new file mode 100644', '--- /dev/null', String.raw`+++ "b/\303\274 \"x\".md"`, '@@ -0,0 +1 @@', '+KEY'),
    ];
    assert.deepEqual(hidden.map((part) => withoutWithheld(part, withheld)), hidden.map((part) => `${part.slice(0, part.indexOf('\n'))}\n(not shown: never sent to a provider, by a test)\n`));
    const shown = [section('a.txt', '+diff --git a/secret b/secret'), section('not secret.txt', '---- a/secret'), head('a/x b/y', 'rename from x', 'rename to y')].join('');
    assert.deepEqual([withoutWithheld(shown, withheld), withoutWithheld('', withheld), withoutWithheld(`${section('secret', '+KEY')}[cut: so long]\n`, withheld)], [shown, '', 'diff --git a/secret b/secret\n(not shown: never sent to a provider, by a test)\n[cut: so long]\n']);
  });
});
