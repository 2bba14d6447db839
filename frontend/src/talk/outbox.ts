// What was said here and has not come back yet. A connection that dies may take it along.

import type { Said } from "./protocol";

export interface Pending {
  id: number;
  name: string;
  text: string;
  /** The connection that it was sent over, counted from 1. */
  connection: number;
  lost: boolean;
}

let made = 0;

export function pending(name: string, text: string, connection: number): Pending {
  made += 1;
  return { id: made, name, text, connection, lost: false };
}

/** Without the one that has come back. */
export function confirmed(outbox: readonly Pending[], said: Said): readonly Pending[] {
  const found = outbox.findIndex(({ name, text }) => name === said.name && text === said.text);
  return found < 0 ? outbox : outbox.toSpliced(found, 1);
}

/** A later connection has told all that there is: what is still missing did not arrive. */
export function settled(outbox: readonly Pending[], connection: number): readonly Pending[] {
  const lost = (one: Pending) => one.connection < connection && !one.lost;
  if (!outbox.some(lost)) return outbox;
  return outbox.map((one) => (lost(one) ? { ...one, lost: true } : one));
}
