import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Section } from "../app/Section";
import type { LinkState } from "../lib/socket";
import { useVisible } from "../lib/visible";
import { Cards } from "./Cards";
import { Choice, Slider } from "./Controls";
import { Detail } from "./Detail";
import { Figures } from "./Figures";
import { useFrames } from "./frames";
import { arrange, type Sorting } from "./order";
import { Rate } from "./rate";
import { TickerStore } from "./store";
import "./ticker.css";

const RESORTED = 20; // steps between two looks at who has risen most

const LEAD = (
  <>
    500 made-up instruments over one WebSocket. However fast the prices change, the server sends a
    page only the newest of each instrument, at most every 100 ms, and the page draws only the cards
    on screen. The server&rsquo;s side is <a href="source/ticker.py">ticker.py</a>.
  </>
);

const STATES: Record<LinkState, string> = {
  connecting: "Connecting",
  open: "Connected",
  waiting: "Connection lost: trying again",
  refused: "Refused by the server",
  closed: "Not connected while out of sight",
};

export function Ticker() {
  const { ref, visible } = useVisible();
  const store = useMemo(() => new TickerStore(), []);
  const rate = useMemo(() => new Rate(store.report), [store]);
  const frames = useFrames(visible);
  const [text, sorting] = [useSignal(""), useSignal<Sorting>("symbol")];
  const [chosen, onScreen] = [useSignal(0), useSignal(0)];
  const turn = useComputed(() =>
    sorting.value === "symbol" ? 0 : Math.floor(store.step.value / RESORTED),
  );
  const order = useComputed(() => {
    turn.value;
    const board = store.board.value;
    return board ? arrange(board, text.value, sorting.value) : [];
  });
  const found = useComputed(() => order.value.length);

  useSignalEffect(() => {
    if (visible.value) store.open();
    else store.close();
  });

  const board = store.board.value;
  const link = store.link.value;
  return (
    <Section id="ticker" title="Ticker" lead={LEAD} sectionRef={ref}>
      <div class="card ticker-bar" data-link={link}>
        <Slider rate={rate} report={store.report} />
        <Figures store={store} frames={frames} onScreen={onScreen} />
        <p class={link === "open" ? "sr-only" : "prose"} role="status">
          {STATES[link]}
        </p>
      </div>
      <div class={link === "open" ? "ticker-parts" : "ticker-parts dimmed"}>
        <div class="ticker-side">
          <Choice text={text} sorting={sorting} found={found} />
          {board && <Detail board={board} step={store.step} chosen={chosen} />}
        </div>
        {board && <Cards {...{ board, order, step: store.step, chosen, onScreen }} />}
      </div>
    </Section>
  );
}
