// One attempt through the real SDKs against a scripted model: what ends it, and how it is named. specs/agents.md.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createWorkers } from '../../src/agents/workers.ts';
import type { WorkReport, WorkRequest, WorkResult } from '../../src/ports/workers.ts';
import type { ModelAnswer, ModelScript, ModelServer } from '../support/modelServer.ts';
import { call, inTurn, replyWith, say, startModelServer } from '../support/modelServer.ts';
import { collect, handClock, memorySandbox, patience, quietLog, workRequest } from './support.ts';

const agents = { anthropic: 'anthropic:claude-sonnet-5-5', openai: 'openai:gpt-6-sol' } as const;
const done = call('finish', { summary: 'done' });
const write = replyWith('write_file', { path: 'a.txt', content: 'x'.repeat(500) });

interface Tried { readonly result: WorkResult; readonly server: ModelServer; readonly files: Map<string, string>; readonly report: ReturnType<typeof collect>; readonly now: number }

async function attempt(script: ModelScript, more: Partial<WorkRequest> = {}, allowance?: WorkReport['allowance'], during?: (clock: ReturnType<typeof handClock>, server: ModelServer) => void): Promise<Tried> {
  const server = await startModelServer(script);
  const files = new Map([['hello.txt', 'hello\n']]);
  const clock = handClock();
  const report = collect(allowance);
  try {
    const workers = createWorkers({ sandbox: memorySandbox(files), clock, log: quietLog, endpoints: () => server.endpoints, patience });
    const working = workers.work(workRequest(more), report, new AbortController().signal);
    during?.(clock, server);
    const result = await working;
    assert.deepEqual(server.faults, []);
    return { result, server, files, report, now: clock.now() };
  } finally {
    await server.close();
  }
}

/** How a failed attempt is named. */
function failureOf({ result }: Tried): string {
  return result.end.kind === 'failed' ? result.end.failure : result.end.kind;
}

