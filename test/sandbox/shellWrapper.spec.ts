import assert from 'node:assert/strict';
import { readReport } from '../../src/sandbox/shellWrapper.ts';

describe('how a command ended (specs/sandbox.md)', () => {
  const cases: readonly (readonly [report: string, end: unknown])[] = [
    ['', { started: false, end: null }],
    ['started\n', { started: true, end: null }],
    ['started\nexit 1', { started: true, end: null }],
    ['started\nexit 0\n', { started: true, end: { kind: 'exited', code: 0 } }],
    ['started\nexit 127\n', { started: true, end: { kind: 'exited', code: 127 } }],
    ['started\nexit 137\n', { started: true, end: { kind: 'exited', code: 137 } }],
    ['started\nbash: line 6: 12 Killed  bash\nexit 137\n', { started: true, end: { kind: 'signalled', signal: 'SIGKILL' } }],
    ['started\nbash: fork: retry: Resource temporarily unavailable\nexit 254\n', { started: true, end: { kind: 'exited', code: 254 } }],
  ];
  for (const [report, end] of cases) it(`REQ-WALL-15: ${JSON.stringify(report)}`, () => { assert.deepEqual(readReport(report), end); });
});
