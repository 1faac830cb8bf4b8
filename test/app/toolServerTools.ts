// The tools of the scripted tool server, whichever way it is reached.
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as z from 'zod';

export function describeTools(server: McpServer): void {
  server.registerTool('get_issue', { description: 'An issue.', inputSchema: { key: z.string() }, outputSchema: { severity: z.string(), open: z.boolean(), labels: z.array(z.string()) } }, ({ key }) => {
    const issue = { severity: key === 'A-1' ? 'high' : 'low', open: true, labels: ['bug', 'css'] };
    return { content: [{ type: 'text', text: JSON.stringify(issue) }], structuredContent: issue };
  });
  server.registerTool('says', { description: 'Text.', inputSchema: { text: z.string() } }, ({ text }) => ({ content: [{ type: 'text', text }] }));
  server.registerTool('fails', { description: 'An error of the tool.' }, () => ({ isError: true, content: [{ type: 'text', text: 'no such issue \u001b[31mA-9\u001b[0m' }] }));
  server.registerTool('hangs', { description: 'Never answers.' }, () => new Promise<never>(() => undefined));
}
