import type { Feature } from "../src/api/types";

/** A feature as the API tells it, with options whose labels are their ids. */
export function feature(feature_id: string, method: Feature["method"], options: string[], more: Partial<Feature> = {}): Feature {
  return {
    feature_id,
    title: feature_id,
    method,
    keep: 1,
    keep_over_percent: null,
    quorum: null,
    budget: null,
    options: options.map((option_id) => ({ option_id, label: option_id, surcharge_minor: 0, parts: [] })),
    ...more,
  };
}
