/** The page of the run graph behind a loopback port, as the editor would show it: for tests and benches that open it in a browser. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { graphPage } from '../../src/extension/graph/graphPage.ts';

const root = join(import.meta.dirname, '..', '..');
/** What the editor gives a page, and a list of what the page says. */
const host = 'window.said = []; window.kept = {}; window.acquireVsCodeApi = () => ({ postMessage: (m) => said.push(m), getState: () => kept, setState: (s) => { kept = s; } });';

export interface GraphServer {
  readonly address: string;
  /** Every path that was asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** `more`: further pages, by path. */
export async function serveGraph(more: Readonly<Record<string, string>> = {}): Promise<GraphServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const files: Record<string, readonly [string, () => string]> = {
      '/': ['text/html', () => graphPage({ nonce: 'n', source: address(), script: '/graph.js', style: '/graph.css', language: 'en' }).replace('<script ', `<script nonce="n">${host}</script><script `)],
      '/graph.js': ['text/javascript', () => readFileSync(join(root, 'dist/graph.js'), 'utf8')], '/graph.css': ['text/css', () => readFileSync(join(root, 'media/graph/graph.css'), 'utf8')],
      ...Object.fromEntries(Object.entries(more).map(([own, html]) => [own, ['text/html', () => html] as const])),
    };
    const [type, body] = files[path] ?? ['text/plain', () => ''];
    response.writeHead(files[path] ? 200 : 404, { 'content-type': type }).end(body());
  });
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((listening) => { server.listen(0, '127.0.0.1', listening); });
  return {
    address: address(), asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => { server.close(closed); });
    },
  };
}
