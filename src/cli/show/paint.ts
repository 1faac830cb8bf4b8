/** Colour for a terminal. Owns: when there is any, and the five meanings it may have. Refuses: to say something by colour alone. */

type Style = (text: string) => string;

export interface Paint { readonly strong: Style; readonly quiet: Style; readonly good: Style; readonly bad: Style; readonly notice: Style }

const none: Style = (text) => text;
const code = (open: number, close: number): Style => (text) => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`);

export const noPaint: Paint = { strong: none, quiet: none, good: none, bad: none, notice: none };
const paint: Paint = { strong: code(1, 22), quiet: code(2, 22), good: code(32, 39), bad: code(31, 39), notice: code(33, 39) };

/** Only on a terminal that understands it, and not with NO_COLOR (no-color.org). */
export function paintFor(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): Paint {
  return isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb' ? paint : noPaint;
}
