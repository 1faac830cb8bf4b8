// Small houses for rooms.spec.ts: one that keeps every rule, and what to add to it to break exactly the rules named.
// Packages are stand-ins of one line: only their names matter here.

const shipped = ['zod', 'simple-git', 'diff', 'openai', '@anthropic-ai/sdk', 'vscode-jsonrpc', 'yaml', 'pg', '@modelcontextprotocol/sdk', 'vscode-languageserver', 'vscode-languageclient'];
const tools = ['@types/vscode', 'esbuild'];
const asVersions = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, '1.0.0']));

const packages: Record<string, string> = {
  'package.json': JSON.stringify({ name: 'house', type: 'module', dependencies: asVersions(shipped), devDependencies: asVersions(tools) }),
  'node_modules/stray/package.json': '{ "name": "stray", "version": "1.0.0", "main": "index.js" }',
  'node_modules/stray/index.js': 'exports.it = 1;',
};
for (const name of [...shipped, ...tools]) {
  const types = name.startsWith('@types/');
  packages[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: '1.0.0', [types ? 'types' : 'main']: types ? 'index.d.ts' : 'index.js' });
  packages[`node_modules/${name}/${types ? 'index.d.ts' : 'index.js'}`] = types ? 'export declare const it: 1;' : 'exports.it = 1;';
}

/** A house with every kind of allowed import. */
export const cleanTree: Readonly<Record<string, string>> = {
  ...packages,
  'src/core/rule.ts': "import { it } from 'zod';\nexport type Rule = typeof it;\nexport const rule = it;",
  'src/ports/socket.ts': "import type { Rule } from '../core/rule.ts';\nexport interface Socket { rule: Rule }",
  'src/engine/motor.ts': "import type { Socket } from '../ports/socket.ts';\nexport const motor = (socket: Socket) => socket;",
  'src/workflows/score.ts': "import { it } from 'yaml';\nimport { it as diff } from 'diff';\nexport const score = [it, diff];",
  'src/agents/worker.ts': "import type { Socket } from '../ports/socket.ts';\nimport { it } from './providers/openai.ts';\nimport { it as other } from './providers/anthropic.ts';\nexport const worker = (socket: Socket) => [socket, it, other];",
  'src/agents/providers/openai.ts': "export { it } from 'openai';",
  'src/agents/providers/anthropic.ts': "export { it } from '@anthropic-ai/sdk';",
  'src/gates/examiner.ts': "import { join } from 'node:path';\nexport const examiner = join;",
  'src/git/archive.ts': "import { spawn } from 'node:child_process';\nimport { it } from 'simple-git';\nexport const archive = [spawn, it];",
  'src/journal/memory.ts': "import { open } from 'node:fs/promises';\nexport const memory = open;",
  'src/team/many.ts': "import { it } from 'pg';\nexport const many = it;",
  'src/protocol/view.ts': "import { rule } from '../core/rule.ts';\nexport const view = rule;",
  'src/client/door.ts': "import { connect } from 'node:net';\nimport { it } from 'vscode-jsonrpc';\nimport { memory } from '../journal/memory.ts';\nexport const door = [connect, it, memory];",
  'src/app/engineMain.ts': ['engine/motor', 'workflows/score', 'agents/worker', 'gates/examiner', 'git/archive', 'team/many', 'client/door']
    .map((file) => `import '../${file}.ts';`).join('\n'),
  'src/cli/main.ts': "import { door } from '../client/door.ts';\nimport { view } from '../protocol/view.ts';\nexport const main = [door, view];",
  'src/extension/extension.ts': "import { it } from 'vscode';\nimport { door } from '../client/door.ts';\nexport const activate = [it, door];",
  'src/build/bundle.mjs': "import 'esbuild';\nimport 'node:fs';",
};

interface PlantedViolation { readonly title: string; readonly rules: readonly string[]; readonly files: Readonly<Record<string, string>> }

/** `cleanTree` with `text` put at the end of `file`. */
function plant(title: string, rules: string | readonly string[], file: string, text: string): PlantedViolation {
  return { title, rules: [rules].flat(), files: { [file]: `${cleanTree[file] ?? ''}\n${text}` } };
}

/** A new file in `cleanTree` that the engine's entry imports, so that nothing but the planted rule is broken. */
function plantFile(title: string, rules: string | readonly string[], file: string, text: string): PlantedViolation {
  const entry = 'src/app/engineMain.ts';
  return { title, rules: [rules].flat(), files: { [file]: text, [entry]: `${cleanTree[entry]}\nimport '../${file.slice('src/'.length)}';` } };
}

const onlyInGit = 'simple-git-only-in-git';
const machine = 'machine-only-through-rooms-that-own-it';

