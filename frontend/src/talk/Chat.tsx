import { useComputed } from "@preact/signals";
import type { TargetedEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Line } from "./log";
import type { Pending } from "./outbox";
import type { Room } from "./room";
import { linkWords, number } from "./words";

const NEAR = 40; // CSS pixels from the end of the log, within which it stays at the end

/** What all say to all. */
export function Chat({ room }: { room: Room }) {
  const words = useComputed(() => linkWords(room.link.value));
  return (
    <article class="card" data-link={room.link} aria-labelledby="talk-chat">
      <div class="card-head">
        <h3 id="talk-chat">Chat</h3>
        <p class="note" role="status">
          {words}
        </p>
      </div>
      <Messages room={room} />
      <Outbox room={room} />
      <Say room={room} />
    </article>
  );
}

function Messages({ room }: { room: Room }) {
  const ref = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { lines } = room.log.value;
  useLayoutEffect(() => {
    if (ref.current && atEnd.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [lines]);
  const scrolled = ({ currentTarget: log }: TargetedEvent<HTMLDivElement>) => {
    atEnd.current = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keys
    <div class="log" role="log" aria-label="Messages" tabIndex={0} ref={ref} onScroll={scrolled}>
      {lines.map((line) => (
        <Message key={line.key} line={line} own={room.name.value} />
      ))}
    </div>
  );
}

function Message({ line, own }: { line: Line; own: string }) {
  if (line.kind === "restarted")
    return (
      <p class="log-break">The server was started again, and remembers nothing of the above.</p>
    );
  if (line.kind === "missed")
    return <p class="log-break">{number(line.count, "message")} can no longer be shown.</p>;
  const { name, text, time } = line.said;
  return (
    <p class={name === own ? "said own" : "said"}>
      <b>{name}</b>
      <time dateTime={new Date(time * 1000).toISOString()}>{timeOfDay(time)}</time>
      <span>{text}</span>
    </p>
  );
}

function timeOfDay(secondsSince1970: number): string {
  const options = { hour: "2-digit", minute: "2-digit" } as const;
  return new Date(secondsSince1970 * 1000).toLocaleTimeString([], options);
}

/** What is not in the server's log yet, or not at all. */
function Outbox({ room }: { room: Room }) {
  const [lost, sending] = [true, false].map((is) => room.outbox.value.filter((o) => o.lost === is));
  return (
    <>
      {sending?.map((one) => (
        <p key={one.id} class="sending">
          sending: {one.text}
        </p>
      ))}
      <div role="status">
        {lost?.map((one) => (
          <Lost key={one.id} one={one} room={room} />
        ))}
      </div>
    </>
  );
}

function Lost({ one, room }: { one: Pending; room: Room }) {
  return (
    <div class="lost">
      <p>did not arrive: {one.text}</p>
      <button type="button" class="quiet small" onClick={() => room.sayAgain(one)}>
        Send again
      </button>
      <button type="button" class="quiet small" onClick={() => room.drop(one)}>
        Drop
      </button>
    </div>
  );
}

function Say({ room }: { room: Room }) {
  const field = useRef<HTMLInputElement>(null);
  const away = useComputed(() => room.link.value !== "open");
  const say = (event: Event) => {
    event.preventDefault();
    const input = field.current;
    if (input && room.say(input.value)) input.value = "";
    input?.focus();
  };
  return (
    <form class="row" onSubmit={say}>
      <label class="sr-only" for="talk-say">
        Message
      </label>
      <input
        id="talk-say"
        ref={field}
        required
        maxLength={500}
        autocomplete="off"
        placeholder="Say something to everybody"
      />
      <button type="submit" disabled={away}>
        Send
      </button>
    </form>
  );
}
