/** Where this page's own code is read. */
export function Footer() {
  return (
    <footer class="footer">
      <p>
        This page is an ordinary FastAPI app on Holdfast&rsquo;s public names:{" "}
        <a href="source/app.py">app.py</a>
      </p>
    </footer>
  );
}