for (const protocol of ['anthropic', 'openai'] as const) {
  const chain = { agents: [agents[protocol]] };

  describe(`an attempt over ${protocol}`, () => {
    it('REQ-AGENT-01 runs tools until the result is handed over, and counts what it used', async () => {
      const usage = { input: 100, cached: 900, output: 50 };
      const { result, files, server } = await attempt(inTurn([
        call('read_file', { path: 'hello.txt' }, { text: 'Let me see.', usage }), call('write_file', { path: 'hello.txt', content: 'hello, world\n' }, { usage }),
        call('finish', { summary: 'greets the world' }, { usage }),
      ]), chain);
      assert.deepEqual(result.end, { kind: 'edited', summary: 'greets the world' });
      assert.deepEqual(result.usage, { input: 300, cached: 2_700, output: 150, calls: 3 });
      assert.equal(result.costUsd?.toFixed(6), ((300 * 2 + 2_700 * 0.2 + 150 * 10) / 1e6).toFixed(6));
      assert.equal(files.get('hello.txt'), 'hello, world\n');
      assert.deepEqual(server.requests[2]?.calls.map(({ name, result: text, ok }) => ({ name, text, ok })), [
        { name: 'read_file', text: '1\thello', ok: true }, { name: 'write_file', text: 'Wrote hello.txt.', ok: true },
      ]);
    });

    it('REQ-AGENT-02 only adds to the end of the conversation, so that the cached beginning stays good', async () => {
      const { server } = await attempt(inTurn([call('list_files', {}), call('read_file', { path: 'hello.txt' }), done]), chain);
      const heads = server.requests.map(({ body }) => JSON.stringify({ system: body['system'] ?? body['instructions'], tools: body['tools'] }));
      assert.deepEqual(new Set(heads).size, 1);
      const conversations = server.requests.map(({ body }) => (body['messages'] ?? body['input']) as unknown[]).map((items) => items.map(withoutMarks));
      for (const [index, earlier] of conversations.slice(0, -1).entries()) assert.deepEqual(conversations[index + 1]?.slice(0, earlier.length), earlier);
    });

    const failures: readonly (readonly [string, ModelAnswer, string])[] = [
      ['401', { kind: 'status', status: 401 }, 'auth'],
      ['429 without retry-after', { kind: 'status', status: 429 }, 'rate-limit'],
      ['a spending cap', { kind: 'status', status: 429, code: 'insufficient_quota', message: 'You exceeded your current quota, check your billing details.' }, 'auth'],
      ['500', { kind: 'status', status: 500 }, 'overloaded'],
      ['529', { kind: 'status', status: 529 }, 'overloaded'],
      ['404', { kind: 'status', status: 404, message: 'no such model' }, 'model'],
      ['a page of a captive portal', { kind: 'html' }, 'network'],
      ['a redirect', { kind: 'redirect', to: 'http://127.0.0.2:9/elsewhere' }, 'network'],
      ['a context that is too long', { kind: 'status', status: 400, code: 'context_length_exceeded', message: 'prompt is too long: 300000 tokens > 200000 maximum' }, 'context'],
      ['a refusal', say('I will not do that.', { stop: 'refused' }), 'refused'],
    ];
    for (const [what, answer, expected] of failures) {
      it(`REQ-AGENT-03 names ${what}: ${expected}, and does not ask again`, async () => {
        const tried = await attempt(() => answer, chain);
        assert.equal(failureOf(tried), expected);
        assert.equal(tried.server.requests.length, 1);
      });
    }

    it('REQ-AGENT-04 says when a rate limit is over', async () => {
      const { result, now } = await attempt(() => ({ kind: 'status', status: 429, retryAfter: 30 }), chain);
      assert.deepEqual(result.end.kind === 'failed' && { failure: result.end.failure, retryAt: result.end.retryAt }, { failure: 'rate-limit', retryAt: now + 30_000 });
    });

    it('REQ-AGENT-05 never shows the key in a failure', async () => {
      const { result } = await attempt(() => ({ kind: 'status', status: 400, message: 'bad header: Bearer test-key-0123456789' }), chain);
      assert.match(result.end.kind === 'failed' ? result.end.message : '', /Bearer \[key\]/);
    });

    for (const kind of ['cut', 'no-stop'] as const) {
      it(`REQ-AGENT-06 drops a turn that is ${kind === 'cut' ? 'cut' : 'politely ended without its stop event'}, runs nothing of it, and asks once more`, async () => {
        const broken: ModelAnswer = kind === 'cut' ? { kind, reply: write, events: 5 } : { kind, reply: write };
        const { result, files, server, report } = await attempt(inTurn([broken, done]), chain);
        assert.deepEqual(result.end, { kind: 'edited', summary: 'done' });
        assert.equal(files.has('a.txt'), false);
        assert.deepEqual(server.requests.map(({ calls }) => calls.length), [0, 0]);
        assert.equal(report.parts.filter((part) => part.kind === 'notice').length, 1);
      });

      it(`REQ-AGENT-06 gives up after a second turn that is ${kind}`, async () => {
        const tried = await attempt(() => (kind === 'cut' ? { kind, reply: write, events: 4 } : { kind, reply: write }), chain);
        assert.equal(failureOf(tried), 'network');
        assert.equal(tried.server.requests.length, 2);
        assert.equal(tried.files.has('a.txt'), false);
      });
    }

    it('REQ-AGENT-07 tells the model twice about calls that cannot be used, then fails', async () => {
      const tried = await attempt(inTurn([call('fly', {}), call('write_file', '{"path": "a.t'), call('write_file', { path: 7 }), done]), chain);
      assert.equal(failureOf(tried), 'model');
      assert.deepEqual(tried.server.requests[2]?.calls.map(({ result, ok }) => ({ ok, says: /no tool "fly"|no JSON|do not fit/.exec(result ?? '')?.[0] })), [
        { ok: false, says: 'no tool "fly"' }, { ok: false, says: 'no JSON' },
      ]);
    });

    it('REQ-AGENT-07 forgives them when a good call comes between', async () => {
      const { result } = await attempt(inTurn([call('fly', {}), call('swim', {}), call('list_files', {}), call('fly', {}), call('swim', {}), done]), chain);
      assert.equal(result.end.kind, 'edited');
    });

    it('REQ-AGENT-07 does not run a call that was cut at the output limit', async () => {
      const { result, files } = await attempt(inTurn([{ kind: 'reply', reply: { ...write, stop: 'length' } }, done]), chain);
      assert.equal(result.end.kind, 'edited');
      assert.equal(files.has('a.txt'), false);
    });

    it('REQ-AGENT-08 reminds a model that only talks, then fails', async () => {
      const tried = await attempt(() => say('All done, all tests pass!'), chain);
      assert.equal(failureOf(tried), 'model');
      assert.equal(tried.server.requests.length, 3);
    });

    it('REQ-AGENT-08 takes an implementer that has worked and then only talks as having stopped', async () => {
      const { result, files } = await attempt(inTurn([call('write_file', { path: 'a.txt', content: 'a\n' }), say('All done, all tests pass!')]), chain);
      assert.deepEqual(result.end, { kind: 'edited', summary: 'All done, all tests pass!' });
      assert.equal(files.get('a.txt'), 'a\n');
    });

    it('REQ-AGENT-09 stops at the third same call in a row, before it is run', async () => {
      const tried = await attempt(() => call('read_file', { path: 'hello.txt' }), chain);
      assert.equal(failureOf(tried), 'loop');
      assert.equal(tried.server.requests.length, 3);
    });

    it('REQ-AGENT-09 stops after 200 turns', async () => {
      const tried = await attempt(({ number }) => call('read_file', { path: `file-${number}.txt` }), chain);
      assert.equal(failureOf(tried), 'loop');
      assert.equal(tried.server.requests.length, 200);
    }).timeout(60_000);

    it('REQ-AGENT-10 asks the budget before every model call', async () => {
      const seen: number[] = [];
      const tried = await attempt(({ number }) => call('read_file', { path: `file-${number}.txt` }), chain, ({ usage }) => {
        seen.push(usage.calls);
        return usage.calls >= 2 ? '$1.00 of $1.00 spent' : null;
      });
      assert.equal(failureOf(tried), 'budget');
      assert.deepEqual(seen, [0, 1, 2]);
      assert.equal(tried.server.requests.length, 2);
    });

    it('REQ-AGENT-11 gives up on a stream that falls silent, once asked again', async () => {
      let turning: NodeJS.Timeout | undefined;
      const tried = await attempt(() => ({ kind: 'silence', reply: write, events: 3 }), chain, undefined, (clock) => {
        turning = setInterval(() => clock.pass(patience.firstByteMs / 4), 1);
      }).finally(() => clearInterval(turning));
      assert.equal(failureOf(tried), 'idle');
      assert.equal(tried.server.requests.length, 2);
      assert.equal(tried.files.has('a.txt'), false);
    });

    it('REQ-AGENT-11 ends an attempt at its time limit', async () => {
      let turning: NodeJS.Timeout | undefined;
      const tried = await attempt(() => ({ kind: 'silence' }), { ...chain, timeoutMs: 5_000 }, undefined, (clock) => {
        turning = setInterval(() => clock.pass(1_000), 1);
      }).finally(() => clearInterval(turning));
      assert.equal(failureOf(tried), 'timeout');
    });

    it('REQ-AGENT-12 stops at once when it is cancelled, with the first cause', async () => {
      const cause = new Error('the task was cancelled');
      const stop = new AbortController();
      const server = await startModelServer(() => {
        stop.abort(cause);
        return { kind: 'silence', reply: write, events: 4 };
      });
      try {
        const workers = createWorkers({ sandbox: memorySandbox(new Map()), clock: handClock(), log: quietLog, endpoints: () => server.endpoints, patience });
        await assert.rejects(workers.work(workRequest(chain), collect(), stop.signal), (error) => error === cause);
      } finally {
        await server.close();
      }
    });
  });
}

/** Cache breakpoints move to the end with every turn; the content they mark does not change. */
function withoutMarks(item: unknown): unknown {
  return JSON.parse(JSON.stringify(item, (name, value: unknown) => (name === 'cache_control' ? undefined : value))) as unknown;
}
