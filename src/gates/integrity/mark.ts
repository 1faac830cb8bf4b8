/** What a text carries beside its tests and assertions. Owns: the shape, the same for every language. */

export interface Mark {
  readonly kind: 'lint' | 'stub' | 'empty' | 'constant' | 'exit' | 'override' | 'hook';
  /** Two marks with the same text are the same, wherever they stand. */
  readonly text: string;
  readonly line: number;
  /** For an override: of what declares tests, not of what asserts. For a hook: it looks at outcomes, or chooses tests, but sets no outcome. For lint: a whole file; for a stub: no more than a note; for an exit: one that nothing can hinder; for a function that does nothing, or gives a constant: it may well be meant so. */
  readonly wide: boolean;
  /** Of a stub: others are meant to fill it in. */
  readonly excused?: boolean;
  /** The constant. */
  readonly shown?: string;
}
