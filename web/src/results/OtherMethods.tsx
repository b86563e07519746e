import type { Feature, FeatureResult } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { orderings } from "../pictures/figures";

/** The winners that other ways of counting the same ranked ballots would have, beside the one that decides. */
export function OtherMethods({ feature, result }: { feature: Feature; result: FeatureResult }) {
  const { t } = useSpeech();
  const label = (id: string | undefined) => feature.options.find((option) => option.option_id === id)?.label ?? id ?? "";
  const all = orderings(result);
  const others = all.filter(({ order }) => order[0] !== result.ranking[0]);
  return (
    <>
      <p class="why">
        {others.length === 0
          ? t("methods.same", { option: label(result.ranking[0]) })
          : t("methods.differ", {
              list: others.map(({ method, order }) => `${label(order[0])} (${t(`methods.${method}`)})`).join(", "),
            })}
      </p>
      <details class="details">
        <summary>{t("methods.title")}</summary>
        <div class="wide" role="region" aria-label={`${t("methods.title")}: ${feature.title}`} tabIndex={0}>
          <table class="figures">
            <thead>
              <tr>
                <th scope="col">{t("methods.method")}</th>
                <th scope="col">{t("methods.order")}</th>
              </tr>
            </thead>
            <tbody>
              {all.map(({ method, order }) => (
                <tr key={method}>
                  <th scope="row">
                    {t(`methods.${method}`)} {method === "schulze" && <span class="muted">({t("methods.decides")})</span>}
                  </th>
                  <td class="words">{order.map(label).join(" › ")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}
