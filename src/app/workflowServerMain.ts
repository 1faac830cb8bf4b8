/**
 * Entry of dist/workflowServer.js: helps to write workflow files (and says the mistakes of the project file), over the Language Server Protocol (stdio or IPC, as it is started).
 * It reads text and answers with text: nothing of a repository is run, so that it may help in a folder that nobody trusts yet.
 * Owns: the process, when files are looked at anew, and the protocol's messages. Refuses: to write a file; every other kind of file.
 */
import { dirname, join } from 'node:path';
import { TextDocumentSyncKind, TextDocuments, createConnection } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { fileGraphParamsSchema, fileGraphRequest } from '../protocol/workflowHelp.ts';
import { projectFilePath } from '../gates/projectFile.ts';
import { actionsAt, completionsAt, diagnosticsOf, graphOf, hoverOf, projectDiagnostics } from './workflowHelp/answers.ts';
import { createOpenFiles } from './workflowHelp/openFiles.ts';
import type { Look } from './workflowHelp/openFiles.ts';

/** Between the last key and the look at what was typed, ms. */
const pauseMs = 120;

const connection = createConnection();
const documents = new TextDocuments(TextDocument);
const files = createOpenFiles(join(dirname(process.argv[1] ?? ''), 'workflows'), {
  get: (uri) => documents.get(uri)?.getText(), all: () => documents.all().map((document) => ({ uri: document.uri, text: document.getText() })),
});
let timer: NodeJS.Timeout | undefined;

connection.onInitialize(() => ({
  serverInfo: { name: 'treeline' },
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental, hoverProvider: true, completionProvider: { triggerCharacters: [' ', '.', '[', '{', '\''] },
    codeActionProvider: { codeActionKinds: ['quickfix', 'source.fixAll'] },
  },
}));

/** Every open file: one may use another. */
async function look(): Promise<void> {
  for (const document of documents.all()) {
    const { uri, version } = document;
    const found = await files.look(uri);
    const diagnostics = found ? diagnosticsOf(found, document) : uri.endsWith(`/${projectFilePath}`) ? projectDiagnostics(document) : [];
    if (documents.get(uri)?.version === version) await connection.sendDiagnostics({ uri, version, diagnostics });
  }
}

function lookSoon(): void {
  files.changed();
  clearTimeout(timer);
  timer = setTimeout(() => void look().catch((error: unknown) => connection.console.error(String(error))), pauseMs);
}

documents.onDidChangeContent(lookSoon);
documents.onDidClose(({ document }) => {
  void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  lookSoon();
});
connection.onDidChangeWatchedFiles(lookSoon);
connection.onExit(() => clearTimeout(timer));

/** Answers from the file as it is now; `none` where it is no workflow file. */
async function answer<Value>(uri: string, none: Value, make: (found: Look, document: TextDocument) => Value): Promise<Value> {
  const found = await files.look(uri);
  return found ? make(found, documents.get(uri) ?? TextDocument.create(uri, 'yaml', 0, found.text)) : none;
}

connection.onCompletion(({ textDocument: { uri }, position }) => answer(uri, [], (found, document) => completionsAt(found, document, position)));
connection.onHover(({ textDocument: { uri }, position }) => answer(uri, null, (found, document) => hoverOf(found, document, position)));
connection.onCodeAction(({ textDocument: { uri }, range, context }) => answer(uri, [], (found, document) => actionsAt(found, document, uri, range, context.only)));
connection.onRequest(fileGraphRequest, async (params: unknown) => {
  const { uri, play } = fileGraphParamsSchema.parse(params);
  return answer(uri, null, (found) => graphOf(found, play));
});

documents.listen(connection);
connection.listen();
