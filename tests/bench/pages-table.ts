/** Prints rows under each other: the first column to the left, figures to the right. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((word, column) => Math.max(word.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  console.log(`\n${title}\n`);
  console.log(line(head));
  for (const row of rows) console.log(line(row));
}

export const hundredth = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
