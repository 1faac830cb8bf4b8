import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readStubs } from '../../src/core/stubs.ts';
import { workflowSchema } from '../../src/core/workflow.ts';

const workflow = workflowSchema.parse({ name: 'w', description: '', steps: [{ id: 'scan', kind: 'run', command: 'true', needs: [], outputs: { found: { type: 'boolean' }, files: { type: 'list' } } }, { id: 'test', kind: 'gate', needs: [], repairs: 0 }] });

describe('stub outcomes', () => {
  it('REQ-CLI-34 are read from words, one for one time after another, and from values of outputs', () => {
    deepEqual(readStubs(['scan=command,success', 'scan.found=true', 'scan.files=["a"]', 'test=rejected', 'scan/linux=timeout'], workflow), {
      ok: true, value: { scan: [{ outcome: 'command', outputs: { found: true, files: ['a'] } }, { outcome: 'success', outputs: { found: true, files: ['a'] } }], test: [{ verdict: 'rejected', outputs: {} }], 'scan/linux': [{ outcome: 'timeout', outputs: {} }] },
    });
  });

  it('REQ-CLI-34 name every mistake at once', () => {
    deepEqual(readStubs(['nosuch=success', 'scan=fine', 'scan.found=maybe', 'scan.size=3', 'scan'], workflow), {
      ok: false, refusal: ['"nosuch=success" names no step; there are scan, test.', '"fine" is nothing that can come of "scan".', '"scan" names no step; there are scan, test.', '"scan" declares no output "size".', '"maybe" does not fit the output "found" of "scan".'],
    });
  });
});
