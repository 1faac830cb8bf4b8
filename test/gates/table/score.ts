/** How often a table of judgements was right, in the words of the requirement. Owns: the counting. */

export interface Answer { readonly name: string; readonly expected: string; readonly found: string }

export interface Score {
  readonly cases: number;
  /** Accepted although it must not be. */
  readonly falseAccepts: readonly string[];
  /** Of what is to be accepted: what was rejected. */
  readonly falseRejects: readonly string[];
  /** Of what has a verdict: what was called not verified. */
  readonly notVerified: readonly string[];
  /** Of all cases: those whose verdict and reason are both the expected ones, in per cent. */
  readonly reasonRight: number;
  readonly falseRejectRate: number; readonly notVerifiedRate: number;
}

const verdictOf = (words: string): string => words.split(' ')[0] ?? '';
const perCent = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);

export function scoreOf(answers: readonly Answer[]): Score {
  const accepted = answers.filter(({ expected }) => verdictOf(expected) === 'accepted');
  const decided = answers.filter(({ expected }) => verdictOf(expected) !== 'not-verified');
  const names = (those: readonly Answer[]): readonly string[] => those.map(({ name }) => name);
  const falseRejects = accepted.filter(({ found }) => verdictOf(found) === 'rejected');
  const notVerified = decided.filter(({ found }) => verdictOf(found) === 'not-verified');
  return {
    cases: answers.length,
    falseAccepts: names(answers.filter(({ expected, found }) => verdictOf(found) === 'accepted' && verdictOf(expected) !== 'accepted')),
    falseRejects: names(falseRejects), falseRejectRate: perCent(falseRejects.length, accepted.length),
    notVerified: names(notVerified), notVerifiedRate: perCent(notVerified.length, decided.length),
    reasonRight: perCent(answers.filter(({ expected, found }) => expected === found).length, answers.length),
  };
}

export function scoreWords(score: Score): string {
  return `truth table: ${score.cases} cases, ${score.falseAccepts.length} false accepts, ${score.falseRejects.length} false rejects (${score.falseRejectRate.toFixed(1)} %), `
    + `${score.notVerified.length} not verified that have a verdict (${score.notVerifiedRate.toFixed(1)} %), named reason right in ${score.reasonRight.toFixed(1)} %`;
}
