/**
 * The one way by which this room says something to a person: `t`, which the editor's translations answer.
 * Owns: the translator in use. Refuses: to import the editor, so that everything pure can speak in a unit test.
 */
export type Translate = (message: string, ...args: (string | number)[]) => string;

let translate: Translate = fill;

/** From now on `translator` (the editor's `l10n.t`) finds the words. */
export function speakThrough(translator: Translate): void {
  translate = translator;
}

/** `message` in the person's language; `{0}`, `{1}` … are replaced by the arguments. */
export function t(message: string, ...args: (string | number)[]): string {
  return translate(message, ...args);
}

function fill(message: string, ...args: (string | number)[]): string {
  return message.replaceAll(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
}
