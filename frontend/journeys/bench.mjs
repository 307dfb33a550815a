/**
 * How long people wait, in a real browser: from the press on 'Log in' to a usable list, to the first monitor's
 * page, and to a second one.
 *
 *   node journeys/bench.mjs --url http://127.0.0.1:3001 --username U --password P [--browser /usr/bin/chromium] [--server PID]
 *
 * Prints one line of JSON, milliseconds. A list is usable when rows with bars stand in it and a click opens one. `tab`
 * and, with the number of its process, `server` are what both computed from the press until the first monitor's page
 * was there: what else the machine does is not in it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openBrowser, openPage } from "./lib.mjs";

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    username: { type: "string" },
    password: { type: "string" },
    browser: { type: "string", default: "/usr/bin/chromium" },
    server: { type: "string" },
  },
});

const REST_MS = 1000; // a password is not typed in less

const browser = await openBrowser(options.browser);
const page = await openPage(browser);
await page.goto(options.url);
await page.getByLabel("Username").fill(options.username);
await page.getByLabel("Password", { exact: true }).fill(options.password);

// Measured by the page's own clock, without the driver's round trips in it.
await page.evaluate(() => {
  globalThis.marks = { list: 0, first: 0, second: 0, began: 0 };
  document.addEventListener("click", () => (globalThis.marks.began ||= performance.now()), { capture: true });
  const watch = () => {
    const marks = globalThis.marks;
    if (!marks.list && marks.began && document.querySelector("[data-row] .bar")) marks.list = performance.now();
    if (!marks.list || !marks.second) requestAnimationFrame(watch);
  };
  watch();
});
const devtools = await page.context().newCDPSession(page);
await devtools.send("Performance.enable", { timeDomain: "threadTicks" });

/** Milliseconds of the processor until now: the tab's main thread, all threads of the server. */
async function computed() {
  const { metrics } = await devtools.send("Performance.getMetrics");
  const tab = metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  if (!options.server) return { tab, server: 0 };
  const tasks = `/proc/${options.server}/task`;
  const times = readdirSync(tasks).map((task) => Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]));
  return { tab, server: times.reduce((sum, time) => sum + time, 0) / 1e6 };
}

await new Promise((resolve) => setTimeout(resolve, REST_MS));
const before = await computed();
await page.getByRole("button", { name: "Log in" }).click();
await page.waitForFunction(() => globalThis.marks.list > 0);
const list = await page.evaluate(() => globalThis.marks.list - globalThis.marks.began);

/** Milliseconds from the click on a row to the chart of its monitor. */
async function open(index) {
  return page.evaluate(async (at) => {
    const row = document.querySelectorAll("[data-row]")[at];
    const name = row.querySelector(".name").textContent;
    const shown = () =>
      document.querySelector(".uplot canvas") &&
      [...document.querySelectorAll("h1")].some((heading) => heading.textContent === name);
    const began = performance.now();
    row.click();
    while (!shown()) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - began;
  }, index);
}

const first = await open(0);
const after = await computed();
const second = await open(3);
const [tab, server] = [after.tab - before.tab, after.server - before.server];
console.log(JSON.stringify({ list, first, second, tab, server }));
await browser.close();
