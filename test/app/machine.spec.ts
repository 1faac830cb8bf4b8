import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'mocha';
import { createMachine, usedShare } from '../../src/app/machine.ts';
import { unmeasured } from '../../src/core/load.ts';

describe('REQ-SCHEDULE-13 what is measured of the machine', () => {
  it('cores are measured between two looks; without time between them nothing is known', () => {
    assert.deepEqual([usedShare({ idle: 10, all: 100 }, { idle: 35, all: 200 }), usedShare({ idle: 10, all: 100 }, { idle: 10, all: 100 }), usedShare({ idle: 10, all: 100 }, { idle: 9, all: 101 })], [0.75, null, 1]);
  });

  it('is not measured again within a second, so that it may be asked often', () => {
    const machine = createMachine(tmpdir());
    const first = machine.load();
    assert.deepEqual([first === machine.load(), first], [true, unmeasured]);
  });
});
