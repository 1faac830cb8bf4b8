/**
 * What a gate's command resolves to in a tree (I12): package scripts with pre and post, files it names, configuration of its runner.
 * Owns: how the meaning is found, and how one tree's meaning is put into another tree's checkout. Refuses: to read anything but the tree.
 */
import { posix } from 'node:path';
import { innerCommand, programOf, simpleCommands, type Words } from './commandLine.ts';
import { sha256 } from './canonical.ts';
import { parsePackageFile, type PackageFile } from './detect.ts';
import { ownScripts, setsGitHooksOnly } from './ownScripts.ts';
import { parseMakefile } from './makefile.ts';
import { configurationOf, loadedByMocha } from './runnerConfiguration.ts';
import { isTestPath } from './integrity/fileRole.ts';
import { sectionsOf } from './settingSections.ts';
import { mainScript, operands, optionFiles, recogniseRunner, runnerOf, scriptEngines, type Runner } from './runner.ts';

/** A tree of a commit, read as text. */
export interface TreeText {
  readonly files: ReadonlySet<string>;
  read(path: string): Promise<string | null>;
}

/** Name → text: `scripts/test.sh`, `package.json#scripts.test`, `package.json#mocha`. */
export type Meaning = ReadonlyMap<string, string>;

export interface Resolution { readonly meaning: Meaning; readonly runner: Runner; /** All that stand behind some part of the command. */ readonly runners: ReadonlySet<Runner> }

const shells = new Set(['bash', 'sh', 'zsh', 'dash']);
const interpreters = new Set([...scriptEngines, 'python', 'python3', 'ruby', 'perl', 'deno', ...shells]);
const packageLimit = 200;

/** Finds what `command` runs in a tree, as far as its words and its scripts say. */
export async function resolveCommand(command: string, tree: TreeText): Promise<Resolution> {
  const resolver = new Resolver(tree);
  await resolver.line(command, '', 0);
  const runner = resolver.runner(), runners = new Set(resolver.commands.map((words) => runnerOf(words, resolver.nodeTests)));
  await resolver.installation();
  return { meaning: new Map([...resolver.meaning].sort(([left], [right]) => (left < right ? -1 : 1))), runner, runners };
}

/** Each name's text as a hash, for the record. */
export function hashesOf(meaning: Meaning): Record<string, string> {
  return Object.fromEntries([...meaning].map(([name, text]) => [name, sha256(text)]));
}

/** Names that mean something else in the second. */
export function differences(base: Meaning, head: Meaning): readonly string[] {
  return [...new Set([...base.keys(), ...head.keys()])].filter((name) => base.get(name) !== head.get(name)).sort();
}

class Resolver {
  readonly meaning = new Map<string, string>();
  readonly commands: Words[] = [];
  readonly nodeTests = new Set<string>();
  piped = false;
  readonly #tree: TreeText;
  readonly #seen = new Set<string>();

  constructor(tree: TreeText) {
    this.#tree = tree;
  }

