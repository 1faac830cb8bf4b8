/**
 * The MCP protocol over a program's standard input and output: one JSON message a line. Owns: the two pipes as the SDK's transport.
 * Refuses: to start or end by itself anything but what it was given, and messages beyond the SDK's buffer (10 MiB).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { UserProgram } from '../../sandbox/userProgram.ts';

const drainMs = 500;

export class ProgramLink implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #program: UserProgram;
  readonly #buffer = new ReadBuffer();

  constructor(program: UserProgram) {
    this.#program = program;
  }

  async start(): Promise<void> {
    this.#program.output.on('data', (chunk: Buffer) => { this.#take(chunk); });
    const drained = new Promise<void>((resolve) => { this.#program.output.once('close', resolve); });
    void this.#program.ended.then(async () => {
      // Its last answer may still be in the pipe; what holds the pipe longer is not the program.
      await Promise.race([drained, pause(drainMs, undefined, { ref: false })]);
      this.onclose?.();
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#program.input.write(serializeMessage(message));
  }

  /** Resolves when no process of the program lives. */
  async close(): Promise<void> {
    await this.#program.end();
  }

  #take(chunk: Buffer): void {
    try {
      this.#buffer.append(chunk);
    } catch (error) {
      this.onerror?.(asError(error));
      void this.close();
      return;
    }
    for (;;) {
      try {
        const message = this.#buffer.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        // A line that is no message (a banner, a stray print) is told and passed over.
        this.onerror?.(asError(error));
      }
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
