// A name for each tab, so that a second tab is a second person.

const KEY = "name";
const FIRST = [
  "amber",
  "brisk",
  "calm",
  "keen",
  "lucky",
  "merry",
  "north",
  "pale",
  "quiet",
  "swift",
];
const SECOND = [
  "crab",
  "eider",
  "gull",
  "heron",
  "kelp",
  "limpet",
  "otter",
  "seal",
  "tern",
  "whelk",
];

/** What the server takes for a name. */
export const PATTERN = "[\\w.\\-]+( [\\w.\\-]+)*";
export const LONGEST = 24;

const any = (list: readonly string[]) => list[Math.floor(Math.random() * list.length)];

export function ownName(): string {
  const name = sessionStorage.getItem(KEY) ?? `${any(FIRST)}-${any(SECOND)}`;
  keepName(name);
  return name;
}

export function keepName(name: string): void {
  sessionStorage.setItem(KEY, name);
}
