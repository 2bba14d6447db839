// States in words.

import type { LinkState } from "../lib/socket";
import type { Member, Summary } from "./protocol";

const LINK: Record<LinkState, string> = {
  connecting: "connecting",
  open: "connected",
  waiting: "reconnecting",
  refused: "refused by the server",
  closed: "not connected",
};

export function linkWords(state: LinkState): string {
  return LINK[state];
}

/** "3 people" and the like. */
export function number(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

export function membersWords(members: readonly Member[]): string {
  const connections = members.reduce((sum, member) => sum + member.connections, 0);
  return `${number(members.length, "person", "people")}, ${number(connections, "connection")}`;
}

/** How the answer that is watched is doing. */
export function answerWords(summary: Summary | undefined, link: LinkState): string {
  if (!summary) return "no longer kept by the server";
  if (summary.state === "done") return "complete";
  if (link === "waiting" || link === "connecting") return LINK[link];
  return summary.state === "waiting" ? "starting" : summary.state;
}
