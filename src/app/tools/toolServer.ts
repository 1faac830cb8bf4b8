/** One tool server (MCP) of the user's settings, `mcp.servers`. Owns: its shape. A secret stands in none: only names of variables do. */
import * as z from 'zod';

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable, not its value');

export const toolServerSchema = z.union([
  z.strictObject({
    /** A program on PATH or an absolute path; started without a shell, in the home folder. */
    command: z.string().min(1), args: z.array(z.string()).default([]),
    /** Variables of your environment that it gets. */
    env: z.array(variable).default([]),
  }),
  z.strictObject({
    /** Streamable HTTP. */
    url: z.url({ protocol: /^https?$/ }),
    /** Header → variable of your environment that holds its whole value. */
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), variable).default({}),
  }),
], 'a tool server is { command, args, env } or { url, headers }; env and headers name variables of your environment, never their values');
export type ToolServer = z.infer<typeof toolServerSchema>;

/** Every variable that the servers name: what a client hands over with a run, where it has it. */
export function variablesOf(servers: Readonly<Record<string, ToolServer>>): readonly string[] {
  return [...new Set(Object.values(servers).flatMap((server) => ('command' in server ? server.env : Object.values(server.headers))))].sort();
}
