import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../src/build/vscodeHost/chromium.mjs';
import { wordsOfPage } from '../../src/extension/graph/graphPage.ts';
import type { Graph, GraphNode, ToGraphPage } from '../../src/protocol/graph.ts';
import { serveGraph } from '../support/graphServer.ts';
import type { GraphServer } from '../support/graphServer.ts';

const hostile = '<img src=x onerror="said.push(1)"><script>said.push(2)</script>';

const node = (id: string, parent: string | null = null, change: Partial<GraphNode> = {}): GraphNode => ({ id, parent, kind: 'agent', title: id.split('/').at(-1) ?? id, state: 'pending', detail: `about ${id}`, agent: 'demo', attempts: 1, startedAt: null, finishedAt: null, costUsd: 0, tokens: 0, opens: 'log', ...change });
const graph: Graph = {
  title: hostile, subtitle: 'Spec and build', live: true,
  nodes: [node('plan', null, { state: 'done' }), node('build'), node('build/a', 'build', { state: 'working', detail: hostile }), node('build/b', 'build'), node('test', null, { kind: 'gate' })],
  edges: [{ from: 'plan', to: 'build', kind: 'needs' }, { from: 'build', to: 'test', kind: 'needs' }],
};

describe('the page of the graph (specs/graph.md)', () => {
  let server: GraphServer;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const send = (next: Graph): Promise<void> => page.evaluate(`window.postMessage(${JSON.stringify({ type: 'graph', graph: next, words: wordsOfPage(), state: { task: 't1' } } satisfies ToGraphPage)}, '*')`);
  const said = (): Promise<unknown[]> => page.evaluate('said');
  const focused = (): Promise<string | null> => page.evaluate('document.activeElement?.closest("[data-id]")?.getAttribute("data-id") ?? null');
  const box = (id: string) => page.locator(`.box[data-id="${id}"]`);

  before(async () => {
    server = await serveGraph();
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
    page.on('console', (line) => { if (line.type() === 'error') problems.push(line.text()); });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${server.address}/`);
    await send(graph);
    await box('test').waitFor();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('REQ-GRAPH-07 shows hostile text as text, asks nobody for anything, and takes no message of another shape', async () => {
    await page.evaluate('window.postMessage({ type: "graph", graph: { nodes: "x" } }, "*"); window.postMessage("x", "*")');
    assert.deepEqual([await page.locator('#title').textContent(), await page.locator('main img, main script').count()], [hostile, 0]);
    assert.deepEqual({ asked: server.asked.filter((path) => path !== '/favicon.ico').sort(), said: await said(), problems: problems.filter((text) => !text.includes('favicon')) }, { asked: ['/', '/graph.css', '/graph.js'].sort(), said: [{ type: 'ready' }], problems: [] });
  });

  it('REQ-GRAPH-05 has one tab stop, arrows move, and each box speaks all its facts', async () => {
    assert.equal(await page.locator('.box[tabindex="0"]').count(), 1);
    await box('plan').focus();
    await page.keyboard.press('ArrowRight');
    for (const key of ['ArrowUp', 'ArrowDown', 'ArrowUp', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    const [a, b] = await Promise.all(['build/a', 'build/b'].map((id) => box(id).boundingBox()));
    assert.equal(await focused(), (a?.y ?? 0) > (b?.y ?? 0) ? 'build/a' : 'build/b');
    await box('build/b').focus();
    assert.equal(await box('build/b').getAttribute('aria-label'), 'b, pending, demo, about build/b');
  });

  it('REQ-GRAPH-04 Enter opens, L opens the log', async () => {
    await page.keyboard.press('Enter');
    await page.keyboard.press('l');
    assert.deepEqual((await said()).slice(1), [{ type: 'open', node: 'build/b' }, { type: 'log', node: 'build/b' }]);
  });

  it('REQ-GRAPH-03 changes in place and keeps the focus, also when a box comes', async () => {
    await page.evaluate('window.before = document.querySelector("[data-id=\'build/b\']")');
    await send({ ...graph, nodes: graph.nodes.map((one) => (one.id === 'build/b' ? { ...one, state: 'failed' } : one)) });
    await page.locator('.box.failed').waitFor();
    assert.deepEqual([await page.evaluate('before.isConnected'), await focused()], [true, 'build/b']);
    await send({ ...graph, nodes: [...graph.nodes, node('merge')], edges: [...graph.edges, { from: 'test', to: 'merge', kind: 'needs' }] });
    await box('merge').waitFor();
    assert.equal(await focused(), 'build/b');
  });

  it('REQ-GRAPH-02 shows the same facts as a table, which arrows walk', async () => {
    await page.getByRole('button', { name: 'Table' }).click();
    assert.deepEqual(await page.locator('tbody tr').allInnerTexts(), [
      'plan\tagent\tdone\tdemo\t1\t\t\tabout plan', 'build\tagent\tpending\tdemo\t1\t\t\tabout build', `a\tagent\tworking\tdemo\t1\t\t\t${hostile}`,
      'b\tagent\tpending\tdemo\t1\t\t\tabout build/b', 'test\tgate\tpending\tdemo\t1\t\t\tabout test', 'merge\tagent\tpending\tdemo\t1\t\t\tabout merge',
    ]);
    await page.locator('tbody tr[tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'test');
    await page.getByRole('button', { name: 'Graph' }).click();
  });

  it('REQ-HELP-07 has the panel\'s own buttons, which say what was pressed and keep the focus', async () => {
    const withActions = { type: 'graph', graph, words: wordsOfPage(), state: {}, actions: [{ id: 'dryRun', title: hostile, pressed: true }] } satisfies ToGraphPage;
    await page.evaluate(`window.postMessage(${JSON.stringify(withActions)}, '*')`);
    const button = page.locator('#actions button');
    await button.focus();
    await page.keyboard.press('Enter');
    await page.evaluate(`window.postMessage(${JSON.stringify({ ...withActions, actions: [{ id: 'dryRun', title: 'Dry Run', pressed: false }] })}, '*')`);
    await page.getByRole('button', { name: 'Dry Run' }).waitFor();
    assert.deepEqual([(await said()).at(-1), await page.evaluate('document.activeElement.dataset.action'), await button.getAttribute('aria-pressed')], [{ type: 'action', id: 'dryRun' }, 'dryRun', 'false']);
  });

  it('REQ-GRAPH-09 keeps a long chain readable, and opens it where the run stands', async () => {
    const steps = Array.from({ length: 20 }, (_, at) => node(`approve-requirements-${at}`, null, { state: at < 15 ? 'done' : at === 15 ? 'waiting' : 'pending' }));
    await page.reload();
    await send({ ...graph, nodes: steps, edges: steps.slice(1).map((step, at) => ({ from: steps[at]?.id ?? '', to: step.id, kind: 'needs' as const })) });
    const waiting = await page.locator('.box.waiting rect').boundingBox();
    const title = await page.locator('.box.waiting .title').boundingBox();
    assert.ok(waiting && title && waiting.width >= 0.85 * 196 - 1 && waiting.x > 0 && waiting.x + waiting.width < 1200, JSON.stringify(waiting));
    assert.ok(title.x + title.width <= waiting.x + waiting.width, JSON.stringify({ waiting, title }));
  });

  it('REQ-GRAPH-06 turns nothing under reduced motion', async () => {
    await send(graph);
    await page.locator('.box.working').waitFor();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await page.evaluate('getComputedStyle(document.querySelector(".working .icon")).animationName'), 'none');
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    assert.equal(await page.evaluate('getComputedStyle(document.querySelector(".working .icon")).animationName'), 'turn');
  });
});
