// @ts-check
/**
 * `npm start`: shows Treeline at work, with nothing but git, Node and npm on the machine.
 *
 * Builds, makes a repository from the sample in a temporary folder, opens it in VS Code with Treeline loaded, and launches
 * the sample's task with the demo agent, mirrored in this terminal: a checkpoint can be answered in either place. Ctrl+C
 * ends everything and removes the folder.
 *
 * Owns: the order of these steps and that nothing outlives them. Refuses: any other repository than the sample's copy.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { bundle } from './bundle.mjs';
import { endEngine, hasEnded } from './endEngine.mjs';
import { root } from './node.mjs';
import { openEditor } from './vscodeHost/openEditor.mjs';

const usage = `npm start -- [options]
  --no-task    leave launching a task to you (Ctrl+K J in the editor)
  --desktop    the desktop VS Code or none       --browser   the browser-based one, even where there is a desktop one
  --no-open    print the address only            --port N    of the browser-based one; a free one when not given
  --keep       leave the temporary folder there`;

const command = join(root, 'dist', 'cli.js');

/**
 * Runs until Ctrl+C, a request to end, or the closing of the desktop window.
 * @param {string[]} args
 * @returns {Promise<number>} an exit code
 */
export async function start(args) {
  if (args.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const options = readArguments(args);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  const asked = endAsked();
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'treeline-start-'));
  // What Treeline keeps for its user (copies of the engine, what is trusted) goes with the folder.
  const environment = { XDG_DATA_HOME: join(folder, 'data'), XDG_STATE_HOME: join(folder, 'state') };
  const repository = join(folder, 'shelf');
  /** @type {(() => Promise<void>)[]} */
  const ends = [];
  try {
    console.log('Building …');
    await bundle();
    const sample = await prepareSample(repository, environment);
    ends.push(() => endEngine(repository));
    mkdirSync(join(folder, 'editor'));
    const editor = await openEditor({ folder: repository, data: join(folder, 'editor'), kind: options.kind, open: options.open, port: options.port, environment, log: console.log });
    // Before the engine: an editor that is still there would start it again.
    ends.push(editor.stop);
    const closed = Promise.race([asked, editor.closed]);
    if (options.task) await follow(sample, repository, environment, editor.place, closed, ends);
    else console.log(`Launch a task there with Ctrl+K J, or here:\n  node ${command} run "${sample.request}" --repo ${repository} --agent implementer=demo`);
    await closed;
    return 0;
  } finally {
    for (const end of ends.reverse()) await end();
    if (options.keep) console.log(`The sample stays at ${repository}`);
    else {
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      console.log('\nEnded: the sample is removed, nothing runs on.');
    }
  }
}

/** @param {string[]} args @returns {{ task: boolean, open: boolean, keep: boolean, port: number, kind: 'desktop' | 'browser' | undefined } | string} a sentence when they cannot be understood */
function readArguments(args) {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  try {
    const { values } = parseArgs({ args, options: { 'no-task': flag, desktop: flag, browser: flag, 'no-open': flag, keep: flag, port: { type: 'string', default: '0' } } });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) return `--port ${values.port} is not a port number.\n${usage}`;
    if (values.desktop && values.browser) return `--desktop and --browser exclude each other.\n${usage}`;
    return { task: !values['no-task'], open: !values['no-open'], keep: values.keep, port, kind: values.desktop ? 'desktop' : values.browser ? 'browser' : undefined };
  } catch (error) {
    return `${/** @type {Error} */ (error).message}\n${usage}`;
  }
}

/** Resolves at Ctrl+C or when this process is told to end. @returns {Promise<void>} */
function endAsked() {
  return new Promise((resolve) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => resolve());
  });
}

/** @param {string} repository @param {Record<string, string>} environment @returns {Promise<{ request: string, workflow: string }>} */
async function prepareSample(repository, environment) {
  const { stdout } = await promisify(execFile)(process.execPath, [command, 'demo', '--prepare', repository], { env: { ...process.env, ...environment } });
  return JSON.parse(stdout);
}

/**
 * Launches the sample's task on the command line, which mirrors it in this terminal and asks at its checkpoints.
 * @param {{ request: string, workflow: string }} sample @param {string} repository @param {Record<string, string>} environment
 * @param {string} place @param {Promise<void>} closed @param {(() => Promise<void>)[]} ends
 */
async function follow(sample, repository, environment, place, closed, ends) {
  console.log(`The sample's task starts. Watch it here and in the editor; answer its checkpoints in either. Ctrl+C ends all.\n`);
  const child = spawn(process.execPath, [command, 'run', sample.request, '--workflow', sample.workflow, '--repo', repository, '--agent', 'implementer=demo'],
    { stdio: 'inherit', env: { ...process.env, ...environment } });
  /** @type {Promise<number>} */
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 130));
  });
  // Ctrl+C in the terminal reaches it by itself; other ends do not.
  ends.push(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await Promise.race([ended, hasEnded(Number(child.pid))]);
  });
  const code = await Promise.race([ended, closed]);
  if (code === 130) process.kill(process.pid, 'SIGINT'); // it was asked at a prompt, where Ctrl+C is a key and no signal
  else if (code !== undefined) console.log(`\nVS Code stays at ${place}\nCtrl+C ends it and removes the sample.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    // Not `exitCode`: a terminal that was handed to others, or a system browser, must not keep this process.
    process.exit(await start(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
