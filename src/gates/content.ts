/**
 * What a commit would have executed on a user's machine: its gates, its set-up and what they resolve to.
 * Owns: how project file and detection become one, and the hash by which a person trusts it. Refuses: to run any of it.
 */
import type { Archive } from '../ports/archive.ts';
import type { ExecutableContent, GateDefinition } from '../core/gate.ts';
import { hashOf } from './canonical.ts';
import { hashesOf, resolveCommand, type TreeText } from './definition.ts';
import { detectGates, parsePackageFile } from './detect.ts';
import { detectSetup } from './detectSetup.ts';
import { ProjectFileError } from '../ports/examiners.ts';
import { readZenflowSettings, zenflowSettingsPath, type ZenflowSettings } from '../core/zenflowSettings.ts';
import { quarantineOf } from './quarantineEntries.ts';
import { parseProjectFile, projectFilePath, type ProjectFile } from './projectFile.ts';

const defaultTimeoutMs = 600_000;

/** Reads a commit's tree; each file once. Nothing larger than 2 MB is a script or a setting. */
export async function treeText(archive: Pick<Archive, 'readFile' | 'listFiles'>, commit: string): Promise<TreeText> {
  const texts = new Map<string, Promise<string | null>>();
  const decode = async (path: string): Promise<string | null> => {
    const bytes = await archive.readFile(commit, path);
    return bytes === null || bytes.byteLength > 2_000_000 ? null : new TextDecoder().decode(bytes);
  };
  const files = new Set(await archive.listFiles(commit));
  return {
    files,
    read(path) {
      if (!files.has(path)) return Promise.resolve(null);
      const known = texts.get(path) ?? decode(path);
      texts.set(path, known);
      return known;
    },
  };
}

/**
 * @throws ProjectFileError with every mistake of `.treeline/project.yaml`, or of `.zenflow/settings.json`
 */
export async function executableContent(archive: Pick<Archive, 'readFile' | 'listFiles'>, commit: string, tree: TreeText): Promise<ExecutableContent> {
  const bytes = tree.files.has(projectFilePath) ? await archive.readFile(commit, projectFilePath) : null;
  const project: ProjectFile = bytes === null ? {} : parseProjectFile(bytes);
  const manifest = parsePackageFile(await tree.read('package.json'));
  const zenflow = await zenflowSettings(tree);
  const gates: readonly (NonNullable<ProjectFile['gates']>[number] & Pick<GateDefinition, 'from'>)[] = project.gates?.map((gate) => ({ ...gate, from: 'project.yaml' as const }))
    ?? (zenflow?.verification ? [{ id: 'verification', run: zenflow.verification, from: zenflowSettingsPath }] : null)
    ?? await detectGates(manifest, tree, async (command) => (await resolveCommand(command, tree)).runners);
  const content = {
    setup: project.setup === undefined ? zenflow?.setup ?? await detectSetup(tree) : project.setup,
    copy: project.copy ?? [...(zenflow?.copy ?? [])],
    gates: await Promise.all(gates.map((gate) => defined(gate, gate.from, tree))),
    protect: project.protect ?? [],
    target: project.merge?.target ?? null,
    ...(project.checkpoints === undefined ? {} : { policy: project.checkpoints }),
  };
  // Not executed: it is no part of what a person trusts.
  const quarantine = quarantineOf(project);
  return { hash: hashOf(content), ...content, ...(quarantine.length > 0 ? { quarantine } : {}) };
}

/** REQ-ZEN-06: what `.zenflow/settings.json` says holds where our own project file does not say otherwise. */
async function zenflowSettings(tree: TreeText): Promise<ZenflowSettings | null> {
  const text = await tree.read(zenflowSettingsPath);
  if (text === null) return null;
  const read = readZenflowSettings(text);
  if (!read.ok) throw new ProjectFileError(zenflowSettingsPath, read.refusal.map((message) => ({ line: 1, message })));
  return read.value;
}

async function defined(gate: NonNullable<ProjectFile['gates']>[number], from: GateDefinition['from'], tree: TreeText): Promise<GateDefinition> {
  const { meaning, runner } = await resolveCommand(gate.run, tree);
  return { id: gate.id, command: gate.run, timeoutMs: gate.timeout ?? defaultTimeoutMs, report: gate.report ?? null,
    ...(gate.findings === undefined ? {} : { findings: { format: gate.findings.format, path: gate.findings.path ?? null } }), ...(gate.coverage === undefined ? {} : { coverage: gate.coverage }),
    runner, resolves: hashesOf(meaning), from };
}
