import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { landingMessage, titleOf } from '../../src/engine/messages.ts';
import { allLanded, given } from '../support/given.ts';

describe('REQ-MOTOR-02 what stands in the history', () => {
  it('says the task, its parts and where it came from', () => {
    assert.equal(landingMessage(given(allLanded()).state), 'Add csv export\n\n- a\n- b\n- c\n\nTreeline-Task: t1\n');
  });

  it('shortens a request to a title at a word', () => {
    assert.equal(titleOf('  Fix   the bug\nwith details'), 'Fix the bug');
    const long = titleOf(`Add ${'very '.repeat(30)}long things`);
    assert.ok(long.length <= 72 && long.endsWith(' very…'), long);
  });
});
