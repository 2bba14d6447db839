import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./", // the page may be mounted below another one
  build: {
    outDir: "../src/holdfast/demo/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // the page's policy allows no data: address
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "happy-dom",
    reporters: ["dot"],
    silent: "passed-only",
    testTimeout: 20_000,
  },
});
