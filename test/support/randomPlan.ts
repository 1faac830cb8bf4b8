/** Plans drawn by chance, and what no scheduler can beat on them. */
import type { Chance } from '../simulation/chance.ts';
import type { Part } from './timedEngine.ts';

/** Each earlier subtask is needed with this probability; whole minutes between 1 and 10. */
export function randomPlan(chance: Chance, count: number, probability: number): readonly Part[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `s${index}`, minutes: chance.between(1, 10), needs: Array.from({ length: index }, (_unused, earlier) => `s${earlier}`).filter(() => chance.happens(probability)),
  }));
}

/** max(critical path, work / slots), minutes. */
export function lowerBound(parts: readonly Part[], slots: number): number {
  const finish = new Map<string, number>();
  for (const { id, needs, minutes } of parts) finish.set(id, minutes + Math.max(0, ...needs.map((need) => finish.get(need) ?? 0)));
  return Math.max(...finish.values(), parts.reduce((sum, { minutes }) => sum + minutes, 0) / slots);
}
