/** A gate store that lives as long as one test. */
import type { GateStore } from '../../../src/gates/gateStore.ts';
import { temporaryFolder } from './temporaryFolder.ts';

export interface MemoryStore extends GateStore {
  readonly kept: Map<string, string>;
  readonly logs: { readonly id: string; readonly gate: string; readonly text: string }[];
  /** Evidence documents by their hash. */
  readonly evidence: Map<string, string>;
  /** Folders that are open now. */
  open(): number;
}

/** @param places where dependencies and downloads are kept; nowhere by itself */
export function memoryStore(places: { readonly installed?: GateStore['installed']; readonly downloads?: string } = {}): MemoryStore {
  const kept = new Map<string, string>();
  const logs: MemoryStore['logs'] = [];
  const evidence = new Map<string, string>();
  let open = 0;
  return {
    kept, logs, evidence, installed: places.installed ?? null,
    keepEvidence: async (hash, text) => { evidence.set(hash, text); return true; },
    open: () => open,
    get: async (key) => kept.get(key) ?? null,
    put: async (key, value) => void kept.set(key, value),
    async keepLog(_task, id, gate, text) {
      logs.push({ id, gate, text });
      return `memory:${id}/${gate}`;
    },
    async openFolder() {
      const folder = await temporaryFolder('reports');
      open += 1;
      return {
        path: folder.path,
        async close() {
          open -= 1;
          await folder.remove();
        },
      };
    },
    downloads: async () => places.downloads ?? null,
  };
}
