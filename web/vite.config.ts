import { defineConfig } from "vitest/config";

/** `npm run dev` lends the page the API of a running `make serve PORT=8000`, so that both stay on one origin. */
const API = "http://127.0.0.1:8000";

/**
 * What every visit needs stands in one file: apart, each of these small modules that parts share would be a file of its
 * own, and files are compressed one by one.
 */
const EVERYWHERE =
  /node_modules\/preact\/|\/src\/(config|api\/\w+|format\/(dates|money|numbers)|i18n\/(Language|translate)|live\/\w+|router\/\w+|ui\/(Button|Outcome|States|lazily|remembered))\.tsx?$/;
/** What a pre-sale shares with the fan's pre-orders and the lists of batches. */
const SALE = /\/src\/(batches\/(BatchBar|standing|useBatches)|payments\/plans|preorders\/choice|ui\/(Disclosure|NumberField))\.tsx?$/;

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Every browser of the target knows <link rel="modulepreload">.
    modulePreload: { polyfill: false },
    // A data: address for a small file would need a wider policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "page", test: EVERYWHERE, priority: 1 },
            { name: "sale", test: SALE },
          ],
        },
      },
    },
  },
  server: { proxy: { "/v1": API, "/local": API, "/config.json": API } },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});
