import type { ComponentChildren } from "preact";
import { useSpeech } from "./i18n/Language";
import { useIdentity } from "./identity/Identity";
import { Link, useRouting } from "./router/Router";

/** What every page stands in: skip link, header with navigation, language and sign-in, main, footer. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { t } = useSpeech();
  const skip = (event: Event) => {
    event.preventDefault(); // no "#content" in the address
    document.getElementById("content")?.focus();
  };
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        {t("app.skip")}
      </a>
      <Header />
      <main id="content" class="wrap" tabIndex={-1}>
        {children}
      </main>
      <footer class="footer">
        <div class="wrap">
          <p>{t("app.footer")}</p>
          <p>{t("app.timeZone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}</p>
        </div>
      </footer>
    </>
  );
}

function Header() {
  const { t } = useSpeech();
  const { page } = useRouting().route;
  return (
    <header class="header">
      <div class="wrap header-row">
        <Link to={{ page: "campaigns" }} class="brand">
          <svg class="brand-mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
            <rect width="32" height="32" rx="8" />
            <path d="M5 21c4.5 0 5.5-10 11-10s6.5 10 11 10" />
          </svg>
          Groundswell
        </Link>
        <nav class="nav" aria-label={t("app.navigation")}>
          <Link to={{ page: "campaigns" }} class="nav-link" current={page === "campaigns"}>
            {t("campaigns.title")}
          </Link>
          <Link to={{ page: "preorders" }} class="nav-link" current={page === "preorders"}>
            {t("preorders.title")}
          </Link>
        </nav>
        <Account />
      </div>
    </header>
  );
}

function Account() {
  const { t, language, speak } = useSpeech();
  const { session, arriving, signIn, signOut } = useIdentity();
  const other = language === "en" ? "pl" : "en";
  return (
    <div class="account">
      {session && (
        <p class="account-name">
          <span class="visually-hidden">{t("signIn.as", { name: session.name })}</span>
          <span aria-hidden="true">{session.name}</span>
        </p>
      )}
      {/* One button for both, so that the focus stays on it when its meaning changes. */}
      <button
        type="button"
        class="button button-plain account-sign"
        aria-disabled={arriving || undefined}
        onClick={arriving ? undefined : session ? signOut : signIn}
      >
        {t(arriving ? "signIn.working" : session ? "signIn.out" : "signIn.open")}
      </button>
      <button type="button" class="button button-quiet account-language" lang={other} onClick={() => speak(other)}>
        {t("app.otherLanguage")}
      </button>
    </div>
  );
}
