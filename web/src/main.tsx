import { render } from "preact";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/feedback.css";
import "./styles/options.css";
import "./styles/campaigns.css";
import "./styles/batches.css";
import "./styles/ordering.css";
import "./styles/results.css";
import { App } from "./App";
import { arrival } from "./identity/ways";

// First of all: the router must not see, nor the history keep, the address of a return from signing in.
render(<App arrival={arrival()} />, document.getElementById("page")!);
