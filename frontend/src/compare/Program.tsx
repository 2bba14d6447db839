import { type Signal, useSignal, useSignalEffect } from "@preact/signals";

interface Props {
  file: string;
  /** Words of the lines that decide what happens. */
  decisive: readonly string[];
  /** It is read when it is first shown. */
  shown: Signal<boolean>;
}

const UNREAD = "The file cannot be read just now.";

async function read(file: string): Promise<string[]> {
  try {
    const response = await fetch(new URL(`source/${file}`, document.baseURI));
    return response.ok ? (await response.text()).trimEnd().split("\n") : [UNREAD];
  } catch {
    return [UNREAD];
  }
}

/** One side's whole program, as it runs. */
export function Program({ file, decisive, shown }: Props) {
  const lines = useSignal<string[]>([]);
  useSignalEffect(() => {
    if (!shown.value || lines.peek().length > 1) return;
    read(file).then((found) => {
      lines.value = found;
    });
  });
  const isDecisive = (line: string) => decisive.some((words) => line.includes(words));
  return (
    <div class="program" data-file={file}>
      <p>
        <a href={`source/${file}`}>
          <code>{file}</code>
        </a>
        , {lines.value.length} lines
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must reach what scrolls */}
      <section class="code" aria-label={file} tabIndex={0}>
        <pre>
          {lines.value.map((line, index) => (
            <code key={index} class={isDecisive(line) ? "decisive" : ""}>
              {`${line}\n`}
            </code>
          ))}
        </pre>
      </section>
    </div>
  );
}
