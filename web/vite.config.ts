import { defineConfig, type Plugin } from "vitest/config";

/** The development server needs inline styles and a socket of its own, which the page's policy rightly forbids. */
const withoutPolicyInDevelopment: Plugin = {
  name: "without-policy-in-development",
  apply: "serve",
  transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ""),
};

/** `npm run dev` lends the page the API of a running `make serve PORT=8000`, so that both stay on one origin. */
const API = "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [withoutPolicyInDevelopment],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Every browser of the target knows <link rel="modulepreload">.
    modulePreload: { polyfill: false },
    // A data: address for a small file would need a wider policy.
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/v1": API, "/local": API } },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});
