import { deepEqual, equal } from 'node:assert/strict';
import { scoreOf, scoreWords } from './score.ts';

describe('the score of a truth table', () => {
  it('REQ-GATE-11: counts what was accepted wrongly, rejected wrongly, left open, and called by another name', () => {
    const answers = [
      ['a', 'accepted passed', 'accepted passed'], ['b', 'accepted passed', 'rejected integrity'], ['c', 'rejected integrity', 'accepted passed'], ['d', 'rejected integrity', 'rejected tests-removed'],
      ['e', 'rejected integrity', 'not-verified needs-person'], ['f', 'not-verified no-tests', 'not-verified no-tests'], ['g', 'not-verified no-tests', 'accepted passed'], ['h', 'timed-out timeout', 'timed-out timeout'],
    ] as const;
    const score = scoreOf(answers.map(([name, expected, found]) => ({ name, expected, found })));
    deepEqual(score, { cases: 8, falseAccepts: ['c', 'g'], falseRejects: ['b'], falseRejectRate: 50, notVerified: ['e'], notVerifiedRate: 100 / 6, reasonRight: 37.5 });
    equal(scoreWords(score), 'truth table: 8 cases, 2 false accepts, 1 false rejects (50.0 %), 1 not verified that have a verdict (16.7 %), named reason right in 37.5 %');
  });
});
