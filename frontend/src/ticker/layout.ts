// Where the cards lie in the list, and which of them are on screen.

export const CARD = { narrowest: 128, height: 78, gap: 8 } as const; // CSS pixels
const ROW = CARD.height + CARD.gap;

export interface Layout {
  columns: number;
  width: number;
  rows: number;
  height: number;
}

/** As many columns as there is room for. */
export function layout(width: number, count: number): Layout {
  const columns = Math.max(1, Math.floor((width + CARD.gap) / (CARD.narrowest + CARD.gap)));
  const rows = Math.ceil(count / columns);
  return {
    columns,
    width: (width - CARD.gap * (columns - 1)) / columns,
    rows,
    height: Math.max(0, rows * ROW - CARD.gap),
  };
}

/** The first row that is drawn: one more than is seen, so that none is missing while one scrolls. */
export function firstRow(top: number): number {
  return Math.max(0, Math.floor(top / ROW) - 1);
}

/** The row after the last that is drawn. */
export function endRow(top: number, height: number, { rows }: Layout): number {
  return Math.min(rows, Math.ceil((top + height) / ROW) + 1);
}

/** How many cards one sees, at least in part. */
export function seen(top: number, height: number, count: number, { columns }: Layout): number {
  const from = Math.floor((top + CARD.gap) / ROW) * columns;
  const to = Math.min(count, Math.ceil((top + height) / ROW) * columns);
  return Math.max(0, to - from);
}

export function rowTop(row: number): number {
  return row * ROW;
}

/** How far to scroll, so that a row is in sight. */
export function scrolledTo(row: number, top: number, height: number): number {
  return Math.max(rowTop(row) + CARD.height - height, Math.min(top, rowTop(row)));
}

/** The place of the card that a key leads to; undefined for other keys. */
export function moved(
  key: string,
  at: number,
  count: number,
  columns: number,
  page: number,
): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * page,
    PageDown: columns * page,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  return step === undefined ? undefined : Math.max(0, Math.min(count - 1, at + step));
}
