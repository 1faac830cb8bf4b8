/** The engine's own log: `<common>/treeline/engine.log`. Owns: its size. Refuses: to fail anything because it cannot be written. */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { plainText } from '../core/plainText.ts';
import type { Log } from '../ports/system.ts';

const limitBytes = 1024 * 1024;

/** One line for each message; at 1 MB the file becomes `engine.old.log`. `folder` exists. */
export function createEngineLog(folder: string): Log {
  const path = join(folder, 'engine.log');
  const write = (level: string, message: string, cause?: unknown): void => {
    const reason = cause === undefined ? '' : `: ${cause instanceof Error ? cause.stack ?? cause.message : inspect(cause, { depth: 1 })}`;
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > limitBytes) renameSync(path, join(folder, 'engine.old.log'));
      appendFileSync(path, `${new Date().toISOString()} ${process.pid} ${level} ${plainText(`${message}${reason}`).replaceAll('\n', '\n  ')}\n`, { mode: 0o600 });
    } catch { /* a full or read-only disk: the work says so itself */ }
  };
  return {
    debug: () => undefined,
    info: (message) => write('info', message),
    warn: (message) => write('warn', message),
    error: (message, cause) => write('error', message, cause),
  };
}
