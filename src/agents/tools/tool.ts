/**
 * What a tool is: a row of data and a handler over the sandbox. Owns: the shape, and how much text a result may carry.
 * Refuses: everything outside the worktree: a handler has the bench it is given, and nothing else.
 */
import * as z from 'zod';
import type { ConfinedFiles, Sandbox } from '../../ports/sandbox.ts';
import type { WorkEnd, WorkReport, WorkRequest } from '../../ports/workers.ts';

export interface Bench { readonly files: ConfinedFiles; readonly sandbox: Sandbox; readonly request: WorkRequest; readonly propose: WorkReport['propose']; readonly signal: AbortSignal }

/** `rejected`: the answer itself cannot be used (counts like a malformed call). `submitted`: the attempt has its result. */
export type ToolOutcome =
  | { readonly kind: 'told'; readonly ok: boolean; readonly text: string }
  | { readonly kind: 'rejected'; readonly text: string }
  | { readonly kind: 'submitted'; readonly end: WorkEnd };

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** One line for the transcript. */
  summary(input: unknown): string;
  run(input: unknown, bench: Bench): Promise<ToolOutcome>;
}

/** Joins a schema with the handler that it guards: an input that does not fit comes back as `rejected`, with every mistake named. */
export function defineTool<Schema extends z.ZodType>(row: {
  readonly name: string;
  readonly description: string;
  readonly input: Schema;
  readonly summary: (input: z.infer<Schema>) => string;
  readonly run: (input: z.infer<Schema>, bench: Bench) => Promise<ToolOutcome>;
}): Tool {
  const { $schema: _, ...schema } = z.toJSONSchema(row.input, { io: 'input' });
  return {
    name: row.name, description: row.description, schema,
    summary: (input) => {
      const parsed = row.input.safeParse(input);
      return parsed.success ? row.summary(parsed.data).slice(0, 200) : '(malformed)';
    },
    run: async (input, bench) => {
      const parsed = row.input.safeParse(input);
      if (!parsed.success) return { kind: 'rejected', text: `The arguments of ${row.name} do not fit:\n${z.prettifyError(parsed.error).slice(0, 4_000)}` };
      return row.run(parsed.data, bench);
    },
  };
}

export function told(text: string): ToolOutcome {
  return { kind: 'told', ok: true, text };
}

export function refused(text: string): ToolOutcome {
  return { kind: 'told', ok: false, text };
}
