// The samples of the last minutes, in order, and where some of them are missing.

/** What the server measures once a second. Rates are per second; null where there is none. */
export interface Sample {
  /** Seconds since 1970, by the server's clock. */
  time: number;
  cpu: number;
  cores: number[];
  memory: number;
  memory_used: number;
  memory_total: number;
  disk_read: number | null;
  disk_written: number | null;
  received: number | null;
  sent: number | null;
  load: number;
  lag: number;
  connections: number;
  tasks: number;
  deliveries: number;
  cpu_per_delivery: number | null;
}

/** A publication with its place in the channel's log. */
export interface Envelope {
  epoch: string;
  offset: number;
  data: Sample;
}

/** One second; without a sample it stands for all that is missing there. */
export interface Row {
  time: number;
  sample: Sample | null;
}

export const HOLE = 2.5; // seconds between two samples: more, and something is missing
export const KEPT = 15 * 60; // seconds

export class Timeline {
  #rows: Row[] = [];
  #epoch = "";
  #offset = 0;

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** The newest sample's time; 0 before the first. */
  get newest(): number {
    return this.#rows.at(-1)?.time ?? 0;
  }

  /** Where to go on after a reconnect; empty before the first sample. */
  get position(): string {
    return this.#epoch && `${this.#epoch}-${this.#offset}`;
  }

  /** Take the next sample; what is known already changes nothing. */
  add({ epoch, offset, data }: Envelope): void {
    const restarted = epoch !== this.#epoch;
    if (!restarted && offset <= this.#offset) return;
    if (data.time <= this.newest) this.#forget((row) => row.time < data.time); // its clock was set back
    const { newest } = this;
    if (newest && (restarted || data.time - newest > HOLE)) {
      this.#rows.push({ time: (newest + data.time) / 2, sample: null });
    }
    this.#rows.push({ time: data.time, sample: data });
    this.#epoch = epoch;
    this.#offset = offset;
    this.#trim();
  }

  #trim(): void {
    const oldest = this.newest - KEPT - 2 * HOLE;
    if ((this.#rows[0]?.time ?? oldest) < oldest) this.#forget((row) => row.time >= oldest);
  }

  /** The other rows go; a gap is between two samples, and not at an end. */
  #forget(keep: (row: Row) => boolean): void {
    this.#rows = this.#rows.filter(keep);
    while (this.#rows[0]?.sample === null) this.#rows.shift();
    while (this.#rows.at(-1)?.sample === null) this.#rows.pop();
  }
}

/** The rows in a window, with one more at each side, so that lines run to its edges. */
export function within(rows: readonly Row[], from: number, to: number): readonly Row[] {
  const begin = firstAfter(rows, from);
  const end = firstAfter(rows, to);
  return rows.slice(Math.max(0, begin - 1), end + 1);
}

/** The sample that is nearest to a time; none where nothing was measured. */
export function sampleAt(rows: readonly Row[], time: number): Sample | null {
  const next = firstAfter(rows, time);
  const [before, after] = [rows[next - 1], rows[next]];
  const near = !after || (before && time - before.time <= after.time - time) ? before : after;
  return near && Math.abs(near.time - time) < HOLE ? near.sample : null;
}

/** Where nothing was measured, from the sample before to the one after. */
export function gapsIn(rows: readonly Row[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (const [index, row] of rows.entries()) {
    const [before, after] = [rows[index - 1], rows[index + 1]];
    if (!row.sample) found.push([before?.time ?? row.time, after?.time ?? row.time]);
  }
  return found;
}

/** The index of the first row after a time, by halving. */
function firstAfter(rows: readonly Row[], time: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.time ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
