/** What a repository of Zenflow has executed: its settings, where our own project file does not say otherwise. */
import { deepEqual, rejects } from 'node:assert/strict';
import { readZenflowSettings } from '../../src/core/zenflowSettings.ts';
import { executableContent, treeText } from '../../src/gates/content.ts';

async function content(files: Readonly<Record<string, string>>) {
  const archive = { listFiles: () => Promise.resolve(Object.keys(files)), readFile: (_commit: string, path: string) => Promise.resolve(files[path] === undefined ? null : new TextEncoder().encode(files[path])) };
  const { setup, copy, gates } = await executableContent(archive, 'c', await treeText(archive, 'c'));
  return { setup, copy, gates: gates.map(({ id, command, from }) => `${id}: ${command} (${from})`) };
}
const manifest = JSON.stringify({ scripts: { test: 'mocha' }, dependencies: { a: '1' } });
const settings = JSON.stringify({ setup_script: 'pnpm install', dev_server_script: 'pnpm dev', verification_script: 'pnpm test', copy_files: ['.env'], other: { tool: 1 } });

describe('the settings of Zenflow', () => {
  it('REQ-ZEN-06: give set-up, gate and copied files', async () => {
    deepEqual(await content({ 'package.json': manifest, '.zenflow/settings.json': settings }), { setup: 'pnpm install', copy: ['.env'], gates: ['verification: pnpm test (.zenflow/settings.json)'] });
  });

  it('REQ-ZEN-11: name what nothing comes of', () => {
    const read = readZenflowSettings(settings);
    deepEqual(read.ok && read.value.unused, ['dev_server_script', 'other']);
  });

  it('REQ-ZEN-06: give way to our own project file, key by key', async () => {
    deepEqual(await content({ '.zenflow/settings.json': settings, '.treeline/project.yaml': 'gates: [{ id: unit, run: make check }]\n' }), { setup: 'pnpm install', copy: ['.env'], gates: ['unit: make check (project.yaml)'] });
  });

  it('REQ-ZEN-06: leave to detection what they do not say', async () => {
    deepEqual(await content({ 'package.json': manifest, '.zenflow/settings.json': '{ "setup_script": "" }' }), { setup: 'npm install --no-package-lock', copy: [], gates: ['unit: npm test (package.json)'] });
  });

  it('REQ-ZEN-06: are refused when they cannot be read, or lead outside of the repository', async () => {
    await rejects(content({ '.zenflow/settings.json': '{' }), { name: 'ProjectFileError', file: '.zenflow/settings.json', message: /it is no JSON/ });
    await rejects(content({ '.zenflow/settings.json': '{ "copy_files": ["../../.ssh/id"] }' }), { message: /copy_files\.0: expected a path inside the repository/ });
  });
});
