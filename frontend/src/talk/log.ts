// The messages of the chat, in the order of the server's log: none twice, and holes are told.

import type { Frame, Said } from "./protocol";

const KEPT = 200; // lines in the page

export type Line =
  | { key: string; kind: "said"; said: Said }
  | { key: string; kind: "missed"; count: number }
  | { key: string; kind: "restarted" };

export interface Log {
  lines: readonly Line[];
  /** The position of the last message. */
  last: { epoch: string; offset: number } | null;
}

export const EMPTY: Log = { lines: [], last: null };

/** What the server is asked to go on after; empty where nothing has been read yet. */
export function since({ last }: Log): string {
  return last ? `${last.epoch}-${last.offset}` : "";
}

export function add(log: Log, { epoch, offset, data }: Frame<Said>): Log {
  if (log.last?.epoch === epoch && offset <= log.last.offset) return log;
  const key = `${epoch}-${offset}`;
  const added: Line[] = [...before(log, epoch, offset), { key, kind: "said", said: data }];
  return { lines: [...log.lines, ...added].slice(-KEPT), last: { epoch, offset } };
}

/** What to say before a message that does not follow the last one. */
function before({ last }: Log, epoch: string, offset: number): Line[] {
  if (!last) return [];
  const key = `before-${epoch}-${offset}`;
  if (last.epoch !== epoch) return [{ key, kind: "restarted" }];
  const count = offset - last.offset - 1;
  return count ? [{ key, kind: "missed", count }] : [];
}
