import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfinementError, type ConfinedFiles } from '../../src/ports/sandbox.ts';
import { confinedFiles } from '../../src/sandbox/confinedFiles.ts';
import { descriptorWalk } from '../../src/sandbox/descriptorWalk.ts';
import type { Walk } from '../../src/sandbox/place.ts';
import { portableWalk } from '../../src/sandbox/portableWalk.ts';
import { skipBecause } from '../support/skip.ts';

const walks: readonly (readonly [name: string, walk: Walk, linuxOnly: boolean])[] = [['by descriptors', descriptorWalk, true], ['by real paths', portableWalk, false]];

function linkedTo(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // the descriptor of the listing itself
  }
}

for (const [name, walk, linuxOnly] of walks) {
  describe(`confined files ${name} (specs/sandbox.md)`, () => {
    let folder = '';
    let root = '';
    let files: ConfinedFiles;

    before(function () {
      if (process.platform === 'win32') skipBecause(this, 'Makes links and pipes, which Windows does not offer to everyone.');
      if (linuxOnly && process.platform !== 'linux') skipBecause(this, 'Needs /proc/self/fd, which only Linux has.');
    });
    beforeEach(() => {
      folder = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-files-')));
      root = join(folder, 'tree');
      mkdirSync(join(root, 'src/deep'), { recursive: true });
      mkdirSync(join(folder, 'outside'));
      writeFileSync(join(root, 'src/a.ts'), 'inside');
      writeFileSync(join(folder, 'outside/secret'), 'secret');
      files = confinedFiles(root, walk);
    });
    afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const read = async (path: string, limit = 1000): Promise<string | null> => {
      const content = await files.read(path, limit);
      return content === null ? null : new TextDecoder().decode(content);
    };
    async function reason(attempt: Promise<unknown>): Promise<string> {
      try {
        await attempt;
        return 'done';
      } catch (error) {
        assert.ok(error instanceof ConfinementError, String(error));
        return error.reason;
      }
    }

    it('REQ-WALL-20: reads, lists, writes and removes below the root, making folders on the way', async () => {
      await files.write('new/folder/b.ts', bytes('b'));
      await files.write(join(root, 'src/c.ts'), bytes('c'));
      await files.write('src/a.ts', bytes('in'));
      assert.deepEqual([await read('new/folder/b.ts'), await read('src/c.ts'), await read('./src/a.ts')], ['b', 'c', 'in']);
      assert.deepEqual([await files.list('.'), await files.list('src'), await files.list('')], [['new/', 'src/'], ['a.ts', 'c.ts', 'deep/'], ['new/', 'src/']]);
      await files.remove('src/c.ts');
      await files.remove('src/deep');
      assert.deepEqual(await files.list('src'), ['a.ts']);
    });

    it('REQ-WALL-20: what is not there is null to read, and said otherwise', async () => {
      assert.deepEqual([await read('absent'), await read('absent/too'), await read('src/a.ts/x')], [null, null, null]);
      assert.deepEqual([await reason(files.remove('absent')), await reason(files.list('absent')), await reason(files.list('src/a.ts')), await reason(files.write('src/a.ts/x', bytes('')))],
        ['missing', 'missing', 'not-a-file', 'not-a-file']);
    });

    it('REQ-WALL-22: the mode of a file stays, a new one is not executable', async () => {
      chmodSync(join(root, 'src/a.ts'), 0o755);
      await files.write('src/a.ts', bytes('changed'));
      await files.write('src/new', bytes(''));
      assert.deepEqual([statSync(join(root, 'src/a.ts')).mode & 0o777, statSync(join(root, 'src/new')).mode & 0o111], [0o755, 0]);
    });

    it('REQ-WALL-23: links are followed inside and never outside', async () => {
      symlinkSync('a.ts', join(root, 'src/near'));
      symlinkSync('../src', join(root, 'src/deep/up'));
      symlinkSync(join(root, 'src'), join(root, 'absolute'));
      symlinkSync('../../src/deep/../a.ts', join(root, 'src/deep/round'));
      symlinkSync('deep/fresh', join(root, 'src/dangling'));
      for (const path of ['src/near', 'src/deep/round', 'absolute/a.ts', 'absolute/near']) assert.equal(await read(path), 'inside', path);
      await files.write('src/dangling', bytes('fresh'));
      await files.write('absolute/near', bytes('through'));
      assert.deepEqual([await read('src/deep/fresh'), await read('src/a.ts')], ['fresh', 'through']);

      symlinkSync('../outside', join(root, 'out'));
      symlinkSync(join(folder, 'outside/secret'), join(root, 'secret'));
      symlinkSync('../../../../../../etc/passwd', join(root, 'src/far'));
      symlinkSync('../outside/new', join(root, 'plant'));
      symlinkSync('/proc/self/root/etc/passwd', join(root, 'magic'));
      symlinkSync('loop', join(root, 'loop'));
      for (const path of ['out/secret', 'secret', 'src/far', 'magic', 'loop', 'plant']) {
        assert.equal(await reason(files.read(path, 1000)), 'outside', path);
        assert.equal(await reason(files.write(path, bytes('evil'))), 'outside', path);
      }
      assert.deepEqual([await reason(files.list('out')), await reason(files.remove('out/secret')), await reason(files.write('out/x/y', bytes('')))], ['outside', 'outside', 'outside']);
      assert.deepEqual([readFileSync(join(folder, 'outside/secret'), 'utf8'), existsSync(join(folder, 'outside/new')), existsSync(join(folder, 'outside/x'))], ['secret', false, false]);
    });

    it('REQ-WALL-27: what is withheld is neither read nor overwritten, by whatever link, and why is said; a new file may be written', async () => {
      writeFileSync(join(root, 'src/.env'), 'KEY=1');
      symlinkSync('.env', join(root, 'src/open'));
      symlinkSync('src', join(root, 'also'));
      const asked: string[] = [];
      files = confinedFiles(root, walk, (path) => {
        asked.push(path);
        return path.endsWith('.env') ? 'by a test' : null;
      });
      for (const path of ['src/.env', './src/.env', 'src/open', 'also/open', join(root, 'also/.env')]) assert.deepEqual([await reason(files.read(path, 1000)), await reason(files.write(path, bytes('x')))], ['withheld', 'withheld'], path);
      assert.deepEqual([new Set(asked), await read('src/a.ts'), readFileSync(join(root, 'src/.env'), 'utf8')], [new Set(['src/.env']), 'inside', 'KEY=1']);
      await files.write('.env', bytes('NEW=1'));
      await assert.rejects(files.read('.env', 1000), /"\.env" is never sent to a provider \(by a test\), so it is neither read nor overwritten here\. Work without its content/);
      assert.equal(readFileSync(join(root, '.env'), 'utf8'), 'NEW=1');
    });

    it('REQ-WALL-23: a link is removed, not what it leads to', async () => {
      symlinkSync('../outside/secret', join(root, 'secret'));
      assert.equal(readlinkSync(join(root, 'secret')), '../outside/secret');
      await files.remove('secret');
      assert.deepEqual([existsSync(join(folder, 'outside/secret')), lstatSync(join(root, 'secret'), { throwIfNoEntry: false })], [true, undefined]);
    });

    it('REQ-WALL-21: git\'s folder is neither read, written, listed nor removed, nor reached by a link', async () => {
      mkdirSync(join(root, '.git'));
      writeFileSync(join(root, '.git/config'), '[core]');
      symlinkSync('.git/config', join(root, 'config'));
      symlinkSync('../.git', join(root, 'src/g'));
      for (const path of ['.git', '.git/config', '.GIT/config', 'config', 'src/g/config', 'src/g/hooks/x', 'src/../.git'.replace('src/../', 'src/deep/.git/')]) {
        assert.equal(await reason(files.read(path, 1000)), 'protected', path);
        assert.equal(await reason(files.write(path, bytes('evil'))), 'protected', path);
      }
      assert.deepEqual([await reason(files.remove('.git')), await reason(files.list('.git')), await files.list('.')], ['protected', 'protected', ['config', 'src/']]);
      assert.equal(readFileSync(join(root, '.git/config'), 'utf8'), '[core]');
    });

    it('REQ-WALL-24: pipes, sockets, folders and files with a second name are refused at once', async () => {
      execFileSync('bash', ['-c', 'mkfifo "$1"', 'bash', join(root, 'pipe')]);
      linkSync(join(folder, 'outside/secret'), join(root, 'hard'));
      const server = createServer().listen(join(root, 'socket'));
      await once(server, 'listening');
      try {
        for (const path of ['pipe', 'socket', 'src', '.']) assert.deepEqual([path, await reason(files.read(path, 1000)), await reason(files.write(path, bytes('x')))], [path, 'not-a-file', 'not-a-file']);
        assert.deepEqual([await reason(files.write('hard', bytes('evil'))), readFileSync(join(folder, 'outside/secret'), 'utf8')], ['not-a-file', 'secret']);
        assert.equal(await reason(files.remove('.')), 'not-a-file');
        await files.remove('pipe');
      } finally {
        server.close();
      }
    });

    it('REQ-WALL-25: sizes are limited, and told', async () => {
      assert.deepEqual([await read('src/a.ts', 6), await reason(files.read('src/a.ts', 5)), await reason(files.write('big', new Uint8Array(64 * 1024 ** 2 + 1)))], ['inside', 'too-large', 'too-large']);
      assert.ok(!existsSync(join(root, 'big')));
    });

    it('REQ-WALL-25: whatever else the system says is a failure with the path in it, and no descriptor is left open', async () => {
      await assert.rejects(files.write('x'.repeat(300), bytes('')), (error: unknown) => error instanceof ConfinementError && error.reason === 'failed' && error.message.includes('its name is too long'));
      assert.equal(await reason(files.remove('src')), 'failed');
      for (let n = 0; n < 20; n += 1) await reason(files.read('../x', 10));
      if (linuxOnly) assert.deepEqual(readdirSync('/proc/self/fd').filter((fd) => linkedTo(`/proc/self/fd/${fd}`).startsWith(folder)), []);
    });
  });
}
