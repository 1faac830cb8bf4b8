/**
 * A row of a tree as data: everything the editor needs to draw it and nothing of the editor.
 * Owns: its shape. Refuses: to know what a row is about; needsYouRows and runRows do.
 */
export interface Row {
  /** The same for the same thing for as long as it exists: selection and expansion hang on it. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Markdown whose foreign parts are escaped already. */
  readonly tooltip: string;
  /** What a screen reader says instead of label and description. */
  readonly accessible: string;
  readonly icon: Icon;
  /** `contextValue` that menus ask for: `checkpoint`, `wait.key`, `run.running`, `step.waiting` … */
  readonly context: string;
  /** Command of a click, called with the row. */
  readonly opens: string | null;
  readonly expanded: boolean;
  readonly children: readonly Row[];
  readonly about: About;
}

/** What a row's commands act on. */
export interface About {
  readonly task: string;
  /** The unit or step. */
  readonly at: string | null;
  readonly checkpoint: string | null;
  /** The commit that the row showed: an approval from it binds no other. */
  readonly commit: string | null;
}

export interface Icon { readonly name: string; readonly color: string | null }
