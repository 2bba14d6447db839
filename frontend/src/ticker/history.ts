// What the prices were, in equal steps of time.

/** As many steps as fit, of all instruments together: memory that never grows. */
export class History {
  readonly #cells: Float32Array; // one row a step, one column an instrument
  #next = 0;

  constructor(
    readonly instruments: number,
    readonly steps: number,
  ) {
    this.#cells = new Float32Array(instruments * steps).fill(Number.NaN);
  }

  /** One step further; the oldest goes. */
  push(prices: Float32Array): void {
    this.#cells.set(prices, this.#next * this.instruments);
    this.#next = (this.#next + 1) % this.steps;
  }

  /** Fill `out` with the last steps of one instrument, oldest first; NaN where nothing is known. */
  read(instrument: number, out: Float32Array): Float32Array {
    let row = (this.#next - out.length + this.steps) % this.steps;
    for (let index = 0; index < out.length; index++) {
      out[index] = this.#cells[row * this.instruments + instrument] ?? Number.NaN;
      row = row + 1 === this.steps ? 0 : row + 1;
    }
    return out;
  }
}
