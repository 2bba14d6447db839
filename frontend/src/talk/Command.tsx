import type { ReadonlySignal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

interface Props {
  /** What the command does. */
  title: string;
  command: ReadonlySignal<string>;
}

/** A line for a terminal, and a button that copies it. */
export function Command({ title, command }: Props) {
  const code = useRef<HTMLElement>(null);
  const told = useSignal("");
  const copy = async () => {
    told.value = (await copied(command.peek())) ? "Copied" : select(code.current);
  };
  return (
    <div class="command">
      <div class="card-head">
        <p class="prose">{title}</p>
        <span class="command-told" role="status">
          {told}
        </span>
        <button type="button" class="quiet small" aria-label={`Copy: ${title}`} onClick={copy}>
          Copy
        </button>
      </div>
      <pre class="code">
        <code ref={code}>{command}</code>
      </pre>
    </div>
  );
}

/** There is no clipboard for pages that came over plain HTTP from another machine. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function select(element: HTMLElement | null): string {
  if (element) getSelection()?.selectAllChildren(element);
  return "Selected";
}
