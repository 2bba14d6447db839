import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Section } from "../app/Section";
import { useVisible } from "../lib/visible";
import { Card } from "./Card";
import { charts } from "./charts";
import * as store from "./store";
import { Toolbar } from "./Toolbar";
import "uplot/dist/uPlot.min.css";
import "./telemetry.css";

const LEAD =
  "Measured once a second, for all pages together. A new page begins with the last 15 minutes, " +
  "and a connection that was lost goes on where it was.";
const HINT =
  "Drag over a chart to zoom; double-click to see all again. Or focus one: " +
  "the arrow keys move the cursor, + and − zoom, Escape resets.";

/** This machine, once a second. */
export function Telemetry() {
  const { ref, visible } = useVisible({ margin: 100, linger: 500 });
  const hidden = useHidden();
  const seen = useComputed(() => visible.value && !hidden.value);
  const cores = store.cores.value;
  const all = useMemo(() => charts(cores), [cores]);
  return (
    <Section
      id="telemetry"
      title="This machine"
      lead={
        <>
          {LEAD} The code: <a href="source/telemetry.py">telemetry.py</a>
        </>
      }
      sectionRef={ref}
      actions={<Toolbar />}
    >
      <State />
      <div
        id="charts"
        class="grid thirds"
        data-state={useComputed(() => store.status.value.state)}
        data-samples={useComputed(() => store.collected.value.samples)}
        data-gaps={useComputed(() => store.collected.value.gaps)}
      >
        {all.map((chart) => (
          <Card key={chart.title} chart={chart} seen={seen} />
        ))}
      </div>
    </Section>
  );
}

/** What is not as usual, in words; how the charts are used, while all is well. */
function State() {
  const { state, text, detail } = store.status.value;
  if (state === "live" || state === "connecting") return <p class="prose usage">{HINT}</p>;
  const told = detail ? `${text} (${detail})` : text;
  if (state === "paused") return <p class="prose usage">{told}.</p>;
  return <p class="prose usage warn">{told}. The charts show what came before.</p>;
}

/** Whether the tab is in the background. */
function useHidden() {
  const hidden = useSignal(document.hidden);
  useEffect(() => {
    const look = () => {
      hidden.value = document.hidden;
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [hidden]);
  return hidden;
}
