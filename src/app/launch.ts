/**
 * From what a person asks for to a launch request with everything pinned, or the reason why it cannot start.
 * Owns: the order of checks: all of them before anything is written. Refuses: content that nobody trusted, demo outside the sample.
 */
import { pricingOf } from '../agents/prices.ts';
import { TreelineError } from '../client/treelineError.ts';
import type { ExecutableContent } from '../core/gate.ts';
import { inputLines, inputMistakes } from '../core/inputs.ts';
import type { GivenInputs } from '../core/inputs.ts';
import { stricter } from '../core/policy.ts';
import type { TaskRequirement } from '../core/requirement.ts';
import type { Value, Workflow } from '../core/workflow.ts';
import { readZenflowSettings, zenflowSettingsPath } from '../core/zenflowSettings.ts';
import type { LaunchRequest } from '../engine/enginePorts.ts';
import type { Archive, Base } from '../ports/archive.ts';
import type { Examiners } from '../ports/examiners.ts';
import type { SpecLibrary } from '../ports/library.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { Answer, Launch, Params } from '../protocol/messages.ts';
import { agentChains } from './agentChains.ts';
import { endpointsOf } from './keyRing.ts';
import { compatibleEndpoints } from './settings.ts';
import type { Settings } from './settings.ts';
import { withPresets } from './presets.ts';
import type { Trust } from './trust.ts';
import { demandTrust, isTrusted, shownContent, workflowContent } from './workflowTrust.ts';
import type { Shelf } from './workflowShelf.ts';
import { groundOf, startOf } from './upstreamTask.ts';
import type { Below } from './upstreamTask.ts';

export interface LaunchMeans {
  readonly archive: Pick<Archive, 'resolveBase' | 'readFile' | 'listFiles' | 'tip'>;
  readonly examiners: Pick<Examiners, 'content'>;
  readonly sandbox: Pick<Sandbox, 'probe'>;
  readonly shelf: Shelf;
  readonly trust: Trust;
  readonly settings: () => Promise<Settings>;
  readonly library: Pick<SpecLibrary, 'look' | 'contextOf'>;
  /** Rejects with GitError `unknown-ref`. */
  readonly resolve: (ref: string) => Promise<{ readonly commit: string }>;
}

/** Characters of a requirement's text, and requirements, that a run keeps: those it is held to first. */
const requirementText = 300;
const requirementsKept = 500;
const sampleName = 'treeline-sample';

/** What a launch from `base` would mean here: shown before anyone starts or trusts anything. */
export async function inspect(means: LaunchMeans, { base: ref, workflow }: Params<'inspect'>, below: Below | null): Promise<Answer<'inspect'>> {
  const base = await groundOf(means.archive, ref, below);
  const content = await means.examiners.content(base.commit);
  const files = await means.archive.listFiles(base.commit);
  return {
    base: { ref: base.ref, commit: base.commit, target: base.target }, dirty: [...base.dirty], content,
    trusted: !runsSomething(content) || await means.trust.has(content.hash),
    workflows: await means.shelf.list(base.commit), defaultWorkflow: await defaultWorkflow(means, base.commit), sample: await isSample(means, base.commit),
    specs: files.filter((path) => path.startsWith('specs/') && path.endsWith('.md')),
    workflow: workflow === undefined ? null : await lookAtWorkflow(means, base.commit, workflow),
  };
}

/** Null where the settings, or what they name, are wrong: a launch without a workflow says why. */
async function defaultWorkflow({ shelf, settings }: LaunchMeans, commit: string): Promise<string | null> {
  return settings().then((own) => shelf.find(commit, own['workflow.default'])).then(({ id }) => id, () => null);
}

/** The workflow that a launch would take, with what of it a person has to approve first. Null: the one that the settings name. */
async function lookAtWorkflow(means: LaunchMeans, commit: string, wanted: string | null): Promise<NonNullable<Answer<'inspect'>['workflow']>> {
  const found = await means.shelf.find(commit, wanted ?? (await means.settings())['workflow.default']);
  const content = await workflowContent(means.archive, commit, found);
  const trusted = await isTrusted(means.trust, content);
  const { changed, text } = trusted ? { changed: false, text: '' } : await shownContent(means.trust, content);
  return { id: found.id, name: found.workflow.name, inputs: found.workflow.inputs, hash: content.hash, trusted, changed, shown: text };
}

