/**
 * Who says what is never sent: the user's settings, and the project file of the base commit, which can only add to it.
 * Owns: where both are read. Refuses: a project file that cannot be understood: nothing is sent from such a commit.
 */
import { neverSendMistakes } from '../context/neverSend.ts';
import type { NeverSend } from '../context/neverSend.ts';
import { parseProjectFile, projectFilePath } from '../gates/projectFile.ts';
import type { Archive } from '../ports/archive.ts';
import { ProjectFileError } from '../ports/examiners.ts';
import type { Settings } from './settings.ts';

const maxKept = 32;

export function createNeverSend(archive: Pick<Archive, 'readFile'>, settings: () => Settings): (commit: string) => Promise<readonly NeverSend[]> {
  // Asked for at every attempt and at every look; a commit never changes.
  const kept = new Map<string, Promise<NeverSend>>();
  return async (commit) => {
    const known = kept.get(commit) ?? ofProject(archive, commit);
    kept.set(commit, known);
    known.catch(() => kept.delete(commit));
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    return [{ patterns: settings()['context.neverSend'], from: 'your settings' }, await known];
  };
}

/** Rejects with a ProjectFileError. */
async function ofProject(archive: Pick<Archive, 'readFile'>, commit: string): Promise<NeverSend> {
  const bytes = await archive.readFile(commit, projectFilePath);
  const patterns = bytes ? parseProjectFile(bytes).context?.neverSend ?? [] : [];
  const lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n');
  const mistakes = patterns.flatMap((pattern) => neverSendMistakes([pattern]).map((message) => ({ line: Math.max(1, lines.findIndex((line) => line.includes(pattern)) + 1), message: `context.neverSend: ${message}` })));
  if (mistakes.length > 0) throw new ProjectFileError(projectFilePath, mistakes);
  return { patterns, from: projectFilePath };
}
