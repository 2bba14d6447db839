// The same from a terminal.

function url(path: string): string {
  return new URL(path, document.baseURI).href;
}

/** As one word, for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function notifyCommand(user: string, text: string): string {
  const body = quoted(JSON.stringify({ text }));
  return `curl ${url(`notify/${encodeURIComponent(user)}`)} --json ${body}`;
}

export function watchCommand(id: string): string {
  return `curl -N -H 'Accept: text/event-stream' ${url(`ws/answers/${id}`)}`;
}
