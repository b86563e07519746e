import { Component, type ComponentChildren } from "preact";
import { useSpeech } from "../i18n/Language";
import { Button } from "./Button";

/** Catches a mistake in a page's own code, so that the fan gets a sentence instead of a blank screen. */
export class Boundary extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };

  override componentDidCatch(error: unknown) {
    console.error(error);
    this.setState({ broken: true });
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useSpeech();
  return (
    <div class="panel empty" role="alert">
      <h1>{t("app.broken")}</h1>
      <p class="muted">{t("app.brokenDetail")}</p>
      <Button onClick={() => location.reload()}>{t("app.reload")}</Button>
    </div>
  );
}
