/** Dependencies of a gate, restored from an earlier set-up, beside `npm ci` from packages that lie on this machine. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInstalledTrees } from '../../src/app/installedTrees.ts';
import { quietLog } from './benchJournal.ts';
import type { Figure } from './figure.ts';
import { paired, ratio } from './figure.ts';
import { inMemory } from './inMemory.ts';

const packages = 200, filesEach = 100;

export async function benchDependencies(): Promise<readonly Figure[]> {
  return inMemory(async () => {
    const ground = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
    try {
      return await restoring(ground);
    } finally {
      await rm(ground, { recursive: true, force: true });
    }
  });
}

async function restoring(ground: string): Promise<readonly Figure[]> {
  const environment = { PATH: process.env['PATH'] ?? '', HOME: ground, npm_config_cache: join(ground, 'cache'), npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
  const run = (cwd: string, program: string, ...words: string[]): void => {
    const ran = spawnSync(program, words, { cwd, env: environment, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`${program} ${words.join(' ')}: ${ran.stderr}`);
  };
  const dependencies: Record<string, string> = {}, locked: Record<string, unknown> = {};
  const source = join(ground, 'source/package');
  await mkdir(source, { recursive: true });
  for (let n = 0; n < packages; n += 1) {
    const [name, file] = [`package-${n}`, join(ground, `package-${n}.tgz`)];
    await writeFile(join(source, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
    for (let at = 0; at < filesEach; at += 1) await writeFile(join(source, `file${at}.js`), `exports.number = ${n * filesEach + at};\n`.repeat(100));
    run(join(ground, 'source'), 'tar', '-czf', file, 'package');
    dependencies[name] = `file:${file}`;
    locked[`node_modules/${name}`] = { version: '1.0.0', resolved: `file:${file}`, integrity: `sha512-${createHash('sha512').update(await readFile(file)).digest('base64')}` };
  }
  const project = join(ground, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0', dependencies }));
  await writeFile(join(project, 'package-lock.json'), JSON.stringify({ name: 'project', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': { name: 'project', version: '1.0.0', dependencies }, ...locked } }));
  let checkouts = 0;
  const checkout = async (): Promise<string> => {
    const path = join(ground, `checkout-${checkouts += 1}`);
    await mkdir(path);
    for (const name of ['package.json', 'package-lock.json']) await copyFile(join(project, name), join(path, name));
    return path;
  };
  const first = await checkout();
  run(first, 'npm', 'ci', '--prefer-offline');
  const trees = await openInstalledTrees(join(ground, 'store'), join(ground, 'running'), 'bench', quietLog);
  const key = createHash('sha256').update('bench').digest('hex');
  await trees.keep(key, first, ['node_modules']);
  const measured = await paired(3, async () => {
    if (!await trees.restore(key, await checkout())) throw new Error('nothing was kept');
  }, async () => { run(await checkout(), 'npm', 'ci', '--prefer-offline'); });
  const files = (packages * (filesEach + 1)).toLocaleString('en');
  return [{ what: `dependencies restored, ${files} files`, value: `${Math.round(measured.left)} ms`, against: `${ratio(measured.left, measured.right)} of npm ci --prefer-offline (${Math.round(measured.right)} ms)`, budget: '≤ 0.5 ×', inside: measured.left / measured.right <= 0.5 }];
}
