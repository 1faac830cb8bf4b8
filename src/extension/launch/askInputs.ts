/**
 * What a workflow asks for when it starts, asked one after the other; nothing is asked where it declares nothing.
 * Owns: how each type is asked for. Refuses: a value of another type; to go on when the person leaves.
 */
import * as vscode from 'vscode';
import { inputsFromText, typeWords } from '../../core/inputs.ts';
import type { GivenInputs } from '../../core/inputs.ts';
import type { Input, Workflow } from '../../core/workflow.ts';
import { plain } from '../plain.ts';

/** Undefined: the person left. What is left as it was is not given: its default counts. */
export async function askInputs(inputs: Workflow['inputs']): Promise<GivenInputs | undefined> {
  const entries = Object.entries(inputs);
  const given: [string, string][] = [];
  for (const [at, [name, input]] of entries.entries()) {
    const title = entries.length > 1 ? vscode.l10n.t('Inputs ({0} of {1})', at + 1, entries.length) : vscode.l10n.t('Input');
    const text = await ask(title, name, input);
    if (text === undefined) return undefined;
    if (text !== startText(input)) given.push([name, text]);
  }
  const typed = inputsFromText(inputs, given);
  return typed.ok ? typed.value : undefined; // each was held against its type when it was typed
}

async function ask(title: string, name: string, input: Input): Promise<string | undefined> {
  const label = input.description === '' ? plain(name, 60) : `${plain(name, 60)}: ${plain(input.description, 200)}`;
  const words = input.type.type === 'enum' ? input.type.values : input.type.type === 'boolean' ? ['true', 'false'] : null;
  if (words) {
    const usual = startText(input);
    const ordered = words.includes(usual) ? [usual, ...words.filter((word) => word !== usual)] : words;
    return vscode.window.showQuickPick([...ordered], { title, placeHolder: label, ignoreFocusOut: true });
  }
  return vscode.window.showInputBox({
    title, prompt: `${label} (${typeWords(input)})`, value: startText(input), ignoreFocusOut: true,
    validateInput: (text) => {
      if (text === startText(input) && !input.required) return undefined;
      if (text === '' && input.required) return vscode.l10n.t('This has to be given.');
      const typed = inputsFromText({ [name]: input }, [[name, text]]);
      return typed.ok ? undefined : typed.refusal.join('; ');
    },
  });
}

function startText({ default: value }: Input): string {
  return value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value);
}
