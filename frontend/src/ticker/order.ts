// Which instruments are shown, and in which order.

import type { Board } from "./board";

export type Sorting = "symbol" | "risers" | "fallers";

/** The places of those whose symbol or name contains the text. */
export function arrange(board: Board, text: string, sorting: Sorting): number[] {
  const wanted = text.trim().toLowerCase();
  const places = board.listings.flatMap(({ symbol, name }, place) =>
    `${symbol} ${name}`.toLowerCase().includes(wanted) ? [place] : [],
  );
  if (sorting === "symbol") return places.sort((a, b) => bySymbol(board, a, b));
  const sign = sorting === "risers" ? -1 : 1;
  const changes = places.map((place) => board.change(place) * sign);
  const known = new Map(places.map((place, index) => [place, changes[index] || 0]));
  return places.sort((a, b) => (known.get(a) ?? 0) - (known.get(b) ?? 0) || bySymbol(board, a, b));
}

function bySymbol(board: Board, a: number, b: number): number {
  const [first = "", second = ""] = [board.listings[a]?.symbol, board.listings[b]?.symbol];
  return first < second ? -1 : first > second ? 1 : 0;
}
