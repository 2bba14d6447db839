import { useComputed } from "@preact/signals";
import { clock, count, delay } from "../lib/format";
import { newsOf } from "./protocol";
import { RateChart } from "./RateChart";
import { news, state } from "./store";
import type { Mood, Viewer } from "./viewer";

const SHOWN = 3; // of the news

const TONES: Record<Mood, string> = {
  off: "",
  connecting: "",
  receiving: "good",
  frozen: "bad",
};

function wordFor(mood: Mood, seconds: number): string {
  if (mood === "frozen") return `frozen for ${seconds} s`;
  return mood === "off" ? "not connected" : mood;
}

interface Props {
  viewer: Viewer;
  title: string;
  /** How it sends to all viewers, in a line of code. */
  how: string;
}

/** One side: what this page receives from it, and what has become of the others. */
export function SideCard({ viewer, title, how }: Props) {
  const { name } = viewer;
  const mood = useComputed(() => viewer.mood.value);
  const tone = useComputed(() => `chip ${TONES[viewer.mood.value]}`);
  const chip = useComputed(() => wordFor(viewer.mood.value, viewer.frozenFor.value));
  return (
    <article class="card side" data-side={name} data-mood={mood} aria-labelledby={`side-${name}`}>
      <div class="card-head">
        <h3 id={`side-${name}`}>{title}</h3>
        <p class={tone}>{chip}</p>
      </div>
      <p class="note">
        <code>{how}</code>
      </p>
      <Figures viewer={viewer} />
      <RateChart viewer={viewer} />
      <NewsList viewer={viewer} />
    </article>
  );
}

function Figures({ viewer }: { viewer: Viewer }) {
  const received = useComputed(() => count(viewer.received.value));
  const late = useComputed(() =>
    viewer.delay.value === null ? "–" : delay(Math.round(viewer.delay.value)).join(" "),
  );
  const viewers = useComputed(() => state.value?.[viewer.name].viewers ?? "–");
  return (
    <dl class="figures">
      <div>
        <dt>received here</dt>
        <dd class="figure large">
          <b data-figure="received">{received}</b> <small>messages</small>
        </dd>
      </div>
      <div>
        <dt>delay</dt>
        <dd class="figure" title="beyond the fastest message so far">
          <b data-figure="delay">{late}</b>
        </dd>
      </div>
      <div>
        <dt>viewers</dt>
        <dd class="figure">
          <b data-figure="viewers">{viewers}</b>
        </dd>
      </div>
    </dl>
  );
}

/** What was done and what came of it, the newest last. */
function NewsList({ viewer }: { viewer: Viewer }) {
  const shown = newsOf(news.value, viewer.name).slice(-SHOWN);
  if (!shown.length) return <p class="side-news note">Nothing has been done to it yet.</p>;
  return (
    <ol class="side-news">
      {shown.map((one) => (
        <li key={one.number} class={one.side === "both" ? "done" : "seen"}>
          <time>{clock(one.time)}</time> <span>{one.text}</span>
        </li>
      ))}
    </ol>
  );
}
