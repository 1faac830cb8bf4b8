/** What an approval needs, as a person types it after `treeline approve TASK`. Owns: these flags. Refuses: a word that a shell would take apart. */
import { shellQuoted } from './shellQuoted.ts';

/** `--waive GATE --reason "…" --tick ID`, each as often as needed; empty: it needs none. Nothing may be written right behind it. */
export function approvalFlags(gates: readonly string[], ticks: readonly string[]): string {
  return [...gates.map((gate) => `--waive ${shellQuoted(gate)} --reason "…"`), ...ticks.map((tick) => `--tick ${shellQuoted(tick)}`)].join(' ');
}
