import { render } from "preact";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/feedback.css";
import "./styles/options.css";
import "./styles/batches.css";
import { App } from "./App";
import { firstLanguage } from "./i18n/Language";
import { arrival } from "./identity/ways";

// First of all: the router must not see, nor the history keep, the address of a return from signing in.
const arriving = arrival();
const page = document.getElementById("page")!;
firstLanguage().then(
  (first) => render(<App arrival={arriving} first={first} />, page),
  () => page.append("Groundswell could not be loaded: please try again. / Nie udało się wczytać Groundswell: spróbuj ponownie."),
);
