/**
 * The `plan.md` of a task that runs a Zenflow workflow: a copy of the workflow whose boxes say how far it is.
 * Owns: the boxes of the workflow's own steps. Refuses: to touch anything else: agents write their own steps and notes into this file.
 */

/** Open, done, blocked: waiting for a person. */
export type PlanMark = ' ' | 'x' | '!';

/** What stands behind the box of a step: its title when that is a heading of Zenflow already, else made of it. */
export function zenflowHeading(title: string): string {
  return /^(?:Step|Phase)\b[^:]{0,20}:/i.test(title) ? title : `Step: ${title}`;
}

const step = /^(###[ \t]+\[)[ xX!](\][ \t]+)(\S.*)$/;
const fenceOf = /^ {0,3}(`{3,}|~{3,})/;
/** What is longer is text, whatever it begins with. */
const lineLimit = 500;

/**
 * `text` with the boxes of the named steps as they are now. `heading` is what stands behind the box (`Step: Planning`); of steps with one
 * heading, the first in the text is the first in the list. A step that somebody took out of the text stays out.
 */
export function markedPlan(text: string, steps: readonly { readonly heading: string; readonly mark: PlanMark }[]): string {
  const open = [...steps];
  let fence: string | null = null;
  return text.split('\n').map((line) => {
    const short = line.slice(0, lineLimit);
    const mark = fenceOf.exec(short)?.[1];
    if (fence !== null) {
      if (mark !== undefined && mark.startsWith(fence) && line.trim() === mark) fence = null;
      return line;
    }
    if (mark !== undefined) {
      fence = mark;
      return line;
    }
    const written = line.trimEnd();
    const [, before, between, heading] = (line.length <= lineLimit ? step.exec(written) : null) ?? [];
    const at = heading === undefined ? -1 : open.findIndex((candidate) => candidate.heading === heading);
    const [found] = at < 0 ? [] : open.splice(at, 1);
    return found ? `${before}${found.mark}${between}${heading}${line.slice(written.length)}` : line;
  }).join('\n');
}
