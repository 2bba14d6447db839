import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Answer } from "../lib/http";
import { AnswerText } from "./AnswerText";
import { Command } from "./Command";
import { watchCommand } from "./commands";
import type { Desk } from "./desk";
import type { Summary } from "./protocol";
import { Recent } from "./Recent";
import { answerWords } from "./words";

interface Props {
  desk: Desk;
  answers: ReadonlySignal<readonly Summary[] | null>;
}

/** A text that comes word by word, the same for all who watch it. */
export function AnswerCard({ desk, answers }: Props) {
  const told = useSignal("");
  const words = useComputed(() => {
    if (told.value) return told.value;
    return desk.chosen.value ? answerWords(desk.summary.value, desk.link.value) : "";
  });
  const tell = (answer: Answer<unknown>) => {
    told.value = answer.ok ? "" : answer.detail;
  };
  const command = useComputed(() => watchCommand(desk.chosen.value));
  return (
    <article class="card" aria-labelledby="talk-answer">
      <div class="card-head">
        <h3 id="talk-answer">Token stream</h3>
        <p class="note" role="status">
          {words}
        </p>
      </div>
      <p class="prose">
        Sent as a language model sends its answer. No model is asked: the server has a few
        sentences.
      </p>
      <Ask desk={desk} tell={tell} />
      <AnswerText desk={desk} />
      <Turn desk={desk} tell={tell} />
      <Recent desk={desk} answers={answers} />
      {desk.summary.value && <Command title="Watch it from a terminal" command={command} />}
    </article>
  );
}

interface PartProps {
  desk: Desk;
  tell: (answer: Answer<unknown>) => void;
}

function Ask({ desk, tell }: PartProps) {
  const field = useRef<HTMLInputElement>(null);
  const ask = async (event: Event) => {
    event.preventDefault();
    if (field.current) tell(await desk.ask(field.current.value));
  };
  return (
    <form class="row" onSubmit={ask}>
      <label class="sr-only" for="talk-prompt">
        Prompt
      </label>
      <input
        id="talk-prompt"
        ref={field}
        required
        maxLength={200}
        autocomplete="off"
        defaultValue="Why do broadcasts freeze?"
      />
      <button type="submit">Ask</button>
    </form>
  );
}

function Turn({ desk, tell }: PartProps) {
  const summary = desk.summary.value;
  const stopped = summary?.state === "stopped";
  const turn = async () => tell(await desk.turn(stopped ? "resume" : "stop"));
  return (
    <div class="talk-turn">
      <button
        type="button"
        class="quiet small"
        disabled={!summary || summary.state === "done"}
        onClick={turn}
      >
        {stopped ? "Resume" : "Stop"}
      </button>
      <p class="note">{summary && summary.viewers > 0 && `watched by ${summary.viewers}`}</p>
    </div>
  );
}
