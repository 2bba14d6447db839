import type { ReadonlySignal } from "@preact/signals";
import { count } from "../lib/format";
import { fallsShort } from "./rate";
import type { TickerStore } from "./store";

interface Props {
  store: TickerStore;
  frames: ReadonlySignal<number>;
  onScreen: ReadonlySignal<number>;
}

/** What becomes of the updates, from the slider to the screen. */
export function Figures({ store, frames, onScreen }: Props) {
  const report = store.link.value === "open" ? store.report.value : undefined;
  const { asked = 0, published = 0 } = report ?? {};
  const received = store.received.value;
  const total = store.board.value?.listings.length ?? 0;
  const short = report && fallsShort(report);
  return (
    <>
      <dl class="figures ticker-figures">
        <Figure id="published" name="Published" unit="/s" value={count(published)} />
        <Figure id="received" name="Sent to this page" unit="/s" value={count(received)} />
        <Figure
          id="conflated"
          name="Conflated away"
          unit="/s"
          value={count(Math.max(0, published - received))}
        />
        <Figure id="frames" name="Frames" unit="/s" value={count(frames.value)} />
        <Figure
          id="drawn"
          name="Cards on screen"
          unit={`of ${total}`}
          value={count(onScreen.value)}
        />
      </dl>
      {short && (
        <p class="prose warn">
          {count(asked)} were asked for: with all that it does, this process manages{" "}
          {count(published)}.
        </p>
      )}
    </>
  );
}

function Figure(props: { id: string; name: string; unit: string; value: string }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd class="figure">
        <b id={`ticker-${props.id}`}>{props.value}</b> <small>{props.unit}</small>
      </dd>
    </div>
  );
}
