/** specs/journal.md: logs beside the journal. */
import assert from 'node:assert/strict';
import { appendFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

  it('REQ-JOURNAL-19 keeps what an attempt has spent apart from what its model writes, and gives the last whole word of it to the next process', () => inFolder(async (folder) => {
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
});
