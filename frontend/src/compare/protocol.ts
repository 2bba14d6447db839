// What the server tells of the two sides, some times a second (State in compare.py).

export type SideName = "tutorial" | "holdfast";

export interface SideState {
  viewers: number;
  sent: number;
  still_since: number;
  error: string;
  peers: Record<string, number>;
}

/** Something that a button did, to both sides, or that was seen of one of them. */
export interface News {
  number: number;
  /** Seconds since 1970, by the server's clock. */
  time: number;
  side: SideName | "both";
  text: string;
  /** A word for a button, to stand in a chart. */
  mark: string;
}

export interface State {
  time: number;
  rate: number;
  size: number;
  tutorial: SideState;
  holdfast: SideState;
  events: News[];
}

/** What concerns one side. */
export function newsOf(events: readonly News[], side: SideName): News[] {
  return events.filter((one) => one.side === side || one.side === "both");
}

/** A button that was pressed, by anybody: the word, and when that was on this page's clock. */
export interface Mark {
  time: number;
  word: string;
}

/** What was pressed, for a clock that is so many milliseconds ahead of the server's. */
export function marksOf(events: readonly News[], ahead: number): Mark[] {
  const pressed = events.filter((one) => one.mark !== "");
  return pressed.map((one) => ({ time: one.time * 1000 + ahead, word: one.mark }));
}

/** When a message of the stream was made, in seconds since 1970; null for what people say. */
export function madeAt(text: string): number | null {
  if (!text.startsWith("{")) return null;
  return (JSON.parse(text) as { time: number }).time;
}