export const plantedViolations: readonly PlantedViolation[] = [
  // rule 1
  plant('core that looks into ports', ['core-looks-only-where-allowed', 'no-circle'], 'src/core/rule.ts', "import type { Socket } from '../ports/socket.ts';\nexport type X = Socket;"),
  plant('a type-only look into a closed room', 'gates-looks-only-where-allowed', 'src/gates/examiner.ts', "import type { archive } from '../git/archive.ts';\nexport type X = typeof archive;"),
  plant('one adapter that imports another', 'agents-looks-only-where-allowed', 'src/agents/worker.ts', "import '../git/archive.ts';"),
  plant('an engine that looks into an adapter', 'engine-looks-only-where-allowed', 'src/engine/motor.ts', "import '../workflows/score.ts';"),
  plant('a face that looks past the client', 'cli-looks-only-where-allowed', 'src/cli/main.ts', "import '../git/archive.ts';"),
  plant('an extension that looks into app', 'extension-looks-only-where-allowed', 'src/extension/extension.ts', "import '../app/engineMain.ts';"),
  plant('a lazy import of a closed room', 'extension-looks-only-where-allowed', 'src/extension/extension.ts', "export const later = () => import('../engine/motor.ts');"),
  plant('a re-export from a closed room', 'protocol-looks-only-where-allowed', 'src/protocol/view.ts', "export { motor } from '../engine/motor.ts';"),
  plant('a workshop that looks into a room', 'workshop-looks-into-no-room', 'src/build/bundle.mjs', "import '../core/rule.ts';"),
  plantFile('a file outside every room', ['nothing-outside-a-room', 'app-looks-only-where-allowed'], 'src/stray/thing.ts', "import '../core/rule.ts';"),
  { title: 'a source that needs a test helper', rules: ['sources-do-not-look-at-tests'],
    files: { 'src/gates/examiner.ts': "import '../../test/support/helper.ts';", 'test/support/helper.ts': 'export const helper = 1;' } },
  // rule 2
  { title: 'a circle of two files', rules: ['no-circle'],
    files: { 'src/core/rule.ts': "import { other } from './other.ts';\nexport type Rule = 1;\nexport const rule = other;", 'src/core/other.ts': "import { rule } from './rule.ts';\nexport const other: unknown = rule;" } },
  { title: 'a circle of types alone', rules: ['no-circle'],
    files: { 'src/core/rule.ts': "import type { Other } from './other.ts';\nexport type Rule = Other;\nexport const rule = 1;", 'src/core/other.ts': "import type { Rule } from './rule.ts';\nexport type Other = Rule | 1;" } },
  // rule 3
  plant('a node builtin in core', 'pure-rooms-use-no-node-builtin', 'src/core/rule.ts', "import 'node:path';"),
  plant('a builtin known only with its prefix, in the engine', 'pure-rooms-use-no-node-builtin', 'src/engine/motor.ts', "import 'node:sqlite';"),
  plant('another package in ports', 'pure-rooms-use-no-package-but-zod', 'src/ports/socket.ts', "import 'yaml';"),
  plant('types of another package in protocol', 'pure-rooms-use-no-package-but-zod', 'src/protocol/view.ts', "import type { it } from 'yaml';\nexport type X = typeof it;"),
  // rule 4
  plant('vscode in the client', 'vscode-only-in-extension', 'src/client/door.ts', "import { it as vscode } from 'vscode';\nexport { vscode };"),
  plant('types of vscode in the client', 'vscode-only-in-extension', 'src/client/door.ts', "import type { it as vscode } from 'vscode';\nexport type X = typeof vscode;"),
  plant('simple-git in app', onlyInGit, 'src/app/engineMain.ts', "import 'simple-git';"),
  plant('types of simple-git in app', onlyInGit, 'src/app/engineMain.ts', "import type { it } from 'simple-git';\nexport type X = typeof it;"),
  plant('diff in the client', 'diff-only-where-size-is-capped', 'src/client/door.ts', "import 'diff';"),
  plant('a vendor SDK beside its provider', 'openai-sdk-only-in-its-provider', 'src/agents/worker.ts', "import 'openai';"),
  plant('a vendor SDK in the other provider', 'anthropic-sdk-only-in-its-provider', 'src/agents/providers/openai.ts', "import '@anthropic-ai/sdk';"),
  // rule 5
  plant('files in gates', machine, 'src/gates/examiner.ts', "import 'node:fs';"),
  plant('files, by promises, in workflows', machine, 'src/workflows/score.ts', "import 'node:fs/promises';"),
  plant('files without the prefix in agents', machine, 'src/agents/worker.ts', "import 'fs';"),
  plant('processes in the extension', machine, 'src/extension/extension.ts', "import 'node:child_process';"),
  plant('sockets in agents', machine, 'src/agents/worker.ts', "import 'node:net';"),
  plant('a server in agents', machine, 'src/agents/worker.ts', "import 'node:http';"),
  plant('jsonrpc in the command line', 'jsonrpc-only-in-app-and-client', 'src/cli/main.ts', "import 'vscode-jsonrpc';"),
  plant('a language server in the extension', 'language-server-only-in-app', 'src/extension/extension.ts', "import 'vscode-languageserver';"),
  plant('a language client in the command line', 'language-client-only-in-extension', 'src/cli/main.ts', "import 'vscode-languageclient';"),
  plant('a database outside team', 'team-packages-only-in-team', 'src/app/engineMain.ts', "import 'pg';"),
  plant('the SDK of tool servers beside its place', 'mcp-sdk-only-in-tools', 'src/app/engineMain.ts', "import '@modelcontextprotocol/sdk';"),
  // rule 6
  plantFile('a barrel', ['no-barrel', 'no-barrel-as-target'], 'src/git/index.ts', "export { archive } from './archive.ts';"),
  plantFile('a barrel deep in a room', ['no-barrel', 'no-barrel-as-target'], 'src/gates/reports/index.ts', "export { examiner } from '../examiner.ts';"),
  plantFile('a utils folder', ['no-utils', 'no-utils-as-target'], 'src/git/utils/text.ts', "export { archive as text } from '../archive.ts';"),
  // rule 8
  { title: 'an orphan', rules: ['no-orphan', 'reachable-from-a-program'], files: { 'src/gates/alone.ts': 'export const alone = 1;' } },
  { title: 'a file that no program reaches', rules: ['reachable-from-a-program'], files: { 'src/gates/left.ts': "export { examiner } from './examiner.ts';" } },
  plant('an import that leads nowhere', 'resolvable', 'src/gates/examiner.ts', "import './gone.ts';"),
  plant('a package that is not declared', 'declared', 'src/gates/examiner.ts', "import 'stray';"),
  plant('a tool in shipped code', 'shipped-code-uses-shipped-packages', 'src/app/engineMain.ts', "import 'esbuild';"),
];
