/** Which red gates a person means who waives at a place of a run. Pure. */
import type { RunView } from './runView.ts';

type RedGate = RunView['red'][number]['gates'][number];

/**
 * Those of the place, or of what lies in it; where none is red there, all of the run: a waiver is about gates that stand, not about the row
 * that was clicked. Each once.
 * @param at unit or step; undefined: none was chosen
 */
export function redAt({ red }: Pick<RunView, 'red'>, at: string | undefined): readonly RedGate[] {
  const there = red.filter((one) => at !== undefined && (one.at === at || one.at.startsWith(`${at}/`)));
  const gates = (there.length > 0 ? there : red).flatMap((one) => one.gates);
  return gates.filter(({ id }, index) => gates.findIndex((gate) => gate.id === id) === index);
}
