import { defineConfig } from "vitest/config";

/** `npm run dev` lends the page the API of a running `make serve PORT=8000`, so that both stay on one origin. */
const API = "http://127.0.0.1:8000";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Every browser of the target knows <link rel="modulepreload">.
    modulePreload: { polyfill: false },
    // A data: address for a small file would need a wider policy.
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/v1": API, "/local": API, "/config.json": API } },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});
