/**
 * What the list of monitors and the overview cost the browser, by the browser's own accounting (DevTools' metrics):
 *
 *   node journeys/bench-list.mjs --url http://127.0.0.1:4000 [--browser /usr/bin/chromium] [--live]
 *
 * Against the stand-in of `mock/server.mjs`. Without --live (which wants beats to come) prints `heap` (MB after a
 * collection), `search` (ms of CPU a key) and `scroll` (ms of script a frame); with it `list` and `overview`, ms of
 * CPU a second while beats come in and nobody touches anything.
 */
import { parseArgs } from "node:util";
import { openBrowser, openPage } from "./lib.mjs";

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    browser: { type: "string", default: "/usr/bin/chromium" },
    live: { type: "boolean", default: false },
  },
});

const KEYS = "production api"; // every key finds less
const KEY_MS = 250; // above what the list waits for the next key
const FRAMES = 120;
const WATCH_MS = 10_000;

const browser = await openBrowser(options.browser);
const page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
const devtools = await page.context().newCDPSession(page);
// Time of the processor, not of the clock: what else the machine does is not counted.
await devtools.send("Performance.enable", { timeDomain: "threadTicks" });

async function metrics() {
  const { metrics: found } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}

/** Milliseconds of a kind of work while something is done. */
async function spent(what, work) {
  const before = await metrics();
  await work();
  return ((await metrics())[what] - before[what]) * 1000;
}

const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function logIn() {
  await page.goto(options.url);
  await page.getByLabel("Username").fill("bench");
  await page.getByLabel("Password", { exact: true }).fill("secret1");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator("[data-row] .bar").first().waitFor();
  await rest(2000);
}

async function search() {
  await page.getByRole("searchbox").first().focus();
  const work = await spent("TaskDuration", async () => {
    for (const key of KEYS) {
      await page.keyboard.type(key);
      await rest(KEY_MS);
    }
  });
  await page.getByRole("searchbox").first().fill("");
  await rest(1000);
  return work / KEYS.length;
}

/** A third of the window every frame, as one who looks for something. */
const scroll = async () =>
  (await spent("ScriptDuration", () =>
    page.evaluate(async (frames) => {
      const box = document.querySelector(".viewport");
      for (let frame = 0; frame < frames; frame += 1) {
        box.scrollTop += 250;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    }, FRAMES),
  )) / FRAMES;

async function heap() {
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.collectGarbage");
  return (await metrics()).JSHeapUsedSize / 1e6;
}

/** Milliseconds a second, without what a page costs that does nothing: looking at it costs something too. */
async function idle(path) {
  await page.goto(options.url + path);
  await page.locator("[data-row] .bar").first().waitFor();
  await rest(3000);
  return (await spent("TaskDuration", () => rest(WATCH_MS))) / (WATCH_MS / 1000);
}

await logIn();
const figures = options.live
  ? { list: await idle("/dashboard/2"), overview: await idle("/dashboard") }
  : { heap: await heap(), search: await search(), scroll: await scroll() };
console.log(JSON.stringify(figures));
await browser.close();
