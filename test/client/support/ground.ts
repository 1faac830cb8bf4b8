/** A repository's bones and a user's folders in one temporary folder, and everything that must end with a test. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectEngine } from '../../../src/client/connectEngine.ts';
import type { ConnectOptions, EngineClient } from '../../../src/client/engineClient.ts';
import type { EngineFile } from '../../../src/protocol/messages.ts';
import { until } from '../../support/until.ts';

export interface Ground {
  readonly folder: string;
  /** A checkout; nothing here runs git in it. */
  readonly repository: string;
  readonly treeline: string;
  readonly environment: Record<string, string>;
  connect(options?: Partial<ConnectOptions>): Promise<EngineClient>;
  engineFile(): EngineFile | null;
  /** kill -9 of the engine that engine.json names. */
  kill(): void;
  /** Ends clients and the engine and removes everything. */
  close(): Promise<void>;
}

export async function openGround(bundle: string): Promise<Ground> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tlg-')));
  const repository = join(folder, 'repository');
  for (const name of ['refs', 'objects']) await mkdir(join(repository, '.git', name), { recursive: true });
  await writeFile(join(repository, '.git/HEAD'), 'ref: refs/heads/main\n');
  const environment: Record<string, string> = { PATH: process.env['PATH'] ?? '', HOME: folder, TREELINE_IDLE_MS: '300', TREELINE_TEST_RUN: process.env['TREELINE_TEST_RUN'] ?? '' };
  for (const name of ['data', 'state', 'config', 'run']) {
    await mkdir(join(folder, name), { mode: 0o700 });
    environment[name === 'run' ? 'XDG_RUNTIME_DIR' : `XDG_${name.toUpperCase()}_HOME`] = join(folder, name);
  }
  const treeline = join(repository, '.git/treeline');
  const clients: EngineClient[] = [];
  const engineFile = (): EngineFile | null => {
    try {
      return JSON.parse(readFileSync(join(treeline, 'engine.json'), 'utf8')) as EngineFile;
    } catch {
      return null;
    }
  };
  return {
    folder, repository, treeline, environment, engineFile,
    connect: async (options) => {
      const client = await connectEngine({ directory: repository, engineBundle: bundle, clientName: 'test', version: '0.0.0-test', start: true, environment, ...options });
      clients.push(client);
      return client;
    },
    kill: () => process.kill(engineFile()?.pid ?? Number.NaN, 'SIGKILL'),
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
      const left = engineFile();
      if (left && isAlive(left.pid)) {
        process.kill(left.pid, 'SIGTERM');
        await until('the engine to end', () => !isAlive(left.pid));
      }
      await until('the folder to go', async () => { await rm(folder, { recursive: true, force: true }); return !existsSync(folder); });
    },
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that nobody has reaped yet does nothing any more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
