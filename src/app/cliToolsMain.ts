/**
 * Entry of dist/cliTools.js: what the command line needs of rooms that it may not look into. Prints one JSON document.
 *   prepare --from DIR --to DIR   the sample repository · history --repo DIR   its commits · settings   the user's own
 *   quarantine VERB --repo DIR …   tests put aside in the checkout's project file
 *   workflow VERB --repo DIR --directory DIR …   workflow files of a checkout; paths are meant from `--directory`
 * Owns: the process. Refuses: everything else.
 */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { TreelineError } from '../client/treelineError.ts';
import { doorError } from './doorErrors.ts';
import { historyOf, makeSampleRepository } from './sampleRepository.ts';
import { quarantineAnswer } from './quarantineTools.ts';
import { readSettings } from './settings.ts';
import { workflowAnswer } from './workflowTools.ts';

async function answer(): Promise<object> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { from: text, to: text, repo: text, directory: text, as: text, stub: { type: 'string', multiple: true }, seed: text, test: text, reason: text, until: text, gate: text } });
  const { from, to, repo } = values;
  const [what, ...rest] = positionals;
  if (what === 'prepare' && from !== undefined && to !== undefined) return { commit: await makeSampleRepository(from, to, process.env) };
  if (what === 'history' && repo !== undefined) return { lines: await historyOf(repo, process.env) };
  if (what === 'settings') return { endpoints: (await readSettings(process.env))['agents.endpoints'] };
  if (what === 'workflow' && repo !== undefined) return workflowAnswer({ repository: repo, builtIn: join(dirname(process.argv[1] ?? ''), 'workflows') }, rest, values);
  if (what === 'quarantine' && repo !== undefined) return quarantineAnswer(repo, rest[0], values, new Date().toISOString().slice(0, 10));
  throw new TreelineError('invalid-request', `"${process.argv.slice(2).join(' ')}" is not understood.`, 'Use: prepare --from DIR --to DIR, history --repo DIR, settings, quarantine VERB --repo DIR, or workflow VERB --repo DIR.');
}

void answer().then((document) => { process.stdout.write(`${JSON.stringify(document)}\n`); }, (error: unknown) => {
  const known = doorError(error);
  const { code, message, next, exit } = known instanceof TreelineError ? known : new TreelineError('failed', error instanceof Error ? error.message : String(error), 'Try again.');
  process.stdout.write(`${JSON.stringify({ error: { code, message, next } })}\n`);
  process.exitCode = exit;
});
