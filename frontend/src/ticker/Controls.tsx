import { type ReadonlySignal, type Signal, useComputed } from "@preact/signals";
import { count } from "../lib/format";
import type { Sorting } from "./order";
import { nearest, type Rate, stops } from "./rate";
import type { Report } from "./store";

interface SliderProps {
  rate: Rate;
  report: ReadonlySignal<Report | undefined>;
}

/** Updates a second, for everybody who watches. */
export function Slider({ rate, report }: SliderProps) {
  const fastest = useComputed(() => report.value?.fastest);
  const all = useComputed(() => stops(fastest.value ?? 1));
  const asked = rate.asked.value;
  return (
    <div class="slider ticker-slider">
      <label for="ticker-rate">Updates per second</label>
      <output for="ticker-rate">{count(asked)}</output>
      <input
        id="ticker-rate"
        type="range"
        min={0}
        max={all.value.length - 1}
        step={1}
        value={nearest(all.value, asked)}
        disabled={fastest.value === undefined}
        aria-valuetext={`${count(asked)} updates per second`}
        onInput={(event) => rate.choose(all.value[event.currentTarget.valueAsNumber] ?? 0)}
      />
      {rate.failure.value && (
        <p class="note bad" role="alert">
          {rate.failure}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps {
  text: Signal<string>;
  sorting: Signal<Sorting>;
  found: ReadonlySignal<number>;
}

/** Which instruments, and in which order. */
export function Choice({ text, sorting, found }: ChoiceProps) {
  return (
    <div class="ticker-choice">
      <div>
        <label for="ticker-filter">Symbol or name</label>
        <input
          id="ticker-filter"
          type="search"
          placeholder="All of them"
          autocomplete="off"
          value={text}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </div>
      <div>
        <label for="ticker-sorting">Order</label>
        <select
          id="ticker-sorting"
          value={sorting}
          onChange={(event) => {
            sorting.value = event.currentTarget.value as Sorting;
          }}
        >
          <option value="symbol">By symbol</option>
          <option value="risers">Risers first</option>
          <option value="fallers">Fallers first</option>
        </select>
      </div>
      <p class="sr-only" role="status">
        {found} instruments
      </p>
    </div>
  );
}
