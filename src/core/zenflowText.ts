/**
 * The steps in Zenflow's Markdown, as they stand in a workflow file and in the `plan.md` of a task: `### [ ] Step: Name` with an optional
 * `<!-- agent: preset -->` and free text. Nothing inside of a fence is structure, and no line that is very long.
 * Owns: those forms, and what an agent of a step is told. Refuses: to say what stands around the steps (see `workflows/zenflow/zenflowFile.ts`).
 */
import * as z from 'zod';

/** A step as a `plan.md` has it. `heading` with its word (`Step: Planning`); `done`: its box is ticked. */
export const zenflowStepSchema = z.object({ heading: z.string().min(1).max(120), preset: z.string().max(80).nullable(), text: z.string().max(32_768), done: z.boolean() });
export type ZenflowPlanStep = z.infer<typeof zenflowStepSchema>;

/** `plain`: it can be structure: outside of every fence, and short. */
export interface Line { readonly text: string; readonly plain: boolean }

/** What is longer than this is text, whatever it begins with: the forms below are tried on short lines only. */
export const lineLimit = 500;
/** Of a step; its groups: what stands before the mark, the mark, what parts it from the heading, the heading. */
export const boxedStep = /^(###[ \t]+\[)([ xX!>~✓✔-])(\][ \t]+)(\S.*?)[ \t#]*$/;
const preset = /^[ \t]*<!--[ \t]*agent:[ \t]*([^\s>][^>\n]{0,78}?)[ \t]*-->[ \t]*$/;
/** Left behind by the app under a step that was started: no part of it. */
const chat = /^[ \t]*<!--[ \t]*chat-id:[^>\n]*-->[ \t]*$/;

/** An open fence. In one that shows Markdown, examples have fences of their own, which writers seldom make longer: `depth` of them are open. */
interface Fence { readonly mark: string; readonly markdown: boolean; readonly depth: number }

export function linesOf(text: string): readonly Line[] {
  const lines = text.split('\n').map((raw) => (raw.endsWith('\r') ? raw.slice(0, -1) : raw));
  const fences = fencesOf(lines);
  return lines.map((line, at) => ({ text: line, plain: (fences[at - 1] ?? null) === null && fences[at] === null && line.length <= lineLimit }));
}

/** Lines that close the fences which nothing in these lines closes; none are open: null. */
export function openFence(lines: readonly string[]): string | null {
  const open = fencesOf(lines).at(-1);
  return open ? Array.from({ length: open.depth }, () => open.mark).join('\n') : null;
}

/** For each line the fence that is open behind it. */
function fencesOf(lines: readonly string[]): readonly (Fence | null)[] {
  let fence: Fence | null = null;
  return lines.map((line, at) => {
    fence = afterLine(fence, line, () => opensInside(lines, at));
    return fence;
  });
}

function fenceIn(text: string): { readonly mark: string; readonly info: string } | null {
  const [, mark, info = ''] = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)/.exec(text.slice(0, lineLimit)) ?? [];
  return mark === undefined ? null : { mark, info };
}

function afterLine(fence: Fence | null, text: string, opensMore: () => boolean): Fence | null {
  const found = fenceIn(text);
  if (!found) return fence;
  const { mark, info } = found;
  if (fence === null) return { mark, markdown: /^(?:md|markdown)$/i.test(info), depth: 1 };
  if (mark.startsWith(fence.mark) && text.trim() === mark) {
    if (fence.depth > 1) return { ...fence, depth: fence.depth - 1 };
    return fence.markdown && opensMore() ? { ...fence, depth: 2 } : null;
  }
  return fence.markdown && mark === fence.mark && info !== '' ? { ...fence, depth: fence.depth + 1 } : fence;
}

const exampleLines = 20;

/**
 * Whether a bare fence in an example of Markdown opens one of the example's own: the next fence is a bare one as well, soon, and no heading or
 * ruler is between. Where it is the end of the example all the same, the text before the next block is all that is taken for an example.
 */
function opensInside(lines: readonly string[], at: number): boolean {
  for (const line of lines.slice(at + 1, at + 1 + exampleLines)) {
    if (/^#{1,6}[ \t]|^---/.test(line)) return false;
    const found = fenceIn(line);
    if (found) return found.info === '';
  }
  return false;
}

/** What stands below a step's heading. */
export function bodyOf(lines: readonly string[]): { readonly preset: string | null; readonly text: string } {
  const short = (line: string, form: RegExp): boolean => line.length <= lineLimit && form.test(line);
  const at = lines.findIndex((line) => short(line, preset));
  const kept = lines.filter((line, index) => index !== at && !short(line, chat));
  return { preset: preset.exec(lines[at] ?? '')?.[1] ?? null, text: withoutRules(kept) };
}

/** Rulers (`---`) and empty lines at either end only part sections from one another. */
export function withoutRules(lines: readonly string[]): string {
  const parts = (line: string): boolean => line.trim() === '' || /^[ \t]*(?:-{3,20}|\*{3,20})[ \t]*$/.test(line.slice(0, lineLimit));
  const from = lines.findIndex((line) => !parts(line));
  return from < 0 ? '' : lines.slice(from, lines.findLastIndex((line) => !parts(line)) + 1).join('\n');
}

/** What stands behind the box of a step: its title when that is a heading of Zenflow already, else made of it. */
export function zenflowHeading(title: string): string {
  return /^(?:Step|Phase)\b[^:]{0,20}:/i.test(title) ? title : `Step: ${title}`;
}

/** In a prompt of ours this begins an expression; in Zenflow's it is text (a piece of a GitHub workflow, say). */
export const expressionOpening = '${{';
export const openingAsText = "${{ '${{' }}";
export function literalText(text: string): string {
  return text.replaceAll(expressionOpening, openingAsText);
}

/** All that the agent of a step is told, as a template. `instructions` and `text` are templates, too. */
export function zenflowPrompt(artifacts: string, instructions: string | null, heading: string, text: string | null): string {
  const note = `You do one step of this workflow: "${heading.replaceAll(expressionOpening, '${ {')}". Artifacts are files under \`${artifacts}\`, and the plan is \`${artifacts}/plan.md\`.
The engine keeps the boxes of the plan's steps: leave them. Do this one step and no other. What you write into the plan as further steps (\`### [ ] Step: Name\`, each with its text) is done after this one, by agents of its own: behind this step, or in the place of later ones.`;
  return [instructions, note, text].filter((part) => part !== null && part !== '').join('\n\n').replaceAll('{@artifacts_path}', artifacts).replaceAll('{task_id}', '${{ task.id }}');
}

/** What the user's settings give this name. An own property: "constructor" is none that somebody set. */
export function presetChain(presets: Readonly<Record<string, readonly string[]>>, name: string): readonly string[] | null {
  return Object.hasOwn(presets, name) ? presets[name] ?? null : null;
}

/** An id made of a step's heading: small letters, digits and "-", at most 40, not yet taken. */
export function stepIdFor(heading: string, taken: Set<string>): string {
  const words = heading.replace(/^(?:Step|Phase)\b[^:]*:\s*/i, '');
  const plain = words.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 36).replace(/-+$/, '');
  const base = /^[a-z]/.test(plain) && !/^rework(-|$)/.test(plain) ? plain : `step${plain === '' ? '' : '-'}${plain}`.slice(0, 36).replace(/-+$/, '');
  let id = base;
  for (let n = 2; taken.has(id); n += 1) id = `${base}-${n}`;
  taken.add(id);
  return id;
}
