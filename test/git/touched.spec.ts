import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchCheckout } from '../../src/git/touched.ts';
import { openWorkTree } from '../../src/git/workTree.ts';

describe('a look at a checkout', () => {
  let ground: string, asked: string[];
  beforeEach(() => {
    ground = mkdtempSync(join(tmpdir(), 'treeline-touched-'));
    asked = [];
    for (const folder of ['judge', 'tree']) mkdirSync(join(ground, folder));
    writeFileSync(join(ground, 'judge/index'), '');
  });
  afterEach(() => { rmSync(ground, { recursive: true }); });

  /** The system tells times of change apart by some milliseconds. */
  const untilLater = (): void => {
    const changed = (path: string): bigint => statSync(join(ground, path), { bigint: true }).ctimeNs;
    const last = changed('tree/a');
    do writeFileSync(join(ground, 'later'), ''); while (changed('later') <= last);
  };

  /** Whose git answers so, and says by which index it was asked. */
  const watched = (names: readonly string[], said: Readonly<Record<string, string>>): ReturnType<typeof watchCheckout> => watchCheckout(openWorkTree({
    git: async ({ args, environment }) => {
      const index = environment?.['GIT_INDEX_FILE'] ?? 'index';
      asked.push(`${args.filter((arg) => !/^-[zqt]$/.test(arg)).join(' ')} by ${index.split('/').at(-1) ?? ''}${index === 'index' ? '' : `, ${statSync(index).mtimeMs > Date.now() ? 'later' : 'earlier'} than all`}`);
      return { code: 0, stdout: Buffer.from(said[args.includes('-t') ? 'look' : args[0] ?? ''] ?? '', 'latin1'), stderr: '', cut: false };
    },
  }, join(ground, 'tree'), join(ground, 'judge'), null), Promise.resolve(names));

  it('REQ-GIT-95 asks git once, by an index that takes times at their word, where nothing was touched', async () => {
    mkdirSync(join(ground, 'tree/dir/deep'), { recursive: true });
    for (const name of ['dir/b', 'dir/deep/c', 'a']) writeFileSync(join(ground, `tree/${name}`), '');
    untilLater();
    const look = await watched(['a', 'dir/b', 'dir/deep/c'], { look: '? new\0? nested/\0' });
    assert.deepEqual(await look(), { removed: [], modified: [], added: ['new'], nested: ['nested/'] });
    assert.deepEqual(asked, ['ls-files --others --modified --deleted --exclude-standard by index-trusting, later than all']);
  });

  it('REQ-GIT-95 reads again by one that takes none, and tells only of what was touched, whoever noticed', async () => {
    for (const name of ['a', 'b']) writeFileSync(join(ground, `tree/${name}`), '');
    untilLater();
    const entry = (letter: string, name: string): string => `:100644 100644 x y ${letter}\0${name}\0`;
    const look = await watched(['a', 'b', 'gone'], { look: 'C b\0', 'diff-files': entry('M', 'a') + entry('M', 'b') + entry('D', 'gone') + entry('D', 'never there') });
    assert.deepEqual(await look(), { removed: ['gone'], modified: ['b'], added: [], nested: [] });
    assert.deepEqual(asked.slice(1), [
      'update-index --refresh --ignore-submodules by index-doubting, earlier than all', 'diff-files --raw --no-renames --no-ext-diff --ignore-submodules=all by index-doubting, earlier than all', 'ls-files --others --exclude-standard by index-doubting, earlier than all',
    ]);
    assert.deepEqual(readdirSync(join(ground, 'judge')).sort(), ['index', 'index-doubting', 'index-trusting', 'laid']);
  });
});
