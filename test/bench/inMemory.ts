/** Work whose temporary folders lie in memory, where the system has such a place: a disk that frees and fills measures itself. */
import { existsSync } from 'node:fs';

const memory = '/dev/shm';

export async function inMemory<Value>(work: () => Promise<Value>): Promise<Value> {
  const before = process.env['TMPDIR'];
  if (existsSync(memory)) process.env['TMPDIR'] = memory;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
