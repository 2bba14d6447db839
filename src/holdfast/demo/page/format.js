// Numbers as people read them.

const UNITS = ["B/s", "kB/s", "MB/s", "GB/s"];

/** Bytes a second, as a number and its unit. */
export function rate(bytes) {
  const power = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return [short(bytes / 1000 ** power), UNITS[power]];
}

/** Three digits at most. */
export function short(value) {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** Milliseconds, as a number and its unit. */
export function delay(milliseconds) {
  return milliseconds < 1000 ? [short(milliseconds), "ms"] : [short(milliseconds / 1000), "s"];
}

export function gigabytes(bytes) {
  return (bytes / 2 ** 30).toFixed(1);
}

/** The next round number: where a scale may end. */
export function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 10].find((one) => one * power >= value) * power;
}
