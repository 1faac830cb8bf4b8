/** Trust in what a repository would run, asked once per content: the hash of everything that would run is what is trusted. Refuses: to go on without an answer. */
import * as vscode from 'vscode';
import type { Answer } from '../../protocol/messages.ts';
import { asksForTrust, trustText } from './launchChoice.ts';

/** `word`: what the button says. */
export async function trustedByPerson(inspection: Answer<'inspect'>, word: string): Promise<boolean> {
  if (!asksForTrust(inspection)) return true;
  return await vscode.window.showWarningMessage(vscode.l10n.t('This repository has commands that would run on your machine.'), { modal: true, detail: trustText(inspection) }, word) === word;
}
