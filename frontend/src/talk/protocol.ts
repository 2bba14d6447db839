// What the server says in this part of the page, and in what it wraps it.

/** A publication in its envelope: the position is where a connection can go on. */
export interface Frame<T = Publication> {
  channel: string;
  offset: number;
  epoch: string;
  data: T;
}

export interface Said {
  kind: "said";
  name: string;
  text: string;
  /** Seconds since 1970. */
  time: number;
}

export interface Member {
  user: string;
  connections: number;
}

/** `waiting` is for somebody who watches: without viewers nothing is written. */
export type AnswerState = "writing" | "stopped" | "waiting" | "done";

export interface Summary {
  id: string;
  prompt: string;
  state: AnswerState;
  viewers: number;
  /** Characters said so far, each counted once however many units it takes. */
  length: number;
}

export type Publication =
  | Said
  | { kind: "here"; members: Member[] }
  | { kind: "answers"; answers: Summary[] }
  | { kind: "notice"; text: string }
  | { kind: "stall" }; // the first page's test, which only that page shows

/** The publication; nothing for a notice of the server's own, such as that of a gap. */
export function publicationOf(message: unknown): Frame | undefined {
  const frame = message as Partial<Frame> | null;
  return frame?.data && frame.epoch !== undefined ? (frame as Frame) : undefined;
}
