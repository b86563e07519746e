import { CampaignPage } from "./campaigns/CampaignPage";
import { LanguageProvider, useSpeech, type Spoken } from "./i18n/Language";
import { IdentityProvider, useIdentity, type Arriving } from "./identity/Identity";
import { Link, Router, useRouting } from "./router/Router";
import { Shell } from "./Shell";
import { Boundary } from "./ui/Broken";
import { lazily } from "./ui/lazily";
import { PageHeading } from "./ui/PageHeading";

const CampaignsPage = lazily("campaigns", async () => (await import("./campaigns/CampaignsPage")).CampaignsPage);
const OrganisePage = lazily("organise", async () => (await import("./organise/OrganisePage")).OrganisePage, "vote", "result");
const PaymentPage = lazily("payment", async () => (await import("./payments/PaymentPage")).PaymentPage, "payment");
const PreordersPage = lazily("preorders", async () => (await import("./preorders/PreordersPage")).PreordersPage, "deal", "sale");

export function App({ arrival, first }: { arrival: Arriving; first: Spoken }) {
  return (
    <LanguageProvider first={first}>
      <Router>
        <IdentityProvider arrival={arrival}>
          <Shell>
            <CurrentPage />
          </Shell>
        </IdentityProvider>
      </Router>
    </LanguageProvider>
  );
}

function CurrentPage() {
  const { route, moves } = useRouting();
  const { departures } = useIdentity();
  // A key per visit: a page that broke or holds a half-done step starts afresh when it is left, or its fan has left.
  return <Boundary key={`${moves} ${departures}`}>{pageOf(route)}</Boundary>;
}

function pageOf(route: ReturnType<typeof useRouting>["route"]) {
  switch (route.page) {
    case "campaigns":
      return <CampaignsPage />;
    case "campaign":
      return <CampaignPage campaignId={route.campaignId} />;
    case "organise":
      return <OrganisePage campaignId={route.campaignId} />;
    case "payment":
      return <PaymentPage campaignId={route.campaignId} preorderId={route.preorderId} />;
    case "preorders":
      return <PreordersPage />;
    case "missing":
      return <MissingPage />;
  }
}

function MissingPage() {
  const { t } = useSpeech();
  return (
    <div class="stack narrow">
      <PageHeading title={t("app.missing")} />
      <p class="lead">{t("app.missingDetail")}</p>
      <p>
        <Link to={{ page: "campaigns" }} class="button button-plain">
          {t("app.toCampaigns")}
        </Link>
      </p>
    </div>
  );
}
