/** What the editor carries: sizes of the package and its bundles against their budgets, and the cost of loading and evaluating the extension's bundle. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { packageTreeline } from '../../src/build/package.mjs';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';

const dist = join(import.meta.dirname, '../../dist');

export async function benchEditor(): Promise<readonly Figure[]> {
  const figures: Figure[] = [size('extension.js', 1024), size('languageClient.js', null), size('jsonRpc.js', null), size('workflowServer.js', null), size('engine.js', null), size('cliMain.js', null), size('verify.js', null)];
  const load = median(Array.from({ length: 7 }, () => evaluation('extension.js')));
  const { bytes } = await packageTreeline();
  const megabytes = bytes / 1_048_576;
  figures.push({ what: 'the .vsix', value: `${megabytes.toFixed(2)} MB`, against: '', budget: '≤ 5 MB', inside: megabytes <= 5 });
  return [...figures, { what: 'load of extension.js with a stand-in vscode', value: `${load.toFixed(1)} ms`, against: 'its own CPU', budget: '≤ 50 ms', inside: load <= 50 }];
}

function size(file: string, kilobytes: number | null): Figure {
  const found = statSync(join(dist, file)).size / 1024;
  return { what: `dist/${file}`, value: `${Math.round(found)} KB`, against: '', budget: kilobytes === null ? '' : `≤ ${kilobytes} KB`, inside: kilobytes === null ? null : found <= kilobytes };
}

/** Milliseconds of CPU to require the bundle in a fresh process where `vscode` is anything that is asked of it. */
function evaluation(file: string): number {
  const script = `
    const anything = () => new Proxy(function () {}, { get: (_, key) => key === Symbol.toPrimitive ? () => '' : anything(), apply: () => anything(), construct: () => anything() });
    const { Module } = require('node:module');
    const load = Module._load;
    Module._load = (request, ...rest) => request === 'vscode' ? anything() : load(request, ...rest);
    const began = process.threadCpuUsage();
    require(process.argv[1]);
    const { user, system } = process.threadCpuUsage(began);
    process.stdout.write(String((user + system) / 1_000));`;
  const ran = spawnSync(process.execPath, ['-e', script, join(dist, file)], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return Number(ran.stdout);
}
