/**
 * Emits favicon-1.svg … favicon-9.svg and favicon-many.svg: the icon with the number of monitors that are down.
 * Files and not data: addresses, because the Content-Security-Policy allows images from the server alone.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const ICON = new URL("../public/favicon.svg", import.meta.url);

function badge(icon: string, text: string): string {
  const mark =
    `<circle cx="22.5" cy="22.5" r="9.5" fill="#d92d3a" stroke="#fff" stroke-width="1.5"/>` +
    `<text x="22.5" y="27" text-anchor="middle" font-family="system-ui,sans-serif" font-size="13" ` +
    `font-weight="700" fill="#fff">${text}</text>`;
  return icon.replace("</svg>", `${mark}</svg>`);
}

export function badges(): Plugin {
  return {
    name: "badges",
    apply: "build",
    generateBundle() {
      const icon = readFileSync(ICON, "utf8");
      const emit = (name: string, text: string) =>
        this.emitFile({ type: "asset", fileName: `favicon-${name}.svg`, source: badge(icon, text) });
      for (let number = 1; number <= 9; number += 1) emit(String(number), String(number));
      emit("many", "9+");
    },
  };
}
