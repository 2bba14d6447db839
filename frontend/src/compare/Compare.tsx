import { useComputed, useSignalEffect } from "@preact/signals";
import { Section } from "../app/Section";
import { useVisible } from "../lib/visible";
import { Buttons } from "./Buttons";
import { Programs } from "./Programs";
import "./compare.css";
import { SideCard } from "./SideCard";
import { close, news, open, viewers } from "./store";

const STAYS = 60_000; // milliseconds out of view: its load may be looked at further down the page

const SPOKEN = { tutorial: "Tutorial: ", holdfast: "Holdfast: ", both: "" } as const;

const LEAD = (
  <>
    Two chats in one process are sent the same 25 messages a second, and this page listens to both.
    Each button does the same to both, over real sockets.
  </>
);

/** The tutorial's way and Holdfast's, under the same load. */
export function Compare() {
  const { ref, visible } = useVisible({ linger: STAYS });
  useSignalEffect(() => (visible.value ? open() : close()));
  const spoken = useComputed(() => {
    const last = news.value.at(-1);
    return last ? SPOKEN[last.side] + last.text : "";
  });
  return (
    <Section id="compare" title="Side by side" lead={LEAD} sectionRef={ref}>
      <Buttons />
      <div class="grid halves">
        <SideCard
          viewer={viewers.tutorial}
          title="FastAPI tutorial: ConnectionManager"
          how="for connection in active_connections: await connection.send_text(message)"
        />
        <SideCard
          viewer={viewers.holdfast}
          title="Holdfast"
          how="await hf.publish(room, message)"
        />
      </div>
      <Programs />
      <p class="sr-only" role="status">
        {spoken}
      </p>
    </Section>
  );
}
