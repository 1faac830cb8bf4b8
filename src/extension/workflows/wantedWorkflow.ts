/** The workflow that a command is about: that of the address it was called with, or the file in front. Owns: that choice. Refuses: other files. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { WantedWorkflow } from '../launch/newTask.ts';
import { isWorkflow } from './workflowHelp.ts';

export function wantedWorkflow(address: unknown): WantedWorkflow | undefined {
  const document = vscode.window.activeTextEditor?.document;
  const uri = typeof address === 'string' ? vscode.Uri.parse(address) : document && isWorkflow(document) ? document.uri : null;
  return uri ? { id: basename(uri.path).replace(/\.ya?ml$/, ''), path: uri.fsPath } : undefined;
}
