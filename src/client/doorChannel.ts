/**
 * One connection to an engine that has accepted our token.
 * Owns: telling apart why a socket does not answer; parsing all that comes. Refuses: to send the token to a socket that is not ours.
 */
import { lstat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import type * as z from 'zod';
import { ErrorCodes, ResponseError, StreamMessageReader, StreamMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { errorSchema, notifications, protocolVersion, requests } from '../protocol/messages.ts';
import type { Answer, EngineFile, Params, RequestName } from '../protocol/messages.ts';
import { checkSocketPath } from './places.ts';
import { TreelineError, knownCode } from './treelineError.ts';

type NotificationName = keyof typeof notifications;
type Notice<Name extends NotificationName> = z.infer<(typeof notifications)[Name]>;
export type Listeners = { readonly [Name in NotificationName]: (notice: Notice<Name>) => void };

export interface DoorChannel {
  readonly engine: Answer<'hello'>;
  /** Rejects with a TreelineError; with {@link ConnectionLost} when no answer can come any more. */
  request<Name extends RequestName>(name: Name, params: Params<Name>): Promise<Answer<Name>>;
  /** Resolves when the connection is over, whoever ended it. */
  readonly ended: Promise<void>;
  close(): void;
}

/** The engine went away with a request unanswered. */
export class ConnectionLost extends Error {}

const helloWithinMs = 10_000;
/** vscode-jsonrpc's own words for a connection that broke: they are no answer of the engine. */
const broken: ReadonlySet<number> = new Set([ErrorCodes.MessageWriteError, ErrorCodes.MessageReadError, ErrorCodes.PendingResponseRejected, ErrorCodes.ConnectionInactive]);

/** Null: nobody listens there (any more). Rejects with a TreelineError for everything else that is wrong. */
export async function openChannel(file: EngineFile, who: { readonly client: string; readonly version: string }, listeners: Listeners): Promise<DoorChannel | null> {
  checkSocketPath(file.socket);
  if (!(await isOurSocket(file.socket))) return null;
  const socket = await connect(file);
  if (!socket) return null;
  const reader = new StreamMessageReader(socket);
  // Of a message that was cut off it asks every ten seconds where the rest is, for ever, also of a dead engine: that kept our process alive.
  reader.partialMessageTimeout = 0;
  const connection = createMessageConnection(reader, new StreamMessageWriter(socket));
  const ended = new Promise<void>((resolve) => { connection.onClose(() => resolve()); socket.once('close', () => resolve()); });
  connection.onError(() => socket.destroy());
  for (const [name, schema] of Object.entries(notifications) as [NotificationName, z.ZodType][]) {
    connection.onNotification(name, (notice: unknown) => {
      const parsed = schema.safeParse(notice);
      if (parsed.success) (listeners[name] as (value: unknown) => void)(parsed.data);
    });
  }
  connection.listen();
  const close = (): void => { connection.dispose(); socket.destroy(); };
  const request = async <Name extends RequestName>(name: Name, params: Params<Name>): Promise<Answer<Name>> => {
    try {
      return await ask(connection, ended, name, params);
    } catch (error) {
      // Who hears that it is lost waits for its end.
      if (error instanceof ConnectionLost) close();
      throw error;
    }
  };
  const late = new AbortController();
  try {
    const hello = request('hello', { token: file.token, protocol: protocolVersion, client: who.client, version: who.version });
    const silence = after(helloWithinMs, undefined, { signal: late.signal }).then(() => {
      throw new TreelineError('engine-failed', `The engine (process ${file.pid}) accepts connections but does not answer.`, `End process ${file.pid}; the work goes on with the next engine.`);
    });
    silence.catch(() => undefined);
    return { engine: await Promise.race([hello, silence]), request, ended, close };
  } catch (error) {
    close();
    if (error instanceof ConnectionLost) return null;
    throw error;
  } finally {
    late.abort();
  }
}

async function ask<Name extends RequestName>(connection: MessageConnection, ended: Promise<void>, name: Name, params: Params<Name>): Promise<Answer<Name>> {
  const lost = ended.then(() => { throw new ConnectionLost(`the engine went away before it answered "${name}"`); });
  try {
    const answer: unknown = await Promise.race([connection.sendRequest(name, params), lost]);
    const read = requests[name].result.safeParse(answer);
    if (!read.success) throw new TreelineError('failed', `The engine's answer to "${name}" cannot be understood: ${read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).slice(0, 3).join('; ')}`, 'Use the same version of Treeline everywhere in this repository.', { cause: read.error });
    return read.data as Answer<Name>;
  } catch (error) {
    if (error instanceof ConnectionLost || error instanceof TreelineError) throw error;
    const data = errorSchema.safeParse(error instanceof ResponseError ? error.data : null);
    if (data.success) throw new TreelineError(knownCode(data.data.code), data.data.message, data.data.next, { cause: error });
    if (!(error instanceof ResponseError) || broken.has(error.code)) throw new ConnectionLost(`"${name}" was not answered`, { cause: error });
    throw new TreelineError('failed', `The engine could not answer "${name}": ${error.message}`, 'Look at its log: treeline/engine.log in the git folder.', { cause: error });
  }
}

async function isOurSocket(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const found = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')) throw forbidden(path, error);
    return null;
  });
  if (!found) return false;
  if (found.isSocket() && found.uid === process.getuid?.()) return true;
  throw new TreelineError('socket-squatted', `${path} should be the engine's socket, but it is ${found.isSocket() ? 'a socket of another user' : 'something else'}.`, 'Remove it, then try again.');
}

/** Null: refused or gone. */
function connect(file: EngineFile): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(file.socket);
    socket.once('connect', () => { socket.removeAllListeners('error'); socket.on('error', () => undefined); resolve(socket); });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(null);
      else reject(error.code === 'EACCES' || error.code === 'EPERM' ? forbidden(file.socket, error) : new TreelineError('engine-failed', `The engine's socket ${file.socket} cannot be opened: ${error.message}`, `If no engine runs (process ${file.pid}), remove the socket and try again.`, { cause: error }));
    });
  });
}

function forbidden(path: string, cause: unknown): TreelineError {
  return new TreelineError('socket-forbidden', `You may not open the engine's socket ${path}.`, 'Inside an agent or a gate that is as it should be. Elsewhere: the engine was started by another user.', { cause });
}
