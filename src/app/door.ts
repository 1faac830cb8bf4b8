/**
 * The door of the engine's process: who may come in, and the language that is spoken.
 * Owns: the token, parsing of every request, errors in one shape, what a slow listener misses. Refuses: anything before `hello`
 * proved the token; to know what a request means (desk.ts).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type * as z from 'zod';
import { ResponseError, StreamMessageReader, StreamMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { TreelineError } from '../client/treelineError.ts';
import type { Log } from '../ports/system.ts';
import { protocolVersion, requests } from '../protocol/messages.ts';
import type { Answer, DoorErrorData, Params, RequestName, notifications } from '../protocol/messages.ts';

export type NotificationName = keyof typeof notifications;

/** One client that has proved itself. */
export interface Visitor {
  readonly name: string;
  notify<Name extends NotificationName>(name: Name, notice: z.infer<(typeof notifications)[Name]>): void;
  /** Bytes that it has not taken yet. */
  backlog(): number;
}

/** Who answers behind the door. Rejections that are no TreelineError are faults of ours: logged, and told as `failed`. */
export type Answers = { readonly [Name in Exclude<RequestName, 'hello'>]: (params: Params<Name>, visitor: Visitor) => Promise<Answer<Name>> };

export interface Host {
  readonly answers: Answers;
  describe(): Answer<'hello'>;
  left(visitor: Visitor): void;
}

export interface Door {
  visitors(): number;
  /** Called when a visitor has come or gone. */
  onTraffic(listener: () => void): void;
  close(): Promise<void>;
}

const helloWithinMs = 10_000;
const anyProtocol: ReadonlySet<RequestName> = new Set(['hello', 'stepDown']);

/** Listens at `path`. Rejects with the system's error. */
export async function openDoor(options: { readonly path: string; readonly token: string; readonly host: Host; readonly log: Log }): Promise<Door> {
  const { token, host, log } = options;
  const guests = new Set<Socket>();
  const inside = new Set<Visitor>();
  const traffic = new Set<() => void>();
  const moved = (): void => { for (const listener of traffic) listener(); };

  const server = createServer((socket) => {
    guests.add(socket);
    socket.on('error', () => socket.destroy());
    const late = setTimeout(() => socket.destroy(), helloWithinMs);
    const known: { visitor: Visitor | null; protocol: number; leaving: boolean } = { visitor: null, protocol: 0, leaving: false };
    const writer = new StreamMessageWriter(socket);
    const write = writer.write.bind(writer);
    // Whoever is turned away hears why before the connection ends.
    writer.write = async (message) => {
      await write(message);
      if (known.leaving) socket.end();
    };
    const reader = new StreamMessageReader(socket);
    reader.partialMessageTimeout = 0; // see doorChannel.ts
    const connection = createMessageConnection(reader, writer);
    connection.onError(() => socket.destroy());
    socket.once('close', () => {
      clearTimeout(late);
      connection.dispose();
      guests.delete(socket);
      if (!known.visitor) return;
      inside.delete(known.visitor);
      host.left(known.visitor);
      moved();
    });
    const refuse = (error: TreelineError): never => {
      log.warn(`a client was turned away: ${error.message}`);
      known.leaving = true;
      throw errorOf(error);
    };

    connection.onRequest('hello', (raw: unknown) => {
      const hello = requests.hello.params.safeParse(raw);
      if (!hello.success || !sameToken(hello.data.token, token)) return refuse(new TreelineError('wrong-token', 'The engine does not know this token.', 'Read treeline/engine.json in the git folder again.'));
      clearTimeout(late);
      if (!known.visitor) {
        known.visitor = visitorOf(hello.data.client, socket, connection);
        inside.add(known.visitor);
        moved();
      }
      known.protocol = hello.data.protocol;
      log.info(`${hello.data.client} ${hello.data.version} came in`);
      return host.describe();
    });
    for (const name of Object.keys(host.answers) as Exclude<RequestName, 'hello'>[]) {
      connection.onRequest(name, async (raw: unknown) => {
        if (!known.visitor) return refuse(new TreelineError('wrong-token', `"${name}" was asked before the token was shown.`, 'Say hello first.'));
        if (known.protocol !== protocolVersion && !anyProtocol.has(name)) throw errorOf(new TreelineError('protocol-older-busy', `This engine speaks protocol ${protocolVersion}, the client ${known.protocol}.`, 'Use the same version of Treeline.'));
        const params = requests[name].params.safeParse(raw);
        if (!params.success) throw errorOf(new TreelineError('invalid-request', `"${name}" is not well formed: ${params.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`, 'Use the same version of Treeline on both sides.'));
        try {
          return await (host.answers[name] as (value: unknown, visitor: Visitor) => Promise<unknown>)(params.data, known.visitor);
        } catch (error) {
          if (!(error instanceof TreelineError)) log.error(`"${name}" broke`, error);
          throw errorOf(error);
        }
      });
    }
    connection.listen();
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.path, () => { server.off('error', reject); resolve(); });
  });
  return {
    visitors: () => inside.size,
    onTraffic: (listener) => { traffic.add(listener); },
    close: async () => {
      const closed = new Promise<void>((resolve) => { server.close(() => resolve()); });
      for (const socket of guests) socket.destroySoon();
      await closed;
    },
  };
}

function visitorOf(name: string, socket: Socket, connection: MessageConnection): Visitor {
  return {
    name,
    backlog: () => socket.writableLength,
    notify: (method, notice) => { connection.sendNotification(method, notice).catch(() => socket.destroy()); },
  };
}

/** Hashed first, so that neither length nor content shows in the time it takes. */
function sameToken(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function errorOf(error: unknown): ResponseError<DoorErrorData> {
  const known = error instanceof TreelineError ? error : new TreelineError('failed', error instanceof Error ? error.message : String(error), 'Look at treeline/engine.log in the git folder.', { cause: error });
  return new ResponseError(-32000, known.message, { code: known.code, message: known.message, next: known.next, exit: known.exit });
}
