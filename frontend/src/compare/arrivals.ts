// When messages came, counted in quarters of a second: the rate over time is read off that.

export const BIN = 250; // milliseconds
export const SPAN = 45_000; // milliseconds that a chart shows

const PER_SECOND = 1000 / BIN;

/** A moment, in milliseconds since 1970, and the messages of the second before it. */
export type Point = readonly [time: number, rate: number];

export class Arrivals {
  #counts = new Map<number, number>();
  #first = Number.POSITIVE_INFINITY;

  add(now: number): void {
    const bin = Math.floor(now / BIN);
    this.#first = Math.min(this.#first, bin);
    this.#counts.set(bin, (this.#counts.get(bin) ?? 0) + 1);
    const oldest = bin - SPAN / BIN - 2 * PER_SECOND;
    for (const one of this.#counts.keys()) {
      if (one >= oldest) break; // a map keeps the order in which its keys came
      this.#counts.delete(one);
    }
  }

  /** The rate at the end of each quarter that is over, from the first second that is whole. */
  points(now: number): Point[] {
    const last = Math.floor(now / BIN) - 1;
    const first = Math.max(last - SPAN / BIN, this.#first + PER_SECOND);
    const found: Point[] = [];
    for (let bin = first; bin <= last; bin++) found.push([(bin + 1) * BIN, this.#rateAt(bin)]);
    return found;
  }

  #rateAt(bin: number): number {
    let sum = 0;
    for (let back = 0; back < PER_SECOND; back++) sum += this.#counts.get(bin - back) ?? 0;
    return sum;
  }
}
