const FILES = ["app.py", "compare.py", "telemetry.py", "ticker.py", "talk.py"];

/** Where this page's own code is read. */
export function Footer() {
  return (
    <footer class="footer">
      <p>
        This page is an ordinary FastAPI app that uses Holdfast&rsquo;s public names only. Its code:
      </p>
      <ul class="files">
        {FILES.map((name) => (
          <li key={name}>
            <a href={`source/${name}`}>
              <code>{name}</code>
            </a>
          </li>
        ))}
      </ul>
    </footer>
  );
}
