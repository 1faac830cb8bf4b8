// One whole task as a process of its own, so that a test can kill it anywhere: done again it comes to the same end.
// Arguments: folder of the repository, path of git. Prints the landed commit.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRepository } from '../../../src/git/createArchive.ts';

const [directory = '', gitBinary = ''] = process.argv.slice(2);
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => 1_800_000_000_000, after: async () => undefined };
const { archive } = await openRepository({ directory, clock, log: silent, gitBinary });
const target = 'refs/heads/main';
const start = (await archive.listFiles(await archive.tip(target) ?? '')).includes('landed.txt') ? null : (await archive.resolveBase('base')).commit;
if (start !== null) {
  for (const unit of ['implement/one', 'implement/two']) {
    const { path } = await archive.openWorktree({ task: 't1', unit, start, keep: true });
    writeFileSync(join(path, unit === 'implement/one' ? 'landed.txt' : 'second.txt'), `${unit}\n`);
    writeFileSync(join(path, 'left.env'), 'ignored\n');
    const made = await archive.commitWorktree({ task: 't1', unit, n: 1, parent: start, message: unit, at: 1_700_000_000_000 });
    if (made === null) throw new Error(`nothing was committed for ${unit}`);
    const onto = await archive.tip('refs/heads/treeline/t1/integration') ?? start;
    if ((await archive.listFiles(onto)).includes(unit === 'implement/one' ? 'landed.txt' : 'second.txt')) continue;
    const merged = await archive.integrate({ task: 't1', unit, commit: made.commit, onto, message: unit, at: 1_700_000_000_000 });
    if (merged.kind !== 'clean') throw new Error('conflict');
    await archive.advance({ task: 't1', from: onto, to: merged.commit });
  }
  const head = await archive.tip('refs/heads/treeline/t1/integration') ?? '';
  const candidate = await archive.makeCandidate({ task: 't1', head, base: start, target, message: 'Task', at: 1_700_000_000_000 });
  if (candidate.kind !== 'clean') throw new Error('conflict');
  await archive.land({ target, onto: candidate.onto, commit: candidate.commit, tree: candidate.tree }, (reasons) => { throw new Error(reasons.join()); }, new AbortController().signal);
}
await archive.cleanUp('t1');
process.stdout.write(`${await archive.tip(target)}\n`);
