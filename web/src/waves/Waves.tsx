import type { Batch, Campaign, Wave } from "../api/types";
import { useSpeech, type Speech } from "../i18n/Language";
import { useNow } from "../live/useNow";
import { ShareBar } from "../ui/Bar";
import { Disclosure } from "../ui/Disclosure";
import { lazily } from "../ui/lazily";
import { forEverybodyFrom, standingOf, unitsOf, wavesMatter } from "./waves";

const DrawProof = lazily("draw proof", async () => (await import("./DrawProof")).DrawProof, "draw");

/** Which wave opens when and for whom, what is left of it, and what becomes of the rest. */
export function Waves({ campaign, batches }: { campaign: Campaign; batches: Batch[] }) {
  const { t, soon } = useSpeech();
  const now = useNow();
  if (!wavesMatter(campaign, now)) return null;
  const everybody = forEverybodyFrom(campaign.waves, now);
  return (
    <section class="stack" aria-labelledby="waves-title">
      <h2 id="waves-title">{t("waves.title")}</h2>
      <div class="panel">
        <ol class="waves">
          {campaign.waves.map((wave) => (
            <WaveRow key={wave.number} campaignId={campaign.campaign_id} wave={wave} batches={batches} now={now} />
          ))}
        </ol>
        <p class="muted waves-rule">
          {t("waves.rule")} {everybody && t("waves.everybodyFrom", { soon: soon(everybody, now) })}
        </p>
      </div>
    </section>
  );
}

function WaveRow({ campaignId, wave, batches, now }: { campaignId: string; wave: Wave; batches: Batch[]; now: number }) {
  const speech = useSpeech();
  const { t } = speech;
  const standing = standingOf(wave, now);
  const has = unitsOf(wave, batches);
  return (
    <li class={standing === "over" ? "wave wave-over" : "wave"}>
      <div class="wave-head">
        <h3>{wave.title}</h3>
        <span class={standing === "open" ? "badge badge-live" : "badge"}>{t(`waves.${standing}`)}</span>
      </div>
      <p>{windowOf(wave, now, speech)}</p>
      <p class="muted">{whomOf(wave, speech).join(" · ")}</p>
      {wave.draw && standing !== "over" && <p class="muted">{t("waves.drawnUnits", { count: wave.units })}</p>}
      {has && !wave.draw && standing !== "over" && (
        <div class="wave-units">
          <ShareBar part={has.units - has.free} whole={has.units} />
          <p class="muted">{t("waves.units", { count: has.free, units: has.units })}</p>
        </div>
      )}
      {wave.draw && (
        <Disclosure class="agreed" title={t("waves.checkDraw")}>
          {() => <DrawProof campaignId={campaignId} wave={wave} over={standing === "over"} />}
        </Disclosure>
      )}
    </li>
  );
}

function windowOf(wave: Wave, now: number, { t, soon, ahead, moment }: Speech): string {
  const standing = standingOf(wave, now);
  if (standing === "coming") {
    return t("waves.opens", { soon: soon(wave.opens_at, now), ahead: ahead(wave.opens_at, now) });
  }
  if (standing === "open") return t("waves.closes", { soon: soon(wave.closes_at, now), ahead: ahead(wave.closes_at, now) });
  return t("waves.closed", { moment: moment(wave.closes_at) });
}

function whomOf(wave: Wave, { t, language, country }: Speech): string[] {
  const names = new Intl.ListFormat(language).format(wave.regions.map(country));
  return [
    wave.regions.length > 0 ? t("waves.regions", { countries: names }) : t("waves.forEverybody"),
    ...(wave.needs_code ? [t("waves.withCode")] : []),
    ...(wave.draw ? [t("waves.byLot")] : []),
    ...(wave.limit_per_fan !== null ? [t("waves.limit", { count: wave.limit_per_fan })] : []),
  ];
}
