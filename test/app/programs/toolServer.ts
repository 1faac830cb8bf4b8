/**
 * A tool server (MCP) for tests, over standard input and output: what it does is said by the name of the tool.
 * First argument: a file that it writes its process ids into.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { describeTools } from '../toolServerTools.ts';

const [, , pids = ''] = process.argv;
appendFileSync(pids, `${process.pid}\n`);
process.stderr.write(`started in ${process.cwd()} with ${process.env['TRACKER_TOKEN'] ?? 'no token'} and ${process.env['ANTHROPIC_API_KEY'] ?? 'no key'}\n`);
const server = new McpServer({ name: 'scripted', version: '1.0.0' });
describeTools(server);
server.registerTool('helper', { description: 'Starts a process that outlives it.' }, () => {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  child.unref();
  appendFileSync(pids, `${child.pid ?? 0}\n`);
  return { content: [{ type: 'text', text: 'started' }] };
});
server.registerTool('dies', { description: 'Ends its process.' }, () => {
  process.stderr.write('out of luck, token secret-value\n');
  process.exit(7);
});
server.registerTool('prints', { description: 'Prints beside the protocol.' }, () => {
  process.stdout.write('a stray line\n');
  return { content: [{ type: 'text', text: '{"n": 1}' }] };
});
await server.connect(new StdioServerTransport());
