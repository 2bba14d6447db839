import { Compare } from "../compare/Compare";
import { Talk } from "../talk/Talk";
import { Telemetry } from "../telemetry/Telemetry";
import { Ticker } from "../ticker/Ticker";
import { Footer } from "./Footer";
import { Header } from "./Header";

/** The page: what matters most comes first. */
export function App() {
  return (
    <>
      <a class="skip" href="#compare">
        Skip to the comparison
      </a>
      <Header />
      <main>
        <div class="intro">
          <h1>Holdfast, the real&#8209;time layer for FastAPI</h1>
          <p>
            WebSocket connections that cannot leak, broadcasts that one stuck client cannot stop.
          </p>
        </div>
        <Compare />
        <Telemetry />
        <Ticker />
        <Talk />
      </main>
      <Footer />
    </>
  );
}
