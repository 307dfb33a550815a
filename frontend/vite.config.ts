import { join } from "node:path";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { badges } from "./build/badges.ts";
import { firstLoad, pageChunk } from "./build/first-load.ts";
import { precompress } from "./build/precompress.ts";
import { splitWords } from "./build/words.ts";

// `base: "./"` keeps every address relative to <base href> in index.html, so the server can serve the page
// below any path by rewriting that one line.
export default defineConfig({
  base: "./",
  plugins: [vue(), splitWords(import.meta.dirname), badges(), firstLoad(), precompress()],
  resolve: { alias: [{ find: /^virtual:changelog/, replacement: join(import.meta.dirname, "../CHANGELOG.md") }] },
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
    rolldownOptions: { output: { codeSplitting: pageChunk(import.meta.dirname) } },
  },
  server: {
    proxy: {
      "/socket.io": { target: "http://127.0.0.1:3001", ws: true },
      "/api": "http://127.0.0.1:3001",
    },
  },
  test: { environment: "happy-dom", include: ["{src,build}/**/*.test.ts"], setupFiles: ["build/test-words.ts"] },
});
