import { useComputed, useSignalEffect } from "@preact/signals";
import type { TargetedEvent } from "preact";
import { useRef } from "preact/hooks";
import type { Desk } from "./desk";

const NEAR = 40; // CSS pixels from the end, within which the text stays at its end

/** The text so far. Not read aloud word by word: who listens reads it when it is complete. */
export function AnswerText({ desk }: { desk: Desk }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const state = useComputed(() => desk.summary.value?.state ?? "none");
  const busy = useComputed(() => state.value === "writing");
  const empty = useComputed(() => !desk.text.value);
  useSignalEffect(() => {
    desk.text.value; // with every word
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  });
  const scrolled = ({ currentTarget: one }: TargetedEvent<HTMLDivElement>) => {
    atEnd.current = one.scrollHeight - one.scrollTop - one.clientHeight < NEAR;
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be one of the page's
    <div
      class="answer inset"
      role="region"
      aria-label="Answer"
      aria-busy={busy}
      data-state={state}
      data-link={desk.link}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keys
      tabIndex={0}
      ref={box}
      onScroll={scrolled}
    >
      <p class="answer-text">{desk.text}</p>
      {empty.value && <p class="prose">Ask something, and the answer appears here.</p>}
    </div>
  );
}
