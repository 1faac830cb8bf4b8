/** How long plans take on 8 slots, beside what no scheduler can beat: the real engine in virtual time, so no clock is in the figures. */
import { seeded } from '../simulation/chance.ts';
import { lowerBound, randomPlan } from '../support/randomPlan.ts';
import { ended, makespan, timedEngine } from '../support/timedEngine.ts';
import type { Part } from '../support/timedEngine.ts';
import type { Figure } from './figure.ts';
import { ratio } from './figure.ts';

const slots = 8;

export async function benchMakespan(): Promise<readonly Figure[]> {
  const equal = Array.from({ length: 20 }, (_, index): Part => ({ id: `s${index}`, needs: [], minutes: 2 / 60 }));
  // Equal pieces on 8 slots go in whole rounds: 2.5 of them are 3.
  const rounds = Math.ceil(equal.length / slots) * 2 / 60;
  const drawn = Array.from({ length: 5 }, (_, seed) => randomPlan(seeded(seed + 1), 40, 0.05));
  const unknown = drawn.map((parts) => parts.map((part) => ({ ...part, unknown: true })));
  const all = async (plans: readonly (readonly Part[])[]): Promise<number[]> => {
    const ratios: number[] = [];
    for (const parts of plans) ratios.push(await minutes(parts) / lowerBound(parts, slots));
    return ratios;
  };
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const known = await all(drawn), blind = await all(unknown), took = await minutes(equal);
  return [
    { what: '20 agents of 2 s', value: `${(took * 60).toFixed(2)} s`, against: `${ratio(took, rounds)} of three whole rounds`, budget: '≤ 1.03 ×', inside: took / rounds <= 1.03 },
    { what: '5 random plans of 40, estimated', value: `mean ${mean(known).toFixed(3)}, max ${Math.max(...known).toFixed(3)}`, against: 'of max(critical path, work / slots)', budget: '≤ 1.03, ≤ 1.08', inside: mean(known) <= 1.03 && Math.max(...known) <= 1.08 },
    { what: 'the same, not estimated', value: `mean ${mean(blind).toFixed(3)}, max ${Math.max(...blind).toFixed(3)}`, against: 'of the same', budget: '', inside: null },
  ];
}

async function minutes(parts: readonly Part[]): Promise<number> {
  const { engine, launch, pass, recorded } = await timedEngine({ agents: slots });
  const task = await launch(parts);
  await pass(() => ended(engine.state(task)));
  await engine.close();
  return makespan(recorded(task));
}
