import { useSignal } from "@preact/signals";
import { Program } from "./Program";

const TUTORIAL = [
  "for connection in",
  "await connection.send_text",
  "except WebSocketDisconnect",
  "manager.disconnect(websocket)",
];
const HOLDFAST = ["await conn.join", "async for text", "await hf.publish"];

/** Both programs beside each other, and what is around them. */
export function Programs() {
  const shown = useSignal(false);
  return (
    <div class="programs">
      <details
        onToggle={(event) => {
          shown.value = event.currentTarget.open;
        }}
      >
        <summary>Read both programs</summary>
        <div class="grid halves">
          <Program file="tutorial.py" decisive={TUTORIAL} shown={shown} />
          <Program file="rewritten.py" decisive={HOLDFAST} shown={shown} />
        </div>
      </details>
      <p class="prose">
        <a href="source/tutorial.py">tutorial.py</a> does what FastAPI&rsquo;s documentation
        teaches, and <a href="source/rewritten.py">rewritten.py</a> is the same chat. What feeds and
        watches them: <a href="source/compare.py">compare.py</a>,{" "}
        <a href="source/sides.py">sides.py</a>, <a href="source/peers.py">peers.py</a>. A{" "}
        <code>try</code> in the feed would keep it going after the binary frame, but whoever stands
        behind the dead socket in the list would still get nothing; <code>asyncio.gather</code>{" "}
        instead of the loop waits for the stalled viewer all the same.
      </p>
    </div>
  );
}
