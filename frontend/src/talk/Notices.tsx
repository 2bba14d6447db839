import { useEffect, useRef } from "preact/hooks";
import type { Notice, Room } from "./room";

const SHOWN = 15_000; // milliseconds that a notice stays, unless somebody is at it

/** Notices come up over the page, and go by themselves. */
export function Notices({ room }: { room: Room }) {
  return (
    <div class="notices" role="status" aria-label="Notifications">
      {room.notices.value.map((notice) => (
        <Toast key={notice.id} notice={notice} close={() => room.dismiss(notice)} />
      ))}
    </div>
  );
}

function Toast({ notice, close }: { notice: Notice; close: () => void }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const before = useRef<EventTarget | null>(null);
  const stay = () => clearTimeout(timer.current);
  const go = () => {
    stay();
    timer.current = setTimeout(close, SHOWN);
  };
  const closeAndReturn = () => {
    if (before.current instanceof HTMLElement) before.current.focus();
    close();
  };
  useEffect(() => {
    go();
    return stay;
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it waits for who reads it, no more
    <div class="notice" onMouseEnter={stay} onMouseLeave={go} onFocusIn={stay} onFocusOut={go}>
      <p>{notice.text}</p>
      <button
        type="button"
        class="quiet small"
        onFocus={(event) => (before.current ??= event.relatedTarget)}
        onClick={closeAndReturn}
      >
        Close
      </button>
    </div>
  );
}
