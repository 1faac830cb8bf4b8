/**
 * What the guard knows of one text: its tests with their assertions, and what stands around them.
 * Owns: the shape, the same for every language. Refuses: opinions.
 */
import type { Assertion } from './assertion.ts';

export interface Skip {
  /** As it is written: `it.skip`, `@pytest.mark.skip`. */
  readonly how: string;
  /** Only when something holds. */
  readonly conditional: boolean;
  readonly line: number;
}

export interface Checks {
  readonly assertions: readonly Assertion[];
  /** Names of functions that are called: one of them may hold assertions. */
  readonly calls: readonly { readonly name: string; readonly text: string; readonly line: number }[];
}

export interface TestCase extends Checks {
  readonly title: string;
  /** Titles from outside in, its own last. */
  readonly path: readonly string[];
  readonly line: number;
  /** Its body as tokens. */
  readonly body: readonly string[];
  readonly skip: Skip | null;
  readonly focused: number | null;
  /** It stands for several: a table, a loop, parameters. */
  readonly many: boolean;
  /** Values it is run with, as tokens: the table, the parameters. */
  readonly values: readonly string[];
  /** The parser had to guess somewhere in it. */
  readonly broken: boolean;
}

/** A function that is no test and holds assertions. */
export interface Helper extends Checks { readonly name: string; readonly line: number; readonly broken: boolean }

export interface Mock {
  /** What is replaced: a module, `module.name`. */
  readonly target: string;
  /** The replacement passes the rest of the original through. */
  readonly partial: boolean;
  readonly line: number; readonly text: string;
}

/** A time limit or a number of retries that a test or a file sets. */
export interface Limit { readonly what: 'timeout' | 'retries'; readonly value: number; readonly line: number; readonly text: string; /** Title of the test, or empty. */ readonly where: string }

export interface TestFile {
  readonly tests: readonly TestCase[];
  readonly helpers: readonly Helper[];
  readonly mocks: readonly Mock[];
  /** Local name → module that it comes from. */
  readonly imports: ReadonlyMap<string, string>;
  readonly limits: readonly Limit[];
  /** Of all functions that are defined in it, with or without assertions. */
  readonly defined: ReadonlySet<string>;
  /** Name → tokens of what is made once for the whole text and holds literals: `const cases = [[1, 2, 3]]`. */
  readonly constants: ReadonlyMap<string, readonly string[]>;
  /** All literals of the text: a table or a named constant may stand anywhere in it. */
  readonly literals: readonly string[];
  /** Whether a parser read it, or it was read line by line. */
  readonly parsed: boolean;
  readonly broken: boolean;
}

export const emptyFile: TestFile = { tests: [], helpers: [], mocks: [], imports: new Map(), limits: [], defined: new Set(), constants: new Map(), literals: [], parsed: true, broken: false };
