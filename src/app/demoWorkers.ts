/**
 * The demo agent's server, started when the first run needs it. Owns: that moment. Refuses: any other way to work than that of a real agent.
 */
import type { Endpoints, Workers } from '../ports/workers.ts';
import { startDemoServer } from './demoServer.ts';
import type { DemoServer } from './demoServer.ts';

export interface Demo {
  /** Before the server runs it is named all the same: whoever works waits for it. */
  endpoint(): NonNullable<Endpoints['demo']>;
  /** The same workers, but the server is there when one of them begins to work with it. */
  serve(workers: Workers): Workers;
  close(): Promise<void>;
}

const notYet = { anthropicUrl: 'http://127.0.0.1:9', openaiUrl: 'http://127.0.0.1:9', key: '' };

/** `paceMs`: see startDemoServer; undefined: its own pace. */
export function createDemo({ paceMs }: { readonly paceMs: number | undefined }): Demo {
  let starting: Promise<DemoServer> | undefined;
  let server: DemoServer | undefined;
  return {
    endpoint: () => server?.endpoint ?? notYet,
    serve: (workers) => ({
      choose: (task, agents, role) => workers.choose(task, agents, role),
      work: async (request, report, signal) => {
        if (request.agents.includes('demo')) {
          starting ??= startDemoServer(paceMs === undefined ? {} : { paceMs });
          server = await starting;
        }
        return workers.work(request, report, signal);
      },
    }),
    close: async () => { await (await starting?.catch(() => undefined))?.close(); },
  };
}
