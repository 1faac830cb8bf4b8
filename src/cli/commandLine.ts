/**
 * The grammar of the command line: words → commands, and whatever happens → an exit code.
 * Owns: names, flags and help. Refuses: what belongs to later versions, by name, instead of "unknown command".
 */
import { Command, CommanderError, Option } from 'commander';
import { agentsCheck } from './commands/agentsCheck.ts';
import { approve, cancel, reject, requestChanges, retry } from './commands/decide.ts';
import { demo } from './commands/demo.ts';
import { edit } from './commands/edit.ts';
import { journalExport, journalVerify, list, log, show } from './commands/look.ts';
import { quarantine } from './commands/quarantine.ts';
import { run } from './commands/run.ts';
import { schema } from './commands/schema.ts';
import { specs } from './commands/specs.ts';
import { triggerAct, triggerList } from './commands/trigger.ts';
import { verify } from './commands/verify.ts';
import { watch } from './commands/watch.ts';
import { workflowDryRun, workflowImport, workflowList, workflowNew, workflowSchema, workflowValidate } from './commands/workflow.ts';
import { checkpointKinds } from '../core/event.ts';
import { UsageError, failureOf } from './failure.ts';
import { invocationOf } from './invocation.ts';
import type { GlobalFlags, Invocation } from './invocation.ts';
import { createOutlet, report } from './outlet.ts';
import type { Outlet } from './outlet.ts';
import type { Surroundings } from './surroundings.ts';

const laterCommands = ['pause', 'resume', 'merge', 'queue', 'conflicts', 'init', 'clean', 'eval', 'serve', 'worker'];
const everyKind = checkpointKinds.join(',');
/** What only a person may ask for. */
const decisions: ReadonlySet<string> = new Set(['run', 'approve', 'request-changes', 'edit', 'reject', 'retry', 'cancel', 'quarantine', 'arm', 'pause', 'resume', 'disarm']);

/** Carries out `words` (without node and program). Never rejects: errors are printed. Resolves with the exit code. */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const outlet = createOutlet(surroundings, words.slice(0, endOfFlags(words)).includes('--json'));
  let code = 0;
  const program = grammar(outlet, surroundings, (next) => { code = next; });
  try {
    await program.parseAsync(withBareYes(words), { from: 'user' });
    return code;
  } catch (error) {
    // Help and version are answers, not errors.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = failureOf(error);
    report(outlet, failure);
    return failure.exit;
  }
}

function endOfFlags(words: readonly string[]): number {
  const end = words.indexOf('--');
  return end < 0 ? words.length : end;
}

/** `--yes` alone means every kind, and never takes the next word as its value. */
function withBareYes(words: readonly string[]): string[] {
  const end = endOfFlags(words);
  return words.map((word, at) => (word === '--yes' && at < end ? `--yes=${everyKind}` : word));
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value];
const yes = (): Option => new Option('--yes [kinds]', 'approve checkpoints without asking: all, or some of --yes=plan,document,choice,review,merge,amendment; never waives a gate, never gives up a requirement').argParser(String);
const sandbox = (): Option => new Option('--sandbox <mode>', 'required, prefer or off');

