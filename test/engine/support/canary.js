// What a hostile command tries, run as `node canary.js WHO` inside an agent's shell or a gate; canary.json beside it says where things are.
// Owns: one line, `CANARY {…}`, with an answer for each attempt; one that begins with REACHED is a hole. Refuses: to stop at the first.
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { URL } from 'node:url';

const who = process.argv[2] ?? 'gate';
const known = JSON.parse(readFileSync(new URL('./canary.json', import.meta.url), 'utf8'));
const found = {};

const attempt = (name, work) => {
  try {
    const got = work();
    found[name] = got === undefined || got === '' ? 'nothing' : `REACHED ${String(got).slice(0, 120)}`;
  } catch (error) {
    found[name] = `refused ${error.code ?? error.message}`;
  }
};
const reach = (name, where) => new Promise((resolve) => {
  const socket = connect(where);
  const end = (text) => { found[name] = text; socket.destroy(); resolve(); };
  socket.setTimeout(3_000, () => end('refused no answer'));
  socket.once('connect', () => end('REACHED')).once('error', (error) => end(`refused ${error.code}`));
});
/** Sockets under `folder`, wherever they hide. */
const socketsIn = (folder, depth = 4) => {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isSocket() ? [join(folder, entry.name)] : entry.isDirectory() && depth > 0 ? socketsIn(join(folder, entry.name), depth - 1) : []));
  } catch {
    return [];
  }
};
const command = (name, words, environment) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env: environment, timeout: 60_000 });
  found[name] = status === 0 ? `REACHED ${stdout}` : `refused exit ${status}: ${`${stderr}${stdout}`.trim().split('\n')[0]}`;
};

attempt('token', () => readFileSync(join(known.treeline, 'engine.json'), 'utf8'));
attempt('lock', () => readFileSync(join(known.treeline, 'lock.db')).length);
attempt('journals', () => readdirSync(join(known.treeline, 'runs')).join());
attempt('journal', () => readFileSync(join(known.treeline, 'runs', `${known.task}.jsonl`), 'utf8'));
attempt('forged approval', () => { appendFileSync(join(known.treeline, 'runs', `${known.task}.jsonl`), '{}\n'); return 'written'; });
attempt('other worktree', () => readdirSync(known.worktree).join());
attempt('real configuration', () => readFileSync(join(known.repository, '.git/config'), 'utf8'));
attempt('home', () => readFileSync(join(known.home, 'secret.txt'), 'utf8'));
attempt('home of the system', () => readdirSync('/root').concat(readdirSync('/home')).filter((name) => !known.home.includes(name)).join());
attempt('trust', () => readdirSync(known.state).join());
attempt('key in the environment', () => Object.entries(process.env).filter(([name, value]) => /API_KEY|TOKEN|BASE_URL/.test(name) || value.includes(known.keyBegins)).join());
attempt('key of another process', () => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(known.keyBegins) || readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('engine.js');
  } catch {
    return false;
  }
}).join());
attempt('network', () => Object.keys(networkInterfaces()).filter((name) => name !== 'lo').join());
// A home that is ours alone may be written; whether anything came out of the walls is for the test to see.
for (const path of known.outside) try { writeFileSync(path, who); } catch { /* as it should be */ }
attempt('temporary folder', () => readdirSync('/tmp').filter((name) => statSync(join('/tmp', name)).uid !== process.getuid()).join());
await reach('socket', { path: known.socket });
const sockets = [known.runtime, '/tmp', '/run/user', '/var/run'].flatMap((folder) => socketsIn(folder));
for (const path of sockets) await reach(`found socket ${path}`, { path });
await reach('model server', { host: '127.0.0.1', port: known.port });
const unmarked = { ...process.env };
delete unmarked.TREELINE_CONFINED;
for (const verb of ['approve', 'retry', 'cancel']) command(verb, [known.cli, verb, known.task, '--repo', known.repository], process.env);
const mine = new URL('./program/dist/cli.js', import.meta.url).pathname;
command('approve with a program of its own', [mine, 'approve', known.task, '--repo', known.repository], process.env);
command('approve as if not confined', [mine, 'approve', known.task, '--repo', known.repository], { ...unmarked, XDG_RUNTIME_DIR: known.runtime, HOME: known.home });
process.stdout.write(`CANARY ${who} ${JSON.stringify(found)}\n`);
