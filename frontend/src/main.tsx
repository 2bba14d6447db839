import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/page.css";
import "./styles/parts.css";
import { render } from "preact";
import { App } from "./app/App";
import { start } from "./telemetry/store";

const page = document.getElementById("page");
if (page) {
  start();
  render(<App />, page);
}
