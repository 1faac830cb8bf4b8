/** Several gates of one examination at once. Owns: their order and that all end before anything is told. Refuses: to know what a gate is. */

/**
 * Answers in the order of `items`, whichever began first; without those that did not begin, because an answer before them was `enough`. At the first failure no further one begins; it rejects with that failure when those
 * at work have ended.
 * @param cost what is known of each item's time, in ms: the cheapest begins first; null: not known, in its place among its like
 */
export async function inParallel<Item, Answer>(items: readonly Item[], atOnce: number, cost: (item: Item) => Promise<number | null>, run: (item: Item) => Promise<Answer>, enough: (answer: Answer) => boolean = () => false): Promise<readonly Answer[]> {
  const costs = await Promise.all(items.map(async (item, at) => ({ at, item, ms: await cost(item) ?? Number.POSITIVE_INFINITY })));
  const waiting = costs.sort((left, right) => (left.ms === right.ms ? left.at - right.at : left.ms - right.ms));
  const answers = new Map<number, Answer>();
  const failures: unknown[] = [];
  let stopped = false;
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && failures.length === 0 && !stopped; next = waiting.shift()) {
      try {
        const answer = await run(next.item);
        answers.set(next.at, answer);
        stopped ||= enough(answer);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, atOnce), items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return [...answers].sort(([left], [right]) => left - right).map(([, answer]) => answer);
}
