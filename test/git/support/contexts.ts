// What the parts of the archive work with, for specs of one part: the real git, the real repository, and nothing opened that the part does not need.
import { createContext, type ArchiveContext } from '../../../src/git/archiveContext.ts';
import { objectFolders, readInheritance } from '../../../src/git/gitDirs.ts';
import { defaultWorktreesRoot, detectRepository } from '../../../src/git/repository.ts';
import { createGit } from '../../../src/git/runGit.ts';
import type { Clock, Log } from '../../../src/ports/system.ts';
import { testClock, testLog, type TestRepository } from './repositories.ts';

/** As openRepository makes it. */
export async function contextOf(repository: TestRepository, { clock = testClock(), log = testLog() }: { readonly clock?: Clock; readonly log?: Log } = {}): Promise<ArchiveContext> {
  const git = createGit('git', process.env);
  const facts = await detectRepository(git, repository.path);
  const objects = `${facts.commonDir}/objects`;
  return createContext({
    git, clock, log, facts, inheritance: await readInheritance(facts.commonDir, facts.topLevel, facts.config), objects, objectFolders: await objectFolders(objects), worktreesRoot: defaultWorktreesRoot(facts),
  });
}
