/**
 * Draws the icons that systems want as PNG from public/icon.svg, with Chromium:
 *
 *   node scripts/icons.mjs [/usr/bin/chromium]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const FOLDER = fileURLToPath(new URL("../public/", import.meta.url));
const icon = readFileSync(`${FOLDER}icon.svg`, "utf8");
const whole = icon.replace(' rx="8"', ""); // systems cut the corners themselves
const outline = icon.replace(/<rect width="32"[^>]*>/, "").replaceAll("#7ef0c3", "#fff"); // shown in one colour

const browser = await chromium.launch({ executablePath: process.argv[2] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage();
for (const [name, size, svg] of [
  ["icon-192", 192, icon],
  ["icon-512", 512, icon],
  ["icon-maskable-512", 512, whole],
  ["apple-touch-icon", 180, whole],
  ["badge-96", 96, outline],
]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  writeFileSync(`${FOLDER}${name}.png`, await page.screenshot({ omitBackground: true }));
}
await browser.close();
