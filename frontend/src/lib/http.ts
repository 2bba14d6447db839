// Requests to this app's own endpoints, and what they answer, as a value.

export type Answer<T> =
  | { ok: true; status: number; data: T }
  | { ok: false; status: number; detail: string };

const UNREACHED = "the server cannot be reached";

/** FastAPI says what is wrong in `detail`: a sentence, or a list of what was not valid. */
function detailOf(body: unknown): string {
  const detail = (body as { detail?: unknown } | null)?.detail;
  if (typeof detail === "string") return detail;
  if (Array.isArray(detail)) return detail.map((one) => one?.msg ?? "not valid").join("; ");
  return "";
}

async function ask<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(new URL(path, document.baseURI), init);
    const { status } = response;
    // What breaks off on its way is no answer: it raises here, as if nobody had been reached.
    if (response.ok)
      return { ok: true, status, data: (status === 204 ? null : await response.json()) as T };
    const body: unknown = await response.json().catch(() => null);
    return { ok: false, status, detail: detailOf(body) || `the server answered ${status}` };
  } catch {
    return { ok: false, status: 0, detail: UNREACHED };
  }
}

export function getJson<T>(path: string): Promise<Answer<T>> {
  return ask(path, {});
}

export function postJson<T>(path: string, body: unknown = {}): Promise<Answer<T>> {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}