function grammar(outlet: Outlet, surroundings: Surroundings, ended: (code: number) => void): Command {
  const program = new Command('treeline')
    .description('Runs development tasks as workflows of several AI agents, and merges only what the project\'s own tests proved.')
    .option('--repo <dir>', 'the repository (default: where you are)')
    .option('--config <file>', 'a settings.yaml instead of your own; an engine that runs already keeps the settings it started with')
    .option('--json', 'stdout is one JSON document; for run and watch one event per line, the run view last')
    .version(surroundings.version, '--version', 'print the version')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => outlet.raw(text), writeErr: (text) => { if (!outlet.json) outlet.note(text.trimEnd()); }, outputError: () => undefined })
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride();
  program.hook('preAction', (_program, command) => { if (decisions.has(command.name())) refuseConfined(command.name(), surroundings); });
  /** Runs `carryOut` with what the flags that every command has come to. */
  const does = <Words extends readonly unknown[]>(carryOut: (invocation: Invocation, ...rest: Words) => Promise<number> | number) => async (...rest: [...Words, Command]): Promise<void> => {
    const invocation = invocationOf(surroundings, outlet, program.opts<GlobalFlags>());
    ended(await carryOut(invocation, ...(rest.slice(0, -1) as unknown as Words)));
  };

  program.command('run').argument('<request>', 'what should be done').description('launch a task and follow it')
    .option('--workflow <name>', 'a workflow by name, or its file in the repository').option('--base <ref>', 'where to start, and which branch to land on')
    .option('--spec <glob>', 'a specification to work under instead of what fits the request; may be said again; !GLOB takes away', collect).option('--agent <role=spec>', 'who works: planner, implementer, tester, reviewer or resolver = demo, anthropic:MODEL, openai:MODEL, compatible:NAME/MODEL; may be said again', collect)
    .option('--input <name=value>', 'what the workflow asks for; may be said again', collect)
    .option('--max-usd <n>', 'pause and ask when so much is spent').option('--max-minutes <n>', 'pause and ask when agents worked so long')
    .addOption(yes()).option('--trust', 'let run what this repository defines: set-up and gates').addOption(sandbox())
    .option('--detach', 'print the task\'s id and leave it running').option('--verbose', 'print what agents and gates say, too')
    .option('--after <task>', 'start when that task has landed').option('--on <task>', 'stand on that task\'s branch, and land after it')
    .addOption(new Option('--issue <url>').hideHelp())
    .action(does(run));
  program.command('specs').argument('[request]', 'what should be done').description('which rules and specifications a task would work under, why, and to whom they go')
    .option('--base <ref>', 'where a task would start').option('--spec <glob>', 'pick exactly; may be said again; !GLOB takes away', collect).option('--agent <role=spec>', 'who would work; may be said again', collect)
    .option('--since <ref>', 'also what of them has changed since then').action(does(specs));
  program.command('list').description('all tasks of the repository').option('--passed', 'what the checkpoint policy let pass with nobody looking').action(does(list));
  program.command('show').argument('<task>', 'an id, or the beginning of one').description('how a task stands').option('--document <name>', 'print a document that it wrote instead; NAME@2 is its second version').option('--plan [version]', 'print its plan instead, the newest or an earlier version of it').action(does(show));
  program.command('watch').argument('[task]').description('follow a task; Ctrl-C leaves it running').option('--until <state>', 'waiting: end as soon as it waits for a person').option('--verbose', 'print what agents and gates say, too').action(does(watch));
  program.command('log').argument('<task>').argument('[step]', 'a step, a subtask, or the name of a log').description('what an agent or a gate printed').action(does(log));
  program.command('approve').argument('<task>').description('approve the open checkpoint, or waive a red gate')
    .option('--checkpoint <id>', 'only if this one is open').option('--commit <sha>', 'only if it is about this commit')
    .option('--waive <gate>', 'let a gate that is not proven pass, with its --reason; may be said again', collect).option('--reason <text>', 'why, for the --waive before it', collect)
    .option('--tick <finding>', 'say that you have looked at it; may be said again', collect).action(does(approve));
  program.command('request-changes').argument('<task>').description('send comments back to the agent as one turn')
    .option('--comment <text>', '"[FILE:LINE:] TEXT", FILE without spaces; may be said again', collect).option('--checkpoint <id>', 'only if this one is open').action(does(requestChanges));
  program.command('edit').argument('<task>').description('change the document or the plan of an open checkpoint by hand; what stands then is approved apart')
    .option('--checkpoint <id>', 'which one, where several are open').option('--file <file>', 'the whole text, instead of your editor (VISUAL, EDITOR); - is standard input').option('--print', 'print the text as it is now, to be changed').action(does(edit));
  program.command('reject').argument('<task>').description('end the task; everything it made is kept under private refs').option('--reason <text>', 'why').option('--checkpoint <id>', 'only if this one is open').action(does(reject));
  program.command('retry').argument('<task>').argument('[step]').description('try again what stopped; with a step that is stale: do it again under the new specifications').option('--max-usd <n>', 'a new limit').option('--max-minutes <n>', 'a new limit').action(does(retry));
  program.command('cancel').argument('<task>').argument('[step]').description('end the task').action(does(cancel));
  program.command('verify').description('judge a change by the gates of its base, without any agent')
    .option('--base <ref>').option('--head <ref>').option('--kind <kind>', 'auto, fix, feature, refactor, perf or docs').option('--gate <id>', 'only this gate; may be said again', collect)
    .option('--spec <glob>', 'specifications whose every requirement a test that passes has to name; may be said again', collect).option('--stop-early', 'begin no further gate once one rejects; those that were not run are named').option('--trust', 'let run what this repository defines').addOption(sandbox()).action(does(verify));
  program.command('quarantine').argument('[test]', 'its id, as verify shows it').description('tests that may fail for a while, in .treeline/project.yaml of your checkout; without a test: which there are')
    .option('--reason <text>', 'why').option('--until <day>', 'the last day on which it may fail, as 2030-01-31').option('--gate <id>', 'only in this gate').option('--remove', 'take its entry out').action(does(quarantine));
  const agents = program.command('agents').description('agents and their providers');
  agents.command('check').description('which agents could work here').action(does(agentsCheck));
  const journal = program.command('journal').description('a task\'s record');
  journal.command('export').argument('<task>').description('the whole record as one JSON document, with the evidence of every verdict').action(does(journalExport));
  journal.command('verify').argument('<task>').description('is every line what was written?').action(does(journalVerify));
  const workflow = program.command('workflow').description('workflow files: how tasks run');
  workflow.command('list').description('what there is: built in, in the repository, and of Zenflow').action(does(workflowList));
  workflow.command('new').description('copy a workflow into the repository, to edit it').option('--from <name>', 'which one (default: quick-change)').option('--as <id>', 'the name of the new file').action(does(workflowNew));
  workflow.command('validate').argument('[files...]', 'files or names (default: all of the repository)').description('every mistake at once, each with its place and what to do; ends with 2 when there is one').action(does(workflowValidate));
  workflow.command('import').argument('<file>').description('turn a Zenflow workflow into YAML, or back').option('--to <form>', 'yaml or zenflow').option('--as <id>', 'the name of the new file').action(does(workflowImport));
  workflow.command('dry-run').argument('<file>').description('play it without an agent, and print the path that it takes').option('--outcome <step=word>', 'what comes of a step: success, no-changes, rejected, rate-limit, changes…, one after another with commas; or STEP.NAME=VALUE for an output; may be said again', collect).option('--seed <number>', 'what is not said comes by chance').action(does(workflowDryRun));
  workflow.command('schema').description('the JSON schema of workflow files, for editors').action(does(workflowSchema));
  const trigger = program.command('trigger').description('what may start a workflow by itself');
  trigger.command('list').description('what workflows of this branch offer, what is armed, when it is next and what came of it').action(does(triggerList));
  trigger.command('arm').argument('<id>').description('from now on it starts its workflow').option('--trust', 'let run what this repository defines: set-up and gates').action(does(triggerAct('arm')));
  trigger.command('pause').argument('<id>').description('keep it, but start nothing').action(does(triggerAct('pause')));
  trigger.command('resume').argument('<id>').description('start again; what happened meanwhile is looked at once').action(does(triggerAct('resume')));
  trigger.command('disarm').argument('<id>').description('forget it').action(does(triggerAct('disarm')));
  program.command('demo').description('a whole task on a copy of the sample repository, without key or network')
    .addOption(yes()).option('--prepare <dir>', 'only make the sample repository there, and print how to run its task').option('--keep', 'keep the copy afterwards').option('--verbose', 'print what agents and gates say, too').action(does(demo));
  program.command('schema').argument('[name]').description('the JSON schema of a document that is printed with --json').action(does(schema));
  for (const name of laterCommands) notYet(program, name);
  notYet(agents, 'stats');
  notYet(journal, 'replay');
  return program;
}

/** Where no walls hold, this keeps an agent's or a gate's command from answering by accident; it is no wall itself (I10). */
function refuseConfined(name: string, { environment }: Surroundings): void {
  if (environment['TREELINE_CONFINED'] === undefined) return;
  throw new UsageError('confined', `"treeline ${name}" was called by a command that Treeline itself runs for an agent or a gate (TREELINE_CONFINED is set)`, 'Decisions are a person\'s: call it in a terminal of your own.');
}

/** A command that the contract names and this version has not. */
function notYet(parent: Command, name: string): void {
  parent.command(name, { hidden: true }).argument('[words...]').allowUnknownOption().helpOption(false).action(() => {
    throw new UsageError('not-in-this-version', `"treeline ${parent.parent ? `${parent.name()} ` : ''}${name}" is not in this version of Treeline`, 'See what is there with: treeline help.');
  });
}
