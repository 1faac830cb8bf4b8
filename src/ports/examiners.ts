/** Who runs the gates on an exact tree and gives the evidence that a verdict stands on. */
import type { Evidence, ExecutableContent } from '../core/gate.ts';
import type { ChangeKind } from '../core/redGreen.ts';
import type { SandboxMode } from './sandbox.ts';

export interface ExamineRequest {
  readonly task: string;
  /** Command id: names the log. */
  readonly id: string;
  /** The commit and tree to be judged; `base` gives the definition (I12) and the baseline. */
  readonly commit: string; readonly tree: string; readonly base: string;
  readonly content: ExecutableContent;
  /** Ids of the gates to run; absent or null: all of them. */
  readonly gates?: readonly string[] | null;
  /** Names of tests that are to show something: the evidence says what the reports have of each. */
  readonly declared?: readonly string[];
  /** Ids of requirements: the evidence says which tests name each. */
  readonly requirements?: readonly string[];
  /** What the change is said to be: then its tests are proven against the base, and the base's tests against it. Absent: the gates alone. */
  readonly kind?: ChangeKind;
  /** The base's gates are run where nothing is known of them, whatever those of the change come to. Absent: only where they can change the answer. */
  readonly baseline?: boolean;
  /** Begins no further gate once one rejects. Absent: all run. */
  readonly stopEarly?: boolean;
  readonly sandbox: SandboxMode;
}

export interface Examiners {
  /** What a commit would have executed here: gates, set-up, and what they resolve to. All mistakes of its configuration at once. */
  content(commit: string): Promise<ExecutableContent>;
  /** Runs all gates. Rejects only by the signal's reason: a broken gate is a verdict. */
  examine(request: ExamineRequest, output: (text: string) => void, signal: AbortSignal): Promise<Evidence>;
}

export class ProjectFileError extends Error {
  /** Its path in the repository. */
  readonly file: string;
  readonly mistakes: readonly { readonly line: number; readonly message: string }[];
  constructor(file: string, mistakes: readonly { readonly line: number; readonly message: string }[]) {
    super(`${file}: ${mistakes.map((mistake) => `line ${mistake.line}: ${mistake.message}`).join('; ')}`);
    this.name = 'ProjectFileError';
    this.file = file;
    this.mistakes = mistakes;
  }
}
