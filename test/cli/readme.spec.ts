// The README says what is there: every link and picture, every command, every flag that it names.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, it } from 'mocha';
import { runCommandLine } from '../../src/cli/commandLine.ts';
import { agentsOf } from '../../src/cli/launchOptions.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = Object.keys((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts);

async function help(...command: string[]): Promise<string> {
  const stdout = new PassThrough();
  const surroundings = { environment: {}, directory: '/', programs: '/', version: '0', stdin: new PassThrough(), stdout, stderr: new PassThrough(), onInterrupt: () => () => undefined };
  return (await runCommandLine([...command, '--help'], surroundings)) === 0 ? String(stdout.read() ?? '') : '';
}

describe('the README', () => {
  it('leads to nothing that is not there', () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? '').filter((target) => !/^https?:/.test(target));
    assert.ok(links.length > 4);
    assert.deepEqual(links.filter((target) => !existsSync(join(root, target))), []);
  });

  it('names commands and flags that the command line has', async () => {
    const general = await help();
    const commands = [...readme.matchAll(/`treeline ([a-z-]+)/g)].map(([, name]) => name ?? '');
    assert.deepEqual([...new Set(commands)].filter((name) => !general.includes(`\n  ${name} `)), []);
    // A command of a group (`workflow new`) has flags of its own.
    const inGroups = ['workflow', 'trigger'].flatMap((group) => ['list', 'new', 'validate', 'dry-run', 'import', 'arm'].map((name) => [group, name]));
    const all = (await Promise.all([...[...new Set([...commands, 'request-changes', 'reject', 'show', 'watch'])].map((name) => help(name)), ...inGroups.map((words) => help(...words))])).join('\n');
    // A file that is shown names commands of other programs.
    const flags = [...readme.replaceAll(/```yaml[\s\S]*?```/g, '').matchAll(/`[^`]*?(--[a-z][a-z-]*)/g)].map(([, flag]) => flag ?? '');
    assert.deepEqual([...new Set(flags)].filter((flag) => !all.includes(flag)), []);
  });

  it('names npm scripts and agents that exist', () => {
    const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '');
    assert.deepEqual(['start', 'test', ...named].filter((name) => !scripts.includes(name)), []);
    assert.deepEqual(agentsOf([...readme.matchAll(/--agent (\S+=\S+)/g)].map(([, agent]) => agent ?? '')), { implementer: ['anthropic:MODEL'], reviewer: ['openai:MODEL'] });
  });
});
