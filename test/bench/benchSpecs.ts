/** The spec context of a repository of 10,000 files, beside git's own share: discovery, map and ranking, against reading the same bytes. */
import { createHash } from 'node:crypto';
import { readCatalogue } from '../../src/context/catalogue.ts';
import { withheldBy } from '../../src/context/neverSend.ts';
import { rankSpecs } from '../../src/context/rank.ts';
import { repositoryMap } from '../../src/context/repositoryMap.ts';
import type { BaseTree, TreeFile } from '../../src/ports/library.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';

const words = 'export import user order invoice payment shelf album photo search index cache queue worker tree graph node edge'.split(' ');
const word = (at: number): string => words[(at * 7 + Math.floor(at / 18)) % words.length] ?? '';
const sources = 9_600, specs = 300, decisions = 100;

export async function benchSpecs(): Promise<readonly Figure[]> {
  const { tree, bytes } = largeTree();
  const withheld = withheldBy([{ patterns: ['infra/**', '*.secret'], from: 'bench' }]);
  const decoder = new TextDecoder();
  const found: number[] = [], decoded: number[] = [], ranked: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const start = process.cpuUsage();
    const catalogue = await readCatalogue(tree, 'c', withheld);
    await repositoryMap(tree, catalogue.files, 3_000);
    found.push(cpuSince(start));
    const bare = process.cpuUsage();
    for (const each of bytes()) if (decoder.decode(each).split('\n').length === 0) throw new Error('no line');
    decoded.push(cpuSince(bare));
    const rank = process.cpuUsage();
    rankSpecs(catalogue.specs, 'Add export of invoices to the payment queue');
    ranked.push(cpuSince(rank));
  }
  const [finding, decoding, ranking] = [found, decoded, ranked].map(median);
  const total = (sources + specs + decisions).toLocaleString('en');
  return [
    { what: `discovery and map of ${total} files`, value: `${Math.round(finding ?? 0)} ms of CPU`, against: `${Math.round(decoding ?? 0)} ms to decode what it reads`, budget: '≤ 500 ms', inside: (finding ?? 0) <= 500 },
    { what: `first ranking of ${specs + decisions} specs`, value: `${Math.round(ranking ?? 0)} ms of CPU`, against: 'BM25, no model', budget: '≤ 500 ms', inside: (ranking ?? 0) <= 500 },
  ];
}

/** Of this process, in ms: other work on the machine does not count. */
function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** In memory, so that git's time is not in the figures. */
function largeTree(): { readonly tree: BaseTree; readonly bytes: () => Iterable<Uint8Array> } {
  const blobs = new Map<string, Uint8Array>();
  const files: TreeFile[] = [];
  const add = (path: string, text: string): void => {
    const content = new TextEncoder().encode(text);
    const hash = createHash('sha1').update(content).digest('hex');
    blobs.set(hash, content);
    files.push({ path, hash, bytes: content.length, link: false });
  };
  for (let at = 0; at < sources; at += 1) {
    const imports = Array.from({ length: 6 }, (_, n) => `import { ${word(at + n)}Thing } from '../${word(n)}/${word(at * n)}${(at * 31 + n * 977) % sources}.ts';\n`).join('');
    const functions = Array.from({ length: 12 }, (_, n) => `/** ${word(n)} does ${word(at)}. */\nexport function ${word(at + n)}${n}(input: string): string {\n  return input.split('${word(n)}').join('');\n}\n\n`).join('');
    add(`src/${word(at)}/${word(at + 1)}${at % 50}/${word(at)}${at}.ts`, imports + functions);
  }
  for (let at = 0; at < specs; at += 1) {
    const lines = Array.from({ length: 40 }, (_, n) => `- REQ-${word(at).toUpperCase()}${at}-${n}: When the ${word(n)} is asked for, the ${word(at + n)} shall ${word(at * n)} it within ${n} seconds.\n`).join('');
    add(`specs/${word(at)}${at}.md`, `# ${word(at)} ${at}\n\n${lines}`);
  }
  for (let at = 0; at < decisions; at += 1) add(`docs/adr/${String(at).padStart(4, '0')}-${word(at)}.md`, `# Use ${word(at)}\n\n${'We decided so. '.repeat(200)}`);
  const asked = new Set<string>();
  return {
    tree: {
      files: async () => files,
      contents: async (hashes) => new Map(hashes.map((hash) => { asked.add(hash); return [hash, blobs.get(hash) ?? new Uint8Array()] as const; })),
    },
    bytes: function* read() { for (const hash of asked) yield blobs.get(hash) ?? new Uint8Array(); },
  };
}
