// Who may look into whom: the rules of specs/architecture.md §1 in the form that dependency-cruiser refuses to break.
// Owns the table of rooms and of what each room may take from outside. rooms.spec.ts proves that every rule bites.
'use strict';

/** Room → the rooms it may look into, beside itself. */
const mayLookInto = {
  core: [],
  ports: ['core'],
  engine: ['core', 'ports'],
  workflows: ['core'],
  context: ['core', 'ports'],
  agents: ['core', 'ports'],
  gates: ['core', 'ports'],
  git: ['core', 'ports'],
  sandbox: ['core', 'ports'],
  journal: ['core', 'ports'],
  team: ['core', 'ports', 'engine'],
  protocol: ['core'],
  client: ['core', 'ports', 'protocol', 'journal'],
  app: ['core', 'ports', 'engine', 'workflows', 'context', 'agents', 'gates', 'git', 'sandbox', 'journal', 'team', 'protocol', 'client'],
  cli: ['client', 'core', 'protocol'],
  extension: ['client', 'core', 'protocol'],
  webview: ['protocol'],
};

/** Where programs begin: dist/ entry points. Everything in the rooms must be reachable from one of these. */
const entries = [
  '^src/extension/extension[.]ts$',
  '^src/app/(engineMain|verifyMain|cliToolsMain|workflowServerMain)[.]ts$',
  '^src/cli/main[.]ts$',
  '^src/cli/launcher[.]cjs$',
  '^src/webview/graphMain[.]ts$',
];

const rooms = Object.keys(mayLookInto);
const inRooms = (...names) => `^src/(${names.join('|')})/`;
const forbid = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });
/** A package, also by its types (`vscode` exists as nothing but types). */
const pack = (...names) => names.map((name) => `(^|/)node_modules/(@types/)?${name}/`);
const builtin = (...names) => names.map((name) => `^(node:)?${name}(/|$)`);
const onlyIn = (allowed, name, comment, to) => forbid(name, comment, { path: '^src/', pathNot: allowed }, to);

const pure = ['core', 'ports', 'engine', 'protocol', 'webview'];
const mayTouchTheMachine = ['git', 'sandbox', 'journal', 'app', 'client', 'cli', 'build'];

module.exports = {
  forbidden: [
    // 1: rooms look only where allowed
    ...rooms.map((room) => forbid(`${room}-looks-only-where-allowed`, 'Rule 1: see the table of rooms.',
      { path: inRooms(room) }, { path: '^src/', pathNot: inRooms(room, ...mayLookInto[room]) })),
    forbid('workshop-looks-into-no-room', 'Rule 1: src/build runs before anything is built.', { path: '^src/build/' }, { path: inRooms(...rooms) }),
    forbid('nothing-outside-a-room', 'Rule 1: every source file is in a room or in the workshop.',
      { path: '^src/', pathNot: inRooms(...rooms, 'build') }, {}),
    forbid('sources-do-not-look-at-tests', 'Rule 1: what ships never needs test code.', { path: '^src/' }, { path: '^test/' }),
    // 2: no circle
    forbid('no-circle', 'Rule 2: type-only imports count too.', { path: '^src/' }, { circular: true }),
    // 3: pure rooms
    forbid('pure-rooms-use-no-node-builtin', 'Rule 3: they run anywhere, and whole in a unit test.',
      { path: inRooms(...pure) }, { dependencyTypes: ['core'] }),
    forbid('pure-rooms-use-no-package-but-zod', 'Rule 3: zod alone.', { path: inRooms(...pure), pathNot: inRooms('webview') },
      { path: 'node_modules/', pathNot: pack('zod') }),
    forbid('webview-uses-its-layout-alone', 'Rule 3: what lays the graph out, nothing else.', { path: inRooms('webview') },
      { path: 'node_modules/', pathNot: pack('@dagrejs') }),
    // 4: one importer each
    onlyIn(inRooms('extension'), 'vscode-only-in-extension', 'Rule 4.', { path: ['^vscode$', ...pack('vscode')] }),
    onlyIn(inRooms('git'), 'simple-git-only-in-git', 'Rule 4.', { path: pack('simple-git') }),
    onlyIn(inRooms('git', 'agents', 'workflows', 'cli'), 'diff-only-where-size-is-capped', 'Rule 4: it takes seconds on a rewritten large file.',
      { path: pack('diff') }),
    onlyIn('^src/agents/providers/anthropic[.]ts$', 'anthropic-sdk-only-in-its-provider', 'Rule 4.', { path: pack('@anthropic-ai') }),
    onlyIn('^src/agents/providers/openai[.]ts$', 'openai-sdk-only-in-its-provider', 'Rule 4.', { path: pack('openai') }),
    onlyIn('^src/app/tools/', 'mcp-sdk-only-in-tools', 'Rule 4.', { path: pack('@modelcontextprotocol') }),
    // 5: the machine, and how processes speak
    onlyIn(inRooms(...mayTouchTheMachine), 'machine-only-through-rooms-that-own-it', 'Rule 5: files, processes and sockets go through ports.',
      { path: builtin('fs', 'child_process', 'net', 'http', 'https', 'http2', 'tls', 'dgram') }),
    onlyIn(inRooms('app', 'client'), 'jsonrpc-only-in-app-and-client', 'Rule 5.', { path: pack('vscode-jsonrpc') }),
    onlyIn(inRooms('app'), 'language-server-only-in-app', 'Rule 5: the program that helps to write workflow files.', { path: pack('vscode-languageserver', 'vscode-languageserver-textdocument') }),
    onlyIn(inRooms('extension'), 'language-client-only-in-extension', 'Rule 5.', { path: pack('vscode-languageclient') }),
    onlyIn(inRooms('team'), 'team-packages-only-in-team', 'Rule 5.', { path: pack('@dbos-inc', 'pg') }),
    // 6: names
    forbid('no-barrel-as-target', 'Rule 6: import the file that has it.', { path: '^src/' }, { path: '^src/.*index[.][cm]?[jt]sx?$' }),
    forbid('no-barrel', 'Rule 6: import the file that has it.', { path: '^src/.*index[.][cm]?[jt]sx?$' }, {}),
    forbid('no-utils', 'Rule 6: name a folder for what it is about.', { path: '^src/.*/utils?[/.]' }, {}),
    forbid('no-utils-as-target', 'Rule 6: name a folder for what it is about.', { path: '^src/' }, { path: '^src/.*/utils?[/.]' }),
    // 8: nothing left over, nothing missing
    forbid('no-orphan', 'Rule 8: it imports nothing and nothing imports it.',
      { orphan: true, path: '^src/', pathNot: [...entries, '^src/build/'] }, {}),
    forbid('reachable-from-a-program', 'Rule 8: code that no program reaches is not shipped; test helpers belong in test/support.',
      { path: entries }, { path: inRooms(...rooms), pathNot: entries, reachable: false }),
    forbid('resolvable', 'Rule 8: an import that leads nowhere (the launcher looks for a bundle).',
      { path: '^src/', pathNot: '^src/cli/launcher[.]cjs$' }, { couldNotResolve: true }),
    forbid('declared', 'Rule 8: a package that package.json does not name.', { path: '^src/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }),
    forbid('shipped-code-uses-shipped-packages', 'Rule 8: what is bundled stands under "dependencies".', { path: inRooms(...rooms) },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    combinedDependencies: true, // the hosted VS Code has a package.json of its own under src/build
    builtInModules: { add: ['sqlite', 'node:sqlite', 'test', 'node:test', 'sea', 'node:sea'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