/** Rejects with a TreelineError, or with what archive and examiners reject with (see doorErrors.ts). */
export async function launchRequest(means: LaunchMeans, launch: Launch, below: Below | null): Promise<LaunchRequest> {
  if (launch.request.trim() === '') throw new TreelineError('empty-request', 'The request is empty: there is nothing to do.', 'Say what should be done: treeline run "…".');
  const settings = await means.settings();
  const base = await groundOf(means.archive, launch.base, below);
  const found = await means.shelf.find(base.commit, launch.workflow ?? settings['workflow.default']);
  const inputs = await pinnedInputs(means, found.workflow, launch.inputs ?? {});
  const content = await means.examiners.content(base.commit);
  knownGates(found.workflow, content);
  // A workflow of commands and gates alone needs no agent, and so no key.
  const { workflow, notes } = withPresets(found.workflow, settings['agents.presets']);
  const steps = workflow.steps.filter((step) => step.kind === 'agent');
  const chains = steps.length === 0 ? { agents: {}, sameProvider: false, notes: [] } : agentChains({
    named: launch.agents, settings: chainsInSettings(settings), steps,
    endpoints: { ...endpointsOf(launch.keys), compatible: compatibleEndpoints(settings) }, sample: await isSample(means, base.commit),
  });
  const sandbox = launch.sandbox ?? settings['sandbox.mode'];
  if (sandbox === 'required') {
    const { kind, why } = await means.sandbox.probe();
    if (kind === 'none') throw new TreelineError('no-sandbox', `A sandbox is required, and there is none here: ${why}`, 'Make it work, or allow runs without one: --sandbox prefer.');
  }
  await trusted(means.trust, content, launch.trust);
  await demandTrust(means.trust, await workflowContent(means.archive, base.commit, found), launch.workflowTrust ?? null);
  const target = below?.how === 'on' ? base.target : await targetOf(means, base, content);
  // Work that depends on another task has its start, and its target, only when that has landed.
  const targetTip = below ? null : await means.archive.tip(target);
  return {
    request: launch.request.trim(), workflow, workflowHash: found.hash, base: startOf(base, below), target, ...(targetTip === null ? {} : { targetTip }), ...await specsOf(means, base.commit, launch), agents: chains.agents, sameProvider: chains.sameProvider,
    unpriced: unpricedOf([...Object.values(chains.agents).flat(), ...steps.flatMap((step) => step.agents ?? [])], settings['agents.prices']), notes: [...notes, ...chains.notes, ...await unusedNotes(means, base.commit, workflow)],
    budget: { usd: launch.budget.usd ?? settings['budget.maxUsdPerTask'], minutes: launch.budget.minutes ?? settings['budget.maxMinutesPerTask'] },
    settings: { sandbox, slots: settings['run.maxParallelAgents'], yes: launch.yes, stepMinutes: settings['budget.maxMinutesPerStep'], policy: stricter(settings['checkpoints.policy'], content.policy ?? null) }, content, by: launch.by, inputs,
    ...(below ? { upstream: { task: below.state.task, how: below.how } } : {}),
  };
}

/** What a Zenflow repository says in its settings and nothing comes of. */
async function unusedNotes(means: LaunchMeans, commit: string, { origin }: Workflow): Promise<readonly string[]> {
  const bytes = origin === 'zenflow' ? await means.archive.readFile(commit, zenflowSettingsPath) : null;
  const read = bytes && readZenflowSettings(Buffer.from(bytes).toString('utf8'));
  return read?.ok && read.value.unused.length > 0 ? [`Of ${zenflowSettingsPath} nothing comes of ${read.value.unused.slice(0, 10).join(', ')}: its set-up, verification and copied files count.`] : [];
}

/** What was given, of the declared types; a commit as its full id, so that the run means the same commit for ever. */
async function pinnedInputs(means: LaunchMeans, workflow: Workflow, given: GivenInputs): Promise<Record<string, Value>> {
  const wrong = inputMistakes(workflow.inputs, given);
  if (wrong.length > 0) throw new TreelineError('invalid-input', `The workflow "${workflow.name}" cannot start like this: ${wrong.join('; ')}.`, inputLines(workflow.inputs).length > 0 ? `It asks for: ${inputLines(workflow.inputs).join(' · ')}` : 'It asks for no inputs.');
  const pinned = Object.entries(workflow.inputs).map(async ([name, input]): Promise<readonly (readonly [string, Value])[]> => {
    const value = given[name] ?? (input.commit ? input.default : null);
    if (value === null || value === undefined) return [];
    return [[name, input.commit ? (await means.resolve(String(value))).commit : value]];
  });
  return Object.fromEntries((await Promise.all(pinned)).flat());
}

/** What a task on `commit` with this workflow would have executed is trusted, now (`given`) or before. Rejects with `untrusted`. */
export async function demandTrustIn(means: LaunchMeans, commit: string, workflow: string, given: { readonly trust: string | null; readonly workflowTrust?: string | null | undefined }): Promise<void> {
  await trusted(means.trust, await means.examiners.content(commit), given.trust);
  await demandTrust(means.trust, await workflowContent(means.archive, commit, await means.shelf.find(commit, workflow)), given.workflowTrust ?? null);
}

