/**
 * First paint of the graph of a run with 60 boxes in Chromium, beside a plain page with 60 SVG boxes and their arrows, both from the same
 * loopback server: from the beginning of the navigation to the frame after everything stands there.
 */
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../src/build/vscodeHost/chromium.mjs';
import { wordsOfPage } from '../../src/extension/graph/graphPage.ts';
import type { Graph, ToGraphPage } from '../../src/protocol/graph.ts';
import { serveGraph } from '../support/graphServer.ts';
import type { Figure } from './figure.ts';
import { median, ratio } from './figure.ts';

const boxes = 60, layer = 6, rounds = 9;

export async function benchGraph(): Promise<readonly Figure[]> {
  const server = await serveGraph({ '/plain': plainPage() });
  const browser = await launchChromium();
  try {
    const [ours, plain]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds + 1; round += 1) {
      const painted = [await paintOf(browser, `${server.address}/`, '.box', graphMessage()), await paintOf(browser, `${server.address}/plain`, 'rect', null)];
      // The first round warms the browser.
      if (round > 0) { ours.push(painted[0] ?? 0); plain.push(painted[1] ?? 0); }
    }
    return [{ what: `first paint of a graph of ${boxes} boxes`, value: `${median(ours).toFixed(0)} ms`, against: `${ratio(median(ours), median(plain))} of a plain page with ${boxes} SVG boxes (${median(plain).toFixed(0)} ms)`, budget: '', inside: null }];
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Milliseconds from the navigation to the second frame after all boxes are there. A page of its own: nothing is left from the last one. */
async function paintOf(browser: Browser, address: string, box: string, message: string | null): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
  try {
    await page.goto(address);
    return await page.evaluate(`new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('the boxes did not come')), 20000);
      const look = () => (document.querySelectorAll(${JSON.stringify(box)}).length >= ${boxes} ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - begun))) : setTimeout(look, 0));
      // What the test driver needs between the load and this call is in neither figure.
      const begun = performance.now() - performance.getEntriesByType('navigation')[0].loadEventEnd;
      ${message === null ? '' : `window.postMessage(${message}, '*');`}
      look();
    })`);
  } finally {
    await page.close();
  }
}

function graphMessage(): string {
  const id = (index: number): string => `step-${index}`;
  const graph: Graph = {
    title: 'A run of sixty', subtitle: 'many', live: true,
    nodes: Array.from({ length: boxes }, (_, index) => ({ id: id(index), parent: null, kind: 'agent', title: `Step ${index}`, state: index < 30 ? 'done' : index < 36 ? 'working' : 'pending', detail: 'changes files', agent: 'demo', attempts: 1, startedAt: null, finishedAt: null, costUsd: 0, tokens: 0, opens: 'log' })),
    edges: Array.from({ length: boxes - layer }, (_, index) => ({ from: id(index), to: id(index + layer), kind: 'needs' as const })),
  };
  return JSON.stringify({ type: 'graph', graph, words: wordsOfPage(), state: { task: 't1' } } satisfies ToGraphPage);
}

function plainPage(): string {
  const place = (index: number): readonly [number, number] => [Math.floor(index / layer) * 180, (index % layer) * 90];
  const shapes = Array.from({ length: boxes }, (_, index) => {
    const [x, y] = place(index);
    return `<rect x="${x}" y="${y}" width="140" height="50" rx="4" fill="none" stroke="black"/><text x="${x + 8}" y="${y + 30}">Step ${index}</text>${index < boxes - layer ? `<path d="M${x + 140} ${y + 25}H${x + 180}" stroke="black"/>` : ''}`;
  });
  return `<!doctype html><title>Boxes</title><svg width="1800" height="540">${shapes.join('')}</svg>`;
}
