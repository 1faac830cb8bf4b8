// What the functions of the room work with, of a real repository, where a test asks one of them and not the whole archive.
import { join } from 'node:path';
import { createContext, type ArchiveContext } from '../../../src/git/archiveContext.ts';
import { objectFolders, readInheritance } from '../../../src/git/gitDirs.ts';
import { defaultWorktreesRoot, detectRepository } from '../../../src/git/repository.ts';
import { createGit, type Git } from '../../../src/git/runGit.ts';
import type { Clock, Log } from '../../../src/ports/system.ts';
import { testClock, testLog, type TestRepository } from './repositories.ts';

/** @param options `git`: one that stands between the room and the real one */
export async function contextOf(repository: TestRepository, options: { readonly git?: Git; readonly clock?: Clock; readonly log?: Log } = {}): Promise<ArchiveContext> {
  const { git = createGit('git', process.env), clock = testClock(), log = testLog() } = options;
  const facts = await detectRepository(git, repository.path);
  const objects = join(facts.commonDir, 'objects');
  return createContext({
    git, clock, log, facts, inheritance: await readInheritance(facts.commonDir, facts.topLevel, facts.config), objects, objectFolders: await objectFolders(objects), worktreesRoot: defaultWorktreesRoot(facts),
  });
}