/** Whose tokens will count at the price of another one, since their own is not known. */
function unpricedOf(specs: readonly string[], own: Settings['agents.prices']): NonNullable<LaunchRequest['unpriced']> {
  return [...new Set(specs)].filter((spec) => spec !== 'demo').flatMap((agent) => {
    const { countedAs } = pricingOf(agent, own);
    return countedAs === null ? [] : [{ agent, countedAs }];
  });
}

/** Rejects with `untrusted` unless the user has trusted this content, now or before. */
async function trusted(trust: Trust, content: ExecutableContent, given: string | null): Promise<void> {
  if (!runsSomething(content) || await trust.has(content.hash)) return;
  // A state folder that cannot be written asks again next time; it does not stop what was allowed in words.
  if (given === content.hash) return trust.add(content.hash).catch(() => undefined);
  const runs = [...(content.setup === null ? [] : [`set-up: ${content.setup}`]), ...content.gates.map((gate) => `gate ${gate.id}: ${gate.command}`)];
  const changed = given === null ? '' : ' What you trusted is not what is there now.';
  throw new TreelineError('untrusted', `Nobody has trusted what this repository would run on your machine.${changed} ${runs.join('; ')} (content ${content.hash.slice(0, 12)})`, 'Read it, then trust it: --trust.');
}

/** A gate that the project does not have would be passed over in silence. */
function knownGates(workflow: Workflow, content: ExecutableContent): void {
  const known = content.gates.map((gate) => gate.id);
  const wrong = workflow.steps.flatMap((step) => (step.kind === 'gate' ? (step.gates ?? []).filter((gate) => !known.includes(gate)).map((gate) => `step "${step.id}" runs the gate "${gate}"`) : []));
  if (wrong.length > 0) throw new TreelineError('invalid-file', `The workflow names gates that this project does not have: ${wrong.join('; ')}.`, `Gates of the project: ${known.join(', ') || 'none'}. Add them to .treeline/project.yaml in a commit, or name others.`);
}

function runsSomething(content: ExecutableContent): boolean {
  return content.setup !== null || content.gates.length > 0;
}

/** The branch that the project names, else the one that the base names. */
async function targetOf(means: LaunchMeans, base: Base, content: ExecutableContent): Promise<string> {
  if (content.target === null) return base.target;
  const target = content.target.startsWith('refs/') ? content.target : `refs/heads/${content.target}`;
  if (await means.archive.tip(target) !== null) return target;
  throw new TreelineError('no-target', `.treeline/project.yaml lands on "${content.target}", and there is no such branch.`, `Make the branch (git branch ${content.target}), or mend merge.target in a commit.`);
}

/** The demo agent's script fits one repository, which says so in its package.json. */
export async function isSample(means: Pick<LaunchMeans, 'archive'>, commit: string): Promise<boolean> {
  const bytes = await means.archive.readFile(commit, 'package.json');
  if (!bytes) return false;
  try {
    const manifest: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof manifest === 'object' && manifest !== null && 'name' in manifest && manifest.name === sampleName;
  } catch {
    return false;
  }
}

/** What was shown is what is pinned: the pick, or what was ranked, as paths; and its requirements. A pick that finds nothing at all is a mistake. */
async function specsOf(means: LaunchMeans, commit: string, { request, specs }: Launch): Promise<Pick<LaunchRequest, 'specs' | 'specsHash' | 'requirements'>> {
  const { choice, files, remarks } = await means.library.look(commit, request, specs);
  const picks = specs.some((spec) => !spec.startsWith('!'));
  if (picks && !files.some((file) => file.chosen && !file.always)) throw new TreelineError('unknown-spec', remarks.join(' ') || 'What was picked as specifications is in already, as rules.', 'See what there is with: treeline specs.');
  const words = new Set(request.split(/[^\p{L}\p{N}./-]+/u).map((word) => word.replace(/[.]+$/, '')));
  const requirements = files.filter((file) => file.chosen).flatMap((file) => file.requirements.map(({ id, label, text, line }): TaskRequirement => (
    { id, text: text.slice(0, requirementText), file: file.path, line, held: words.has(id) || (label !== null && words.has(label)) || words.has(file.path) || words.has(file.path.split('/').at(-1) ?? '') })));
  const { hash } = await means.library.contextOf(commit, choice);
  return { specs: [...choice], specsHash: hash, requirements: [...requirements.filter(({ held }) => held), ...requirements.filter(({ held }) => !held)].slice(0, requirementsKept) };
}

export function chainsInSettings(settings: Settings): Record<string, readonly string[]> {
  return compact({ planner: settings['agents.planner'], implementer: settings['agents.implementer'], reviewer: settings['agents.reviewer'], tester: settings['agents.tester'], resolver: settings['agents.resolver'] });
}

function compact<Value>(record: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}
