/** Rows of cells as aligned lines. Owns: widths and the gap. Refuses: a border, and to cut a cell. */

/** Every column but the last is as wide as its widest cell; `paints[column]` colours after measuring. No trailing spaces. */
export function columns(rows: readonly (readonly string[])[], paints: readonly ((text: string, row: number) => string)[] = [], indent = ''): string[] {
  const widths = rows.reduce<number[]>((widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)), []);
  return rows.map((row, at) => {
    const last = row.findLastIndex((cell) => cell !== '');
    const cells = row.slice(0, last + 1).map((cell, column) => {
      const padding = column === last ? '' : ' '.repeat((widths[column] ?? 0) - cell.length + 2);
      return (paints[column]?.(cell, at) ?? cell) + padding;
    });
    return (indent + cells.join('')).trimEnd();
  });
}
