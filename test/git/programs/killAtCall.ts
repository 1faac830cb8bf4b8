// Preloaded: ends its process as kill -9 does, right before the n-th call of node:fs/promises (TREELINE_TEST_KILL_AT); 0 only counts, and prints the count at the end.
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const killAt = Number(process.env['TREELINE_TEST_KILL_AT'] ?? 0);
const table = promises as unknown as Record<string, unknown>;
let calls = 0;
for (const [name, call] of Object.entries(table)) {
  if (typeof call !== 'function') continue;
  table[name] = (...args: unknown[]): unknown => {
    calls += 1;
    if (calls === killAt) process.kill(process.pid, 'SIGKILL');
    return (call as (...given: unknown[]) => unknown)(...args);
  };
}
syncBuiltinESMExports();
if (killAt === 0) process.on('exit', () => { process.stdout.write(String(calls)); });
