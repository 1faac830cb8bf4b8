/** Spec context: what agents work under. Byte-stable for one base commit and one choice of specs, so that provider caches hit. */
export interface Library {
  /** The context text for `commit`: rules (AGENTS.md…), specs chosen by `globs` (empty: all of `specs/**`), and which files they came from. */
  contextOf(commit: string, globs: readonly string[]): Promise<{ readonly text: string; readonly files: readonly string[] }>;
}
