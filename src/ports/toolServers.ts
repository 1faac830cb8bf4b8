/** Deterministic calls of tools (MCP) of servers that the user's settings name. A repository names a server and a tool, never a command or an address. */

export interface ToolRequest {
  readonly task: string;
  readonly server: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

export type ToolEnd =
  /** `structured`: what the tool gave as an object (its structured content, else a text that is one); null: only text, safe to show. */
  | { readonly kind: 'answered'; readonly structured: Readonly<Record<string, unknown>> | null; readonly text: string }
  /** `key`: a variable that the settings name for it is not bound to the task. */
  | { readonly kind: 'failed'; readonly failure: 'tool' | 'timeout' | 'key'; readonly message: string; readonly next: string };

export interface ToolServers {
  /** Never rejects but by the signal's reason. Whatever was started for it has ended when it resolves. `output`: what the server says beside its answers. */
  call(request: ToolRequest, output: (text: string) => void, signal: AbortSignal): Promise<ToolEnd>;
}
