import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { badges } from "./build/badges.ts";
import { precompress } from "./build/precompress.ts";

const BASE = new RegExp(
  [
    "node_modules/(@vue|vue|vue-router|socket\\.io|engine\\.io|@socket\\.io)",
    "src/words/\\w+\\.(ts|json)$",
    "src/wire/(socket|session)\\.ts$",
    "src/state/(monitors|servers|rights|clock|kept)\\.ts$",
    "src/ui/(Icon\\.vue|(icons|toast|confirm)\\.ts$)",
  ].join("|"),
);

// `base: "./"` keeps every address relative to <base href> in index.html, so the server can serve the page
// below any path by rewriting that one line.
export default defineConfig({
  base: "./",
  plugins: [vue(), badges(), precompress()],
  define: {
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
  },
  build: {
    outDir: "../frontend_dist",
    emptyOutDir: true,
    target: "es2022",
    // A data: address would need its own word in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What the first load has anyway is one file: cut into what single parts of it need, it compresses worse.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: "base", test: BASE }],
        },
      },
    },
  },
  server: {
    proxy: {
      "/socket.io": { target: "http://127.0.0.1:3001", ws: true },
      "/api": "http://127.0.0.1:3001",
    },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
