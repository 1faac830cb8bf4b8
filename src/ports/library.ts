/** Spec context: what agents work under, and what a person is told of it. All of it is read from a commit's tree, never from the checkout. */

/** What the engine needs. Byte-stable for one base commit and one choice of specs, so that provider caches hit. */
export interface Library {
  /**
   * The context text for `commit`: rules (AGENTS.md…), the specs that `choice` names, their requirement ids, a map of the repository; and the files it came from.
   * `choice`: paths and globs, `!glob` takes away; empty: all of `specs/**`; `['!**']`: none.
   */
  contextOf(commit: string, choice: readonly string[]): Promise<{ readonly text: string; readonly files: readonly string[]; /** Of the contents of those files, by path. */ readonly hash: string }>;
  /** Which specs of a choice are not at `to` what they are at `from`, and which requirements of them. */
  changes(from: string, to: string, choice: readonly string[]): Promise<readonly SpecChange[]>;
}

/** `rules` hold for whoever works; `requirements` say what is wanted and have ids; the others explain how it is, or will be, done. */
export type SpecKind = 'rules' | 'architecture' | 'requirements' | 'design' | 'tasks' | 'decision' | 'schema' | 'document';
/** Whose habit a file follows. */
export type SpecFormat = 'agents' | 'claude' | 'copilot' | 'spec-kit' | 'kiro' | 'zenflow' | 'markdown' | 'openapi' | 'protobuf' | 'graphql';

/** `ears`: a sentence with "shall" in a form of EARS; `story`, `scenario` (Given, When, Then), `criterion` (of acceptance), `success` (SC-001); `requirement`: any other with an id, "must" or "shall". */
export type RequirementKind = 'ears' | 'story' | 'scenario' | 'criterion' | 'success' | 'requirement';
export interface Requirement {
  /** Names it in the whole repository, for as long as the text stays where it is: `REQ-GATE-03`, `001-albums/FR-002`, `csv-export/1.2`, `export/edge-cases-1`. */
  readonly id: string;
  /** As its file calls it: `FR-002`, `1.2`; null where the file gives it no name. */
  readonly label: string | null;
  readonly kind: RequirementKind;
  /** On one line, without emphasis. */
  readonly text: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Id of the story or requirement that it is a part of. */
  readonly parent: string | null;
  /** As written: `P1`. */
  readonly priority: string | null;
}

export interface FoundSpec {
  readonly path: string;
  readonly kind: SpecKind;
  readonly format: SpecFormat;
  readonly title: string;
  readonly bytes: number;
  /** Estimated. */
  readonly tokens: number;
  /** git's object id of the content: the stamp by which a change is seen. */
  readonly hash: string;
  readonly requirements: readonly Requirement[];
  /** It is in whatever the request is. */
  readonly always: boolean;
}

/** What a task would work under. */
export interface SpecLook {
  readonly files: readonly (FoundSpec & { readonly chosen: boolean; /** Why it is in, or not, in words. */ readonly why: string })[];
  /** Of everything that would be sent with every call, and of the map in it. Estimated. */
  readonly tokens: number;
  readonly mapTokens: number;
  readonly budget: number;
  /** The choice to start the task with: the same one comes out of it again. */
  readonly choice: readonly string[];
  /** Files of the commit that are never sent. */
  readonly withheld: number;
  readonly remarks: readonly string[];
}

type Change = 'added' | 'changed' | 'removed';
export interface SpecChange {
  readonly path: string; readonly change: Change;
  /** Object ids of the content; null: not there. */
  readonly before: string | null; readonly after: string | null;
  /** Ids of all requirements that it states, before or after. */
  readonly states: readonly string[];
  readonly requirements: readonly { readonly id: string; readonly change: Change }[];
}

/** What a launch needs beside it. */
export interface SpecLibrary extends Library {
  /** `choice` empty: ranked by relevance to the request, within the budget. */
  look(commit: string, request: string, choice: readonly string[]): Promise<SpecLook>;
  /** Answers for a path why its content must not go to a provider, or null. */
  withheld(commit: string): Promise<(path: string) => string | null>;
}

export interface TreeFile { readonly path: string; /** Object id of the content. */ readonly hash: string; /** Null: the object is not there (a partial clone). */ readonly bytes: number | null; readonly link: boolean }

/** Files of commits, many at once. */
export interface BaseTree {
  /** Every file of a commit, or those of `only` that it has, sorted by path; submodules are no files. */
  files(commit: string, only?: readonly string[]): Promise<readonly TreeFile[]>;
  /** Contents by object id; what is not there is left out. Of a link: its target. */
  contents(hashes: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}