  /** A command line, in `folder` of the tree. */
  async line(text: string, folder: string, depth: number): Promise<void> {
    const key = `${folder}\0${text}`;
    if (depth > 12 || this.#seen.has(key)) return;
    this.#seen.add(key);
    let current = folder;
    // What reads the output of `go test` must get what it would get without us.
    if (/\bgo\s+test\b[^;&\n]*[|>]/.test(text)) this.piped = true;
    for (const words of simpleCommands(text)) {
      if (words[0] === 'cd' && words[1] !== undefined) current = posix.normalize(posix.join(current, words[1]));
      else await this.command(words, current === '.' ? '' : current, depth);
    }
  }

  async command(words: Words, folder: string, depth: number): Promise<void> {
    this.commands.push(words);
    const program = programOf(words[0] ?? '');
    await this.configuration(words, folder);
    if (/^(npm|pnpm|yarn|bun)$/.test(program)) return this.packageManager(program, words, folder, depth);
    if (/^(run-s|run-p|npm-run-all2?|concurrently)$/.test(program)) return this.scriptRunner(words, folder, depth);
    if (/^g?make$/.test(program)) return this.make(words, folder, depth);
    if (program === 'tox' || program === 'nox') await this.pythonSessions(folder);
    const inner = innerCommand(words);
    if (inner) await this.command(inner, folder, depth);
    const run = scriptEngines.has(program) ? words.findIndex((word) => /^--run(=|$)/.test(word)) : -1;
    // `node --run test`: the script alone, without what stands before and after it.
    if (run > 0) return this.script(posix.join(folder, 'package.json'), words[run]?.split('=', 2)[1] ?? words[run + 1] ?? '', depth, ['']);
    for (const word of optionFiles(words)) await this.file(word, folder, depth);
    if ((program === 'source' || words[0] === '.') && words[1] !== undefined) await this.file(words[1], folder, depth);
    else if (interpreters.has(program)) await this.main(words, folder, depth);
    else if (words[0]?.includes('/')) await this.file(words[0], folder, depth);
  }

  runner(): Runner {
    const runner = recogniseRunner(this.commands, this.nodeTests);
    return runner === 'go-test' && this.piped ? 'unknown' : runner;
  }

  /** The recipes of the targets that make is given, what they need first. */
  async make(words: Words, folder: string, depth: number): Promise<void> {
    const value = (option: string): string | null => (words.includes(option) ? words[words.indexOf(option) + 1] ?? null : null);
    const place = posix.normalize(posix.join(folder, value('-C') ?? '.'));
    const named = value('-f');
    const file = (named === null ? ['GNUmakefile', 'makefile', 'Makefile'] : [named]).map((name) => this.#inTree(name, place)).find((path) => path !== null);
    const text = file === undefined || file === null ? null : await this.#tree.read(file);
    if (file === undefined || file === null || text === null) return;
    this.meaning.set(file, text);
    const { rules, first, includes } = parseMakefile(text);
    for (const include of includes) await this.file(include, place, depth + 1);
    const targets = operands(words).slice(1).filter((word) => !word.includes('=') && word !== value('-C') && word !== named);
    const seen = new Set<string>();
    const follow = async (target: string): Promise<void> => {
      const rule = rules.get(target);
      if (!rule || seen.has(target) || seen.size > 200) return;
      seen.add(target);
      for (const need of rule.needs) await follow(need);
      for (const line of rule.recipe) await this.line(line, place === '.' ? '' : place, depth + 1);
    };
    for (const target of targets.length > 0 ? targets : [first ?? '']) await follow(target);
  }

  /** tox and nox run what their files say; which runner that is, is all that is looked for. */
  async pythonSessions(folder: string): Promise<void> {
    for (const name of ['tox.ini', 'noxfile.py', 'pyproject.toml']) {
      const path = this.#inTree(name, folder);
      if (path !== null && /\bpytest\b/.test(await this.#tree.read(path) ?? '')) this.commands.push(['pytest']);
    }
  }

  /** The script an interpreter is given. A test file is what a gate judges, not what it is: it stays the head's. */
  async main(words: Words, folder: string, depth: number): Promise<void> {
    const script = mainScript(words);
    if (script === null || words.includes('--test')) return;
    const path = this.#inTree(script, folder);
    const text = path === null ? null : await this.#tree.read(path);
    if (path === null || text === null) return;
    if (/(from\s+|require\(\s*|import\s+|import\(\s*)['"]node:test['"]/.test(text) && !/child_process/.test(text)) this.nodeTests.add(script);
    else await this.file(script, folder, depth);
  }

  async file(word: string, folder: string, depth: number): Promise<void> {
    const path = this.#inTree(word, folder);
    if (path === null || this.meaning.has(path)) return;
    const text = await this.#tree.read(path);
    if (text === null) return;
    this.meaning.set(path, text);
    if (/^\.mocharc\.(json|ya?ml)$/.test(posix.basename(path))) await this.loaded(text, posix.dirname(path), depth);
    if (depth < 12) for (const name of loadedBeside(path, text)) await this.file(name, posix.dirname(path), depth + 1);
    if (/\.(sh|bash)$/.test(path) || /^#!.*\b(ba|z|da)?sh\b/.test(text)) await this.line(text, folder, depth + 1);
  }

  async loaded(configuration: string, folder: string, depth: number): Promise<void> {
    for (const name of loadedByMocha(configuration)) await this.file(name, folder, depth + 1);
  }

  /** What the project has run when its dependencies are installed: that comes before the command, and can write into what it runs. */
  async installation(): Promise<void> {
    const scripts = (await this.#manifest('package.json'))?.scripts ?? {};
    for (const name of ownScripts) {
      const text = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
      if (typeof text === 'string' && !setsGitHooksOnly(text)) await this.script('package.json', name, 0, ['']);
    }
  }

  /** A runner's settings, and the files that they name or load wherever these lie: a base of settings, a preset, an environment. */
  async settings(path: string): Promise<void> {
    await this.file(`/${path}`, '', 0);
    await this.namedBy(this.meaning.get(path) ?? '', posix.dirname(path));
  }

  /** What are tests, what supports them, and sources are judged, and stay the head's. */
  async namedBy(settings: string, folder: string): Promise<void> {
    for (const name of namedIn(settings)) {
      const file = this.#inTree(name, folder);
      if (file !== null && !isTestPath(file) && !inSources.test(posix.dirname(file))) await this.file(`/${file}`, '', 0);
    }
  }

  async configuration(words: Words, folder: string): Promise<void> {
    const programs = words.map((word) => programOf(word));
    const { files, keys, paths, sections } = configurationOf(runnerOf(words, this.nodeTests) === 'mocha' ? [...programs, 'mocha'] : programs);
    const places = new Set(['.', folder === '' ? '.' : folder]);
    const near = files.length === 0 ? [] : [...this.#tree.files].filter((path) => places.has(posix.dirname(path)));
    for (const pattern of files) for (const path of near) if (pattern.test(posix.basename(path))) await this.settings(path);
    for (const path of paths) await this.file(path, folder, 0);
    for (const row of sections) {
      for (const path of new Set([posix.join(folder, row.file), row.file])) {
        const found = this.#tree.files.has(path) ? sectionsOf(await this.#tree.read(path) ?? '', row.sections) : null;
        if (found !== null) this.meaning.set(`${path}#${row.name}`, found);
      }
    }
    if (keys.length === 0) return;
    const path = posix.join(folder, 'package.json');
    const manifest = await this.#manifest(path);
    for (const key of keys) {
      if (manifest?.[key] === undefined) continue;
      const text = JSON.stringify(manifest[key]);
      this.meaning.set(`${path}#${key}`, text);
      if (key === 'mocha') await this.loaded(text, folder, 0);
      await this.namedBy(text, folder);
    }
  }

  async packageManager(program: string, words: Words, folder: string, depth: number): Promise<void> {
    const flag = words.findIndex((word) => word === '--prefix' || word === '-C' || word === '--cwd' || word === '--dir');
    const place = flag >= 0 ? posix.normalize(posix.join(folder, words[flag + 1] ?? '')) : folder;
    const many = words.some((word) => /^(-w|--workspaces?|-ws|--filter|-F|-r|--recursive|workspaces?|foreach)(=|$)/.test(word));
    const rest = operands(words).slice(1).filter((word) => flag < 0 || word !== words[flag + 1]);
    const named = /^(run|run-script|rum|urn)$/.test(rest[0] ?? '') ? rest[1] : rest[0];
    const script = program === 'npm' && (named === 't' || named === 'tst') ? 'test' : named;
    if (script === undefined) return;
    const manifests = many ? [...this.#tree.files].filter((path) => posix.basename(path) === 'package.json').slice(0, packageLimit) : [posix.join(place, 'package.json')];
    const names = many ? rest.map((word) => (word === 't' ? 'test' : word)) : [script];
    for (const path of manifests) for (const name of names) await this.script(path, name, depth);
  }

  /** `run-s lint test:*`, `concurrently "npm:test" "npm run lint"`. */
  async scriptRunner(words: Words, folder: string, depth: number): Promise<void> {
    const manifest = posix.join(folder, 'package.json');
    const known = Object.keys((await this.#manifest(manifest))?.scripts ?? {});
    for (const word of operands(words).slice(1)) {
      if (word.includes(' ')) await this.line(word, folder, depth + 1);
      const name = word.replace(/^npm:/, '').split(' ')[0] ?? '';
      const wanted = new RegExp(`^${name.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*')}$`);
      for (const script of known.filter((candidate) => wanted.test(candidate)).slice(0, 50)) await this.script(manifest, script, depth);
    }
  }

  async script(manifestPath: string, name: string, depth: number, parts: readonly string[] = ['pre', '', 'post']): Promise<void> {
    const scripts = (await this.#manifest(manifestPath))?.scripts ?? {};
    for (const part of parts.map((before) => `${before}${name}`)) {
      const text = Object.hasOwn(scripts, part) ? scripts[part] : undefined;
      if (typeof text !== 'string') continue;
      this.meaning.set(`${manifestPath}#scripts.${part}`, text);
      await this.line(text, posix.dirname(manifestPath) === '.' ? '' : posix.dirname(manifestPath), depth + 1);
    }
  }

  async #manifest(path: string): Promise<PackageFile | null> {
    return this.#tree.files.has(path) ? parsePackageFile(await this.#tree.read(path)) : null;
  }

  #inTree(word: string, folder: string): string | null {
    const path = word.startsWith('/') ? word.slice(1) : posix.normalize(posix.join(folder, word));
    return [path, `${path}.js`, `${path}.cjs`, `${path}.mjs`, `${path}.ts`].find((candidate) => this.#tree.files.has(candidate)) ?? null;
  }
}

/**
 * What a script that takes part in the run loads from its own folder. What lies elsewhere, at the top, among sources or among tests may be what the
 * gate judges, and stays the head's.
 */
function loadedBeside(path: string, text: string): readonly string[] {
  const folder = posix.dirname(path);
  if (!/\.[cm]?[jt]s$/.test(path) || folder === '.' || inSources.test(folder) || isTestPath(`${folder}/`)) return [];
  return [...text.matchAll(/(?:\bfrom\s*|\brequire\(\s*|\bimport\s*\(?\s*)['"](\.\/[^'"/\n]+)['"]/g)].flatMap((match) => match[1] ?? []).slice(0, 50);
}

const inSources = /(^|\/)(src|lib|app|source|sources)(\/|$)/;

/** Files of the tree that settings name: `./config/base.cjs`, `<rootDir>/config/environment.js`. */
function namedIn(text: string): readonly string[] {
  return [...text.matchAll(/["'`](?:<rootDir>\/|(?=\.{1,2}\/))([^"'`\n<>*]+)["'`]/g)].flatMap((match) => match[1] ?? []).slice(0, 50);
}
