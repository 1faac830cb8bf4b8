/** specs/journal.md: logs beside the journal. */
import assert from 'node:assert/strict';
import { appendFile, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { createAttemptLog, listLogs, pickLog, readLogFile } from '../../src/journal/attemptLogFile.ts';
import { inFolder, recordingLog } from './support.ts';

describe('attempt logs', () => {
  it('REQ-JOURNAL-17 keeps a log per command, as plain text without escape sequences and invisible characters', () => inFolder(async (folder) => {
    const log = createAttemptLog({ folder, log: recordingLog() });
    log.write('t1', 'implement/a#1', { kind: 'text', text: 'red \u001b[31mtext\u001b[0m\u202e\u0007\r\n' });
    log.write('t1', 'implement/a#1', { kind: 'tool-call', name: 'run', summary: 'npm test' });
    log.write('t1', 'implement/a#1', { kind: 'tool-result', name: 'run', ok: false, text: 'x'.repeat(3_000) });
    log.write('t1', 'implement/a#1:gate', { kind: 'text', text: 'ok\n' });
    await log.flush();
    assert.deepEqual([...await listLogs(folder, 't1')].sort(), ['implement/a#1', 'implement/a#1:gate']);
    assert.equal(await readLogFile(folder, 't1', 'implement/a#1'), `red text\n\n▸ run npm test\n✗ run: ${'x'.repeat(2_000)}… (3000 characters)\n`);
    assert.equal((await stat(join(folder, 'logs/t1', 'implement%2Fa%231.log'))).mode & 0o777, 0o600);
  }));

  it('REQ-JOURNAL-18 stops at its size limit and says so once', () => inFolder(async (folder) => {
    const log = createAttemptLog({ folder, log: recordingLog(), limit: 100 });
    for (let part = 0; part < 5; part += 1) {
      log.write('t1', 'plan#1', { kind: 'text', text: 'y'.repeat(60) });
      await log.flush();
    }
    assert.equal(await readLogFile(folder, 't1', 'plan#1'), `${'y'.repeat(100)}\n… (the log is longer than 100 bytes; the rest is left out)\n`);
  }));

  it('REQ-JOURNAL-18 fails nothing when it cannot be written', () => inFolder(async (folder) => {
    await writeFile(join(folder, 'logs'), '');
    const said = recordingLog();
    const log = createAttemptLog({ folder, log: said });
    log.write('t1', 'plan#1', { kind: 'notice', text: 'hello' });
    await log.flush();
    assert.equal(said.lines.length, 1);
    assert.equal(await readLogFile(folder, 't1', 'plan#1'), null);
  }));

  it('REQ-JOURNAL-21 keeps what an attempt has spent apart from what its model writes, and gives the last whole word of it to the next process', () => inFolder(async (folder) => {
    const log = createAttemptLog({ folder, log: recordingLog() });
    const spend = (calls: number) => ({ usage: { input: 10 * calls, cached: 0, output: calls, calls }, costUsd: null, estimatedUsd: calls / 2 });
    log.write('t1', 'plan#1', { kind: 'spent', spend: spend(1) });
    log.write('t1', 'plan#1', { kind: 'text', text: `${JSON.stringify(spend(99))}\n` });
    log.write('t1', 'plan#1', { kind: 'spent', spend: spend(2) });
    await log.flush();
    await appendFile(join(folder, 'logs/t1', 'plan%231.spend'), '{"usage":{"inp');
    const next = createAttemptLog({ folder, log: recordingLog() });
    const found = await next.lastSpend('t1', 'plan#1');
    assert.deepEqual([found?.spend, found?.heardAt === (await stat(join(folder, 'logs/t1', 'plan%231.spend'))).mtimeMs], [spend(2), true]);
    assert.deepEqual([await next.lastSpend('t1', 'plan#2'), await listLogs(folder, 't1')], [null, ['plan#1']]);
    await writeFile(join(folder, 'logs/t1', 'plan%232.spend'), 'no JSON\n{"usage":1}\n');
    assert.equal(await next.lastSpend('t1', 'plan#2'), null);
  }));

  it('REQ-JOURNAL-17 knows a log by its command, its unit, its step, or as the newest', () => {
    const logs = ['plan#1', 'implement/a#1', 'implement/a#1:gate', 'implement/a#2', 'test#1:gate'];
    assert.deepEqual([null, 'plan', 'implement/a', 'implement', 'implement/a#1', 'imp'].map((step) => pickLog(logs, step)), ['test#1:gate', 'plan#1', 'implement/a#2', 'implement/a#2', 'implement/a#1', undefined]);
  });

  it('REQ-JOURNAL-17 shows what a tool answered, whole up to 2,000 characters, and what the system remarks, each once', () => inFolder(async (folder) => {
    const log = createAttemptLog({ folder, log: recordingLog() });
    log.write('t1', 'plan#1', { kind: 'text', text: 'a' });
    await log.flush();
    await log.flush();
    log.write('t1', 'plan#1', { kind: 'notice', text: 'turn 2' });
    log.write('t1', 'plan#1', { kind: 'tool-result', name: 'read', ok: true, text: 'x'.repeat(2_000) });
    await log.flush();
    assert.equal(await readLogFile(folder, 't1', 'plan#1'), `a\n· turn 2\n✓ read: ${'x'.repeat(2_000)}\n`);
    log.write('t1', 'plan#2', { kind: 'text', text: '' });
    await log.flush();
    assert.deepEqual([await listLogs(folder, 't1'), await readLogFile(folder, 't1', 'plan#2')], [['plan#1'], null]);
  }));

  it('REQ-JOURNAL-18 counts what an earlier process wrote, and says so also when the limit was met exactly', () => inFolder(async (folder) => {
    const cut = '\n… (the log is longer than 100 bytes; the rest is left out)\n';
    for (const [key, first, second, text] of [['a#1', 60, 60, 'y'.repeat(100) + cut], ['a#2', 60, 40, 'y'.repeat(100)], ['a#3', 100, 1, 'y'.repeat(100) + cut], ['a#4', 101, 1, 'y'.repeat(100) + cut]] as const) {
      for (const length of [first, second]) {
        const log = createAttemptLog({ folder, log: recordingLog(), limit: 100 });
        log.write('t1', key, { kind: 'text', text: 'y'.repeat(length) });
        await log.flush();
      }
      assert.equal(await readLogFile(folder, 't1', key), text, key);
    }
    const log = createAttemptLog({ folder, log: recordingLog(), limit: 100 });
    for (let part = 0; part < 3; part += 1) {
      log.write('t1', 'b#1', { kind: 'text', text: 'y'.repeat(50) });
      await log.flush();
    }
    assert.equal(await readLogFile(folder, 't1', 'b#1'), 'y'.repeat(100) + cut);
  }));

  it('REQ-JOURNAL-18 counts bytes and cuts at them, between two characters', () => inFolder(async (folder) => {
    const cut = '\n… (the log is longer than 100 bytes; the rest is left out)\n';
    for (const [key, text, kept] of [['a#1', 'é'.repeat(80), 'é'.repeat(50)], ['a#2', `a${'é'.repeat(80)}`, `a${'é'.repeat(49)}`], ['a#3', '𝒳'.repeat(30), '𝒳'.repeat(25)]] as const) {
      const log = createAttemptLog({ folder, log: recordingLog(), limit: 100 });
      log.write('t1', key, { kind: 'text', text });
      await log.flush();
      assert.equal(await readLogFile(folder, 't1', key), kept + cut);
    }
  }));

  it('REQ-JOURNAL-18 says once of each log why it could not be written', () => inFolder(async (folder) => {
    await writeFile(join(folder, 'logs'), '');
    const said = recordingLog();
    const log = createAttemptLog({ folder, log: said });
    for (const key of ['a', 'a', 'b']) {
      log.write('t1', key, { kind: 'text', text: 'hello' });
      await log.flush();
    }
    assert.deepEqual(said.lines.map((line) => line.replace(/: E[A-Z]+: .+/, ': why')), ['a', 'b'].map((key) => `the log ${join(folder, 'logs/t1', key)}.log could not be written: why`));
  }));

  it('REQ-JOURNAL-21 takes for the last word the last of many, and none that has no end', () => inFolder(async (folder) => {
    const log = createAttemptLog({ folder, log: recordingLog() });
    const spend = (calls: number) => ({ usage: { input: calls, cached: 0, output: 0, calls }, costUsd: null, estimatedUsd: calls });
    for (const calls of [1, 2, 3, 4]) log.write('t1', 'plan#1', { kind: 'spent', spend: spend(calls) });
    await log.flush();
    await appendFile(join(folder, 'logs/t1', 'plan%231.spend'), JSON.stringify(spend(5)));
    assert.deepEqual((await log.lastSpend('t1', 'plan#1'))?.spend, spend(4));
  }));

  it('REQ-JOURNAL-21 tells the system at once what was spent, and text a moment later', () => inFolder(async (folder) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const log = createAttemptLog({ folder, log: recordingLog() });
      const there = async (key: string, end: string): Promise<boolean> => {
        for (let look = 0; look < 300; look += 1) if ((await stat(join(folder, 'logs/t1', `${key}${end}`)).catch(() => null))?.size) return true;
        return false;
      };
      log.write('t1', 'a', { kind: 'text', text: 'one' });
      assert.equal(await there('a', '.log'), false);
      mock.timers.tick(200);
      assert.equal(await there('a', '.log'), true);
      log.write('t1', 'b', { kind: 'spent', spend: { usage: { input: 1, cached: 0, output: 0, calls: 1 }, costUsd: null, estimatedUsd: 1 } });
      assert.equal(await there('b', '.spend'), true);
    } finally {
      mock.timers.reset();
    }
  }));

  it('REQ-JOURNAL-17 lists logs oldest first, and none where there are none', () => inFolder(async (folder) => {
    assert.deepEqual(await listLogs(folder, 't1'), []);
    await mkdir(join(folder, 'logs/t1'), { recursive: true });
    let born = 0;
    for (const name of ['b%231.log', 'a.log', 'c.log']) {
      const path = join(folder, 'logs/t1', name);
      // Until the clock of the file system has gone on.
      for (let now = born; now <= born; now = (await stat(path)).birthtimeMs) {
        await rm(path, { force: true });
        await writeFile(path, '');
      }
      born = (await stat(path)).birthtimeMs;
    }
    await symlink('nowhere', join(folder, 'logs/t1/lost.log'));
    assert.deepEqual(await listLogs(folder, 't1'), ['lost', 'b#1', 'a', 'c']);
  }));
});
