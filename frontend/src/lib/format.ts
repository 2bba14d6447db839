// Numbers as people read them.

/** A number and its unit. */
export type Figure = readonly [number: string, unit: string];

const UNITS = ["B/s", "kB/s", "MB/s", "GB/s"] as const;

/** Bytes a second. */
export function rate(bytes: number): Figure {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return [short(bytes / 1000 ** power), UNITS[power] ?? "B/s"];
}

/** Three digits at most. */
export function short(value: number): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

/** Milliseconds. */
export function delay(milliseconds: number): Figure {
  return milliseconds < 1000 ? [short(milliseconds), "ms"] : [short(milliseconds / 1000), "s"];
}

export function gigabytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

/** The next round number: where a scale may end. */
export function round(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 10].find((one) => one * power >= value) ?? 10) * power;
}

/** A whole number, in groups of three digits. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** A time of day, to the second. */
export function clock(secondsSince1970: number): string {
  return new Date(secondsSince1970 * 1000).toLocaleTimeString("en-GB");
}
