/**
 * What a shell command line runs, read without a shell.
 * Owns: how it is split. Refuses: to expand anything: a word with a variable or a substitution stays as it is written.
 */

/** One simple command: its words without quotes, assignments and wrappers such as `npx` in front left out. */
export type Words = readonly string[];

/** Splits at `&&`, `||`, `;`, `|`, `&` and line ends, outside quotes. Comments and redirections are left out. */
export function simpleCommands(line: string): readonly Words[] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  const endWord = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (character === '\\' && quote === '"') word += line.charAt(index += 1);
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      const escaped = line.charAt(index += 1);
      if (escaped !== '\n') word = (word ?? '') + escaped;
    } else if (character === '#' && word === null) {
      index = line.indexOf('\n', index);
      if (index < 0) break;
      endCommand();
    } else if (/[;&|\n(){}]/.test(character) && !(character === '{' || character === '}' ? word !== null : false)) {
      endCommand();
    } else if (/\s/.test(character)) {
      endWord();
    } else {
      word = (word ?? '') + character;
    }
  }
  endCommand();
  return commands.map(unwrapped).filter((command) => command.length > 0);
}

const assignment = /^[A-Za-z_][A-Za-z0-9_]*=/;
const wrappers = new Set(['npx', 'bunx', 'exec', 'command', 'time', 'env', 'cross-env', 'nice', 'then', 'do', 'else', 'if', '!', 'dotenv', '--']);
const runs = new Set(['exec', 'dlx', 'x']);
/** `poetry run pytest`: what they run has the environment that they manage. */
const environments = /^(poetry|pipenv|pdm|uv|hatch|rye|conda|mamba|pipx)$/;
const measurers = new Set(['c8', 'nyc']);

function unwrapped(command: Words): Words {
  let rest = command;
  for (;;) {
    const [first, second] = rest;
    if (first === undefined) return rest;
    if (assignment.test(first)) rest = rest.slice(1);
    else if (wrappers.has(first)) rest = afterFlags(rest.slice(1));
    else if (/^(npm|pnpm|yarn|bun)$/.test(first) && second !== undefined && runs.has(second)) rest = afterFlags(rest.slice(2));
    else if (environments.test(first) && second === 'run') rest = afterFlags(rest.slice(2));
    else if (first === 'uvx' || first === 'xvfb-run' || first === 'stdbuf') rest = afterFlags(rest.slice(1));
    else if (first === 'timeout') rest = rest.slice(1 + rest.slice(1).findIndex((word) => !/^-|^[\d.]+[smhd]?$/.test(word)));
    else return rest;
  }
}

function afterFlags(words: Words): Words {
  const start = words.findIndex((word) => !word.startsWith('-') || word === '--');
  return start < 0 ? [] : words.slice(words[start] === '--' ? start + 1 : start);
}

/** The program's name without its folder: `mocha` for `./node_modules/.bin/mocha` and for `node_modules/mocha/bin/mocha.js`. */
export function programOf(word: string): string {
  return (word.split('/').pop() ?? word).replace(/\.(c|m)?js$/, '');
}

/** The command that a measuring wrapper (`c8`, `nyc`) runs, beside the wrapper's own. */
export function innerCommand(words: Words): Words | null {
  if (!measurers.has(programOf(words[0] ?? ''))) return null;
  const inner = unwrapped(afterFlags(words.slice(1)));
  return inner.length > 0 ? inner : null;
}
