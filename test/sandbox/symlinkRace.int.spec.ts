// A program inside the tree swaps a folder, and a file, for links that lead out, as fast as it can, while file tools work on them.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfinementError } from '../../src/ports/sandbox.ts';
import { confinedFiles } from '../../src/sandbox/confinedFiles.ts';
import { descriptorWalk } from '../../src/sandbox/descriptorWalk.ts';
import { needsLinux } from './ground.ts';

/** Rounds of one read, one write and one listing for each of the two races. */
const rounds = Number(process.env['TREELINE_RACE_ROUNDS'] ?? 1500);

const swapper = `
  const { renameSync, rmSync } = require('fs');
  const move = (from, to) => {
    for (;;) try { return renameSync(from, to); } catch { try { rmSync(to, { recursive: true, force: true }); } catch {} } // a tool may have made it anew meanwhile
  };
  const swap = (a, b) => { move(a, 'spare'); move(b, a); move('spare', b); };
  console.log('ready');
  for (;;) { swap('folder', 'link'); swap('file', 'leak'); }`;

describe('file tools under a race (specs/sandbox.md)', function () {
  this.timeout(120_000);
  let folder = '';
  let swapping: ChildProcess | undefined;

  before(function () { needsLinux(this); });
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-race-')));
    for (const name of ['tree/folder', 'outside']) mkdirSync(join(folder, name), { recursive: true });
    for (const name of ['tree/folder/target', 'tree/file']) writeFileSync(join(folder, name), 'inside');
    writeFileSync(join(folder, 'outside/target'), 'secret');
    symlinkSync('../outside', join(folder, 'tree/link'));
    symlinkSync('../outside/target', join(folder, 'tree/leak'));
  });
  afterEach(async () => {
    if (swapping !== undefined && swapping.kill('SIGKILL')) await once(swapping, 'close');
    rmSync(folder, { recursive: true, force: true });
  });

  it(`REQ-WALL-26: ${rounds} rounds, and nothing outside was read, written or listed`, async () => {
    swapping = spawn(process.execPath, ['-e', swapper], { cwd: join(folder, 'tree'), stdio: ['ignore', 'pipe', 'inherit'] });
    if (swapping.stdout !== null) await once(swapping.stdout, 'data');
    const files = confinedFiles(join(folder, 'tree'), descriptorWalk);
    const seen = new Map<string, number>();
    const count = async (attempt: Promise<string>): Promise<void> => {
      const what = await attempt.catch((error: unknown) => { if (error instanceof ConfinementError) return error.reason; throw error; });
      seen.set(what, (seen.get(what) ?? 0) + 1);
    };
    const text = (content: Uint8Array | null): string => (content === null ? 'absent' : content.length === 0 ? 'empty' : new TextDecoder().decode(content));
    for (let round = 0; round < rounds; round += 1) {
      for (const path of ['folder/target', 'file']) {
        await count(files.read(path, 100).then(text));
        await count(files.write(path, Buffer.from('inside')).then(() => 'written'));
      }
      await count(files.list('folder').then((names) => `lists ${names.join(' ')}`));
      await count(files.write('folder/planted', Buffer.from('inside')).then(() => 'written'));
    }
    assert.equal(swapping.exitCode, null);
    assert.equal(seen.get('secret'), undefined);
    assert.deepEqual([readFileSync(join(folder, 'outside/target'), 'utf8'), readdirSync(join(folder, 'outside'))], ['secret', ['target']]);
    assert.ok((seen.get('inside') ?? 0) > 0 && (seen.get('outside') ?? 0) > 0, `the race took place: ${JSON.stringify([...seen])}`);
  });
});
