// The demo agent's server as others meet it. specs/agents.md.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startDemoServer } from '../../src/app/demoServer.ts';
import type { DemoServer } from '../../src/app/demoServer.ts';

describe('the demo server', () => {
  let server: DemoServer;
  before(async () => {
    server = await startDemoServer({ paceMs: 0 });
  });
  after(() => server.close());

  const post = async (url: string, key: string, body: string): Promise<number> => {
    const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body });
    await response.text();
    return response.status;
  };

  it('REQ-DEMO-05 listens on this machine only, and answers a look without a key', async () => {
    assert.match(server.endpoint.anthropicUrl, /^http:\/\/127\.0\.0\.1:\d+\/anthropic$/);
    assert.equal((await fetch(server.endpoint.anthropicUrl, { method: 'HEAD' })).status, 200);
  });

  it('REQ-DEMO-05 refuses strangers, unknown routes and what is no request', async () => {
    const { anthropicUrl, openaiUrl, key } = server.endpoint;
    const message = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: '# Role: implementer' }] });
    assert.deepEqual({
      stranger: await post(`${anthropicUrl}/v1/messages`, 'wrong', message), longer: await post(`${openaiUrl}/responses`, `${key}x`, '{"input":[]}'),
      known: await post(`${anthropicUrl}/v1/messages`, key, message), responses: await post(`${openaiUrl}/responses`, key, '{"input":[]}'),
      route: await post(`${anthropicUrl}/v1/files`, key, '{}'), empty: await post(`${openaiUrl}/responses`, key, '{}'), text: await post(`${openaiUrl}/responses`, key, 'hello'),
    }, { stranger: 401, longer: 401, known: 200, responses: 200, route: 404, empty: 400, text: 400 });
  });

  it('REQ-DEMO-05 has another key each time', async () => {
    const other = await startDemoServer();
    await other.close();
    assert.notEqual(other.endpoint.key, server.endpoint.key);
  });

  it('REQ-DEMO-05 closes at once although an answer is still being paced', async () => {
    const slow = await startDemoServer({ paceMs: 60_000 });
    const response = await fetch(`${slow.endpoint.openaiUrl}/responses`, { method: 'POST', headers: { authorization: `Bearer ${slow.endpoint.key}` }, body: '{"input":[]}' });
    await slow.close();
    await assert.rejects(response.text());
  });
});
