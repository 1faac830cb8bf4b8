/** One measured figure, with what it is compared to and what the budget is. */
export interface Figure { readonly what: string; readonly value: string; readonly against: string; readonly budget: string; readonly inside: boolean | null }

export function table(figures: readonly Figure[]): string {
  const rows = [['what', 'measured', 'beside', 'budget', ''], ...figures.map((figure) => [figure.what, figure.value, figure.against, figure.budget, figure.inside === null ? '' : figure.inside ? 'inside' : 'OUTSIDE'])];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

/** Median of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Runs both in turn, A B A B …, and gives the medians in ms: a machine whose speed drifts slows both. */
export async function paired(rounds: number, left: () => Promise<void>, right: () => Promise<void>): Promise<{ readonly left: number; readonly right: number }> {
  const times = { left: [] as number[], right: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.left.push(await timed(left));
    times.right.push(await timed(right));
  }
  return { left: median(times.left), right: median(times.right) };
}

export async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export function ratio(left: number, right: number): string {
  return `${(left / right).toFixed(2)} ×`;
}
