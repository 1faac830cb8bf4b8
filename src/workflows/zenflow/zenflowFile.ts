/**
 * Zenflow's Markdown workflows (`.zenflow/workflows/*.md`) ⇄ their parts. The grammar: `# Title`, `## Configuration` with the artifacts
 * path, further sections, then `### [ ] Step: Name` (or `Phase 1: Name`), each with an optional `<!-- agent: preset -->` and free text.
 * Nothing else is structural, and nothing inside a fence is. Files in the wild also write `## Phase 1: Name` without boxes: read alike.
 * Owns: that grammar, both ways. Refuses: an artifacts path outside the repository, a file without a step.
 */
import { ok, refuse } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { bodyOf, boxedStep, lineLimit, linesOf, openFence, withoutRules } from '../../core/zenflowText.ts';
import type { Line } from '../../core/zenflowText.ts';
import type { Mistake } from '../mistake.ts';
import { shown } from '../mistake.ts';

export interface ZenflowStep {
  /** With its word: `Step: Planning`, `Phase 2: Build`. */
  readonly heading: string;
  /** Name of the preset that does it, as the Zenflow app has it; null: its default one. */
  readonly preset: string | null;
  readonly text: string;
}
export interface ZenflowFile {
  readonly title: string;
  /** Everything around the steps, told to each agent. */
  readonly instructions: string;
  /** Where artifacts are written, in the repository; `{task_id}` stands for the task. */
  readonly artifacts: string;
  readonly steps: readonly ZenflowStep[];
}

export const usualArtifacts = '.zenflow/tasks/{task_id}';
const sizeLimit = 256 * 1024;
const bare = /^(##|###)[ \t]+((?:Step|Phase)\b[^:\n]{0,20}:[ \t]*\S.*?)[ \t#]*$/i;

export function readZenflow(markdown: string, id: string): Result<ZenflowFile, readonly Mistake[]> {
  const wrong = (line: number, message: string, fix: string): Result<ZenflowFile, readonly Mistake[]> => refuse([{ line, column: 1, code: 'schema', message, fix }]);
  if (markdown.length > sizeLimit) return wrong(1, `the file has ${markdown.length} characters; a workflow has at most ${sizeLimit}`, 'Split it.');
  const lines = linesOf(markdown.replace(/^\uFEFF/, ''));
  const heading = headingOf(lines);
  if (!heading) return wrong(1, 'the file has no step', 'Write each step as "### [ ] Step: Name", below "## Workflow Steps".');
  const around: string[] = [];
  const steps: { heading: string; text: string[] }[] = [];
  let title: string | null = null;
  let inside: { heading: string; text: string[] } | null = null;
  for (const { text, plain } of lines) {
    const name = plain ? heading(text) : undefined;
    if (name !== undefined) {
      inside = { heading: name, text: [] };
      steps.push(inside);
    } else if (plain && title === null && !inside && /^#[ \t]+\S/.test(text)) {
      title = text.replace(/^#[ \t]+/, '').trim();
    } else if (plain && /^##?[ \t]+\S/.test(text) && inside) {
      inside = null;
      around.push(text);
    } else if (!plain || !/^##[ \t]+Workflow Steps[ \t]*$/i.test(text)) {
      (inside?.text ?? around).push(text);
    }
  }
  // What stands behind the steps is told before them: a fence that nothing closes must not run on over them.
  const open = openFence(around);
  const instructions = withoutRules(open === null ? around : [...around, open]);
  const artifacts = artifactsOf(instructions);
  if (!/^(?!\/)(?!.*(?:^|[\\/])\.\.(?:[\\/]|$))[^\\:*?"<>|\u0000-\u001f]{1,200}$/.test(artifacts)) return wrong(lineOf(lines, 'Artifacts Path'), `the artifacts path "${shown(artifacts)}" does not lie inside the repository`, `Write for example ${usualArtifacts}.`);
  const long = steps.find((step) => step.heading.length > 120);
  if (long) return wrong(lineOf(lines, long.heading), 'the name of a step has more than 120 characters', 'Shorten the heading; the text below it can be as long as you like.');
  if (steps.length > 400) return wrong(1, `the file has ${steps.length} steps; there are at most 400`, 'Split it.');
  return ok({ title: (title ?? id).slice(0, 120), instructions, artifacts, steps: steps.map(({ heading: name, text }) => ({ heading: name, ...bodyOf(text) })) });
}

/** How this file writes the heading of a step: with a box, or (where no heading has one) as `## Phase 1: Name`. */
function headingOf(lines: readonly Line[]): ((text: string) => string | undefined) | null {
  const open = lines.filter((line) => line.plain).map((line) => line.text);
  if (open.some((text) => boxedStep.test(text))) return (text) => boxedStep.exec(text)?.[4];
  for (const level of ['##', '###']) if (open.some((text) => bare.exec(text)?.[1] === level)) return (text) => { const found = bare.exec(text); return found?.[1] === level ? found[2] : undefined; };
  return null;
}

function artifactsOf(instructions: string): string {
  const line = instructions.split('\n').find((text) => text.length <= lineLimit && /\*\*Artifacts Path\*\*/i.test(text)) ?? '';
  const said = line.slice(line.toLowerCase().indexOf('artifacts path') + 'artifacts path'.length).replace(/^[*:\s]+/, '');
  const [, after] = /(?:→|->|=>)[ \t]*`?([^`\s]+)/.exec(said) ?? [];
  const [, alone] = /^`?([^`\s{][^`\s]*)/.exec(said) ?? [];
  return (after ?? alone ?? usualArtifacts).replace(/\{chat_id\}/g, '{task_id}').replace(/\/+$/, '');
}

function lineOf(lines: readonly Line[], words: string): number {
  return Math.max(0, lines.findIndex((line) => line.text.includes(words))) + 1;
}

/** The same file as Zenflow writes it; reading it again gives the same parts. */
export function writeZenflow(file: ZenflowFile): string {
  const configured = artifactsOf(file.instructions) === file.artifacts ? [] : ['## Configuration', `- **Artifacts Path**: {@artifacts_path} → \`${file.artifacts}\``, ''];
  const steps = file.steps.flatMap(({ heading, preset: by, text }) => [`### [ ] ${heading}`, ...(by === null ? [] : [`<!-- agent: ${by} -->`]), '', ...(text === '' ? [] : [text, ''])]);
  return [`# ${file.title}`, '', ...configured, ...(file.instructions === '' ? [] : [file.instructions, '']), '---', '', '## Workflow Steps', '', ...steps].join('\n');
}
