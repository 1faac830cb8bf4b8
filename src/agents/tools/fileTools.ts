/**
 * The tools on files: read, list, search, edit, write. Owns: their limits. Refuses: patterns that could run away (search is literal),
 * and every path that the sandbox refuses: the refusal goes to the model in words.
 */
import * as z from 'zod';
import { ConfinementError } from '../../ports/sandbox.ts';
import type { ConfinedFiles } from '../../ports/sandbox.ts';
import { defineTool, refused, told } from './tool.ts';
import type { ToolOutcome } from './tool.ts';
import { walk } from './walk.ts';

const maxFileBytes = 2_000_000;
const maxLines = 1_000;
const maxLineLength = 2_000;
const maxResult = 40_000;
const maxMatches = 100;
const maxEntries = 400;

const path = z.string().min(1).max(1_000).describe('path relative to the root of the worktree');

export const readFile = defineTool({
  name: 'read_file',
  description: 'Reads a text file. Each line comes as its number, a tab, and its text.',
  input: z.strictObject({ path, start: z.number().int().min(1).optional().describe('first line to read; 1 when left out'), lines: z.number().int().min(1).max(maxLines).optional() }),
  summary: (input) => input.path,
  run: (input, { files }) => confined(async () => {
    const text = await textOf(files, input.path);
    if (typeof text !== 'string') return text;
    const all = text.split('\n');
    if (all.at(-1) === '') all.pop();
    const from = (input.start ?? 1) - 1;
    const chosen = all.slice(from, from + (input.lines ?? maxLines));
    const body = chosen.map((line, index) => `${from + index + 1}\t${line.length > maxLineLength ? `${line.slice(0, maxLineLength)}… (line cut)` : line}`).join('\n');
    const left = all.length - from - chosen.length;
    return told(bounded(`${body}${left > 0 ? `\n(${left} more lines; read on with start: ${from + chosen.length + 1})` : ''}`) || '(the file is empty)');
  }),
});

export const listFiles = defineTool({
  name: 'list_files',
  description: 'Lists the files below a folder, all levels; the files of a folder come before its folders. The contents of .git and node_modules are left out.',
  input: z.strictObject({ path: path.optional().describe('folder; the root when left out') }),
  summary: (input) => input.path ?? '.',
  run: (input, { files, signal }) => confined(async () => {
    const found: string[] = [];
    for await (const file of walk(files, input.path ?? '.', signal)) {
      if (found.length === maxEntries) return told(`${found.join('\n')}\n(more than ${maxEntries} files: list a folder below)`);
      found.push(file);
    }
    return told(found.join('\n') || '(no files)');
  }),
});

export const search = defineTool({
  name: 'search',
  description: 'Finds lines that contain a text, literally (no patterns). Gives path:line: text.',
  input: z.strictObject({
    text: z.string().min(1).max(500), path: path.optional().describe('folder to search below; the root when left out'),
    ending: z.string().max(50).optional().describe('only files whose name ends so, for example ".ts"'), ignore_case: z.boolean().optional(),
  }),
  summary: (input) => input.text,
  run: (input, { files, signal }) => confined(async () => {
    const fold = (text: string): string => (input.ignore_case ? text.toLowerCase() : text);
    const wanted = fold(input.text);
    const found: string[] = [];
    for await (const file of walk(files, input.path ?? '.', signal)) {
      if (input.ending !== undefined && !file.endsWith(input.ending)) continue;
      const text = await textIfAny(files, file);
      if (text === null) continue;
      for (const [index, line] of text.split('\n').entries()) {
        if (!fold(line).includes(wanted)) continue;
        if (found.length === maxMatches) return told(bounded(`${found.join('\n')}\n(more than ${maxMatches} lines: search more narrowly)`));
        found.push(`${file}:${index + 1}: ${line.trim().slice(0, 300)}`);
      }
    }
    return told(bounded(found.join('\n')) || '(nothing found)');
  }),
});

export const editFile = defineTool({
  name: 'edit_file',
  description: 'Replaces a text in a file. old_text must stand there exactly once, letter by letter, without the line numbers of read_file.',
  input: z.strictObject({ path, old_text: z.string().min(1), new_text: z.string(), everywhere: z.boolean().optional().describe('replace every occurrence') }),
  summary: (input) => input.path,
  run: (input, { files }) => confined(async () => {
    const text = await textOf(files, input.path);
    if (typeof text !== 'string') return text;
    const parts = text.split(input.old_text);
    const count = parts.length - 1;
    if (count === 0) return refused(`${input.path} does not contain that text. Read the file again and copy the text exactly.`);
    if (count > 1 && input.everywhere !== true) return refused(`${input.path} contains that text ${count} times. Give more of its surroundings, or set everywhere.`);
    await files.write(input.path, new TextEncoder().encode(parts.join(input.new_text)));
    return told(`Replaced ${count === 1 ? 'it' : `${count} occurrences`} in ${input.path}, first at line ${(parts[0] ?? '').split('\n').length}.`);
  }),
});

export const writeFile = defineTool({
  name: 'write_file',
  description: 'Writes a whole file, new or in place of the old one. Folders are made as needed.',
  input: z.strictObject({ path, content: z.string().max(1_000_000) }),
  summary: (input) => `${input.path} (${input.content.split('\n').length} lines)`,
  run: (input, { files }) => confined(async () => {
    await files.write(input.path, new TextEncoder().encode(input.content));
    return told(`Wrote ${input.path}.`);
  }),
});

/** The text of a file, or what to tell the model instead. */
async function textOf(files: ConfinedFiles, file: string): Promise<string | ToolOutcome> {
  const bytes = await files.read(file, maxFileBytes);
  if (bytes === null) return refused(`There is no file ${file}.`);
  if (bytes.includes(0)) return refused(`${file} is binary (${bytes.length} bytes).`);
  return new TextDecoder().decode(bytes);
}

/** Null for what a search passes over: binary, too large, a link that leads out, gone since it was listed. */
async function textIfAny(files: ConfinedFiles, file: string): Promise<string | null> {
  try {
    const text = await textOf(files, file);
    return typeof text === 'string' ? text : null;
  } catch (error) {
    if (error instanceof ConfinementError) return null;
    throw error;
  }
}

async function confined(work: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfinementError) return refused(`Refused (${error.reason}): ${error.message}`);
    throw error;
  }
}

function bounded(text: string): string {
  return text.length <= maxResult ? text : `${text.slice(0, maxResult)}\n(cut: ${text.length - maxResult} more characters)`;
}
