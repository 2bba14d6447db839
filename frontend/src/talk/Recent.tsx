import type { ReadonlySignal } from "@preact/signals";
import type { Desk } from "./desk";
import type { Summary } from "./protocol";

const STATE = { writing: "writing", stopped: "stopped", waiting: "not watched", done: "complete" };

interface Props {
  desk: Desk;
  answers: ReadonlySignal<readonly Summary[] | null>;
}

/** The answers that the server keeps: any tab can watch any of them. */
export function Recent({ desk, answers }: Props) {
  const kept = answers.value ?? [];
  if (!kept.length) return null;
  return (
    <div class="recent">
      <h4 id="talk-recent">Recent answers, of all tabs</h4>
      <ul aria-labelledby="talk-recent">
        {kept.map((summary) => (
          <li key={summary.id}>
            <button
              type="button"
              class="recent-one"
              aria-pressed={summary.id === desk.chosen.value}
              onClick={() => desk.choose(summary.id)}
            >
              <span class="recent-prompt">{summary.prompt}</span>
              <span class="recent-state">{STATE[summary.state]}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
