/**
 * How far every route moves under the eyes of who opens it by its address: the layout shift of the browser's own
 * observer, at three widths, with a processor four times slower.
 *
 *   node journeys/shifts.mjs --url http://127.0.0.1:3001 --username U --password P [--only /servers] [--most 0.02] [--late 800]
 *
 * With --late, every answer of the server comes so many milliseconds later, or fewer, each by another time: what stands
 * still then does not because a machine is quick.
 *
 * The routes are those that screens and tabs of the settings declare. Prints a table; fails when one is above `most`.
 */
import { parseArgs } from "node:util";
import { account, logIn, openBrowser, openPage } from "./lib.mjs";
import { plain, routesOf } from "./routes.mjs";

const WIDTHS = [390, 820, 1440]; // px
const SLOWER = 4;
const QUIET_MS = 600; // nothing moved and nothing was asked for so long: all is there
const LONGEST_MS = 6000;

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3001" },
    username: { type: "string", default: account.username },
    password: { type: "string", default: account.password },
    browser: { type: "string", default: "/usr/bin/chromium" },
    only: { type: "string" },
    most: { type: "string", default: "0.02" },
    late: { type: "string", default: "0" },
  },
});
const url = options.url.replace(/\/+$/, "");
const most = Number(options.most);
const late = Number(options.late);

/** The layout shift of one opening, and what moved most. */
async function shiftOf(page, path) {
  await page.goto(url + path);
  await page.waitForFunction(
    ([quiet, longest]) => globalThis.settled(quiet) || performance.now() > longest,
    [QUIET_MS + late, LONGEST_MS + 2 * late],
    { polling: 100 },
  );
  return page.evaluate(() => ({ sum: globalThis.shift.sum, worst: globalThis.shift.worst }));
}

function observe() {
  const shift = { sum: 0, most: 0, worst: "" };
  let last = 0;
  globalThis.shift = shift;
  const name = (node) => {
    const element = node instanceof Element ? node : node?.parentElement;
    if (!element) return "?";
    const classes = [...element.classList].map((one) => `.${one}`).join("");
    return `${element.localName}${element.id ? `#${element.id}` : ""}${classes}`;
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      shift.sum += entry.value;
      if (entry.value <= shift.most) continue;
      shift.most = entry.value;
      shift.worst = entry.sources.map(({ node }) => name(node)).slice(0, 3).join(", ");
    }
    last = performance.now();
  }).observe({ type: "layout-shift", buffered: true });
  new MutationObserver(() => (last = performance.now())).observe(document, { childList: true, subtree: true });
  globalThis.settled = (quiet) =>
    [...document.querySelectorAll("h1, .tools")].some((one) => one.checkVisibility()) &&
    performance.now() > 1500 && performance.now() - last > quiet;
}

/** Answers come late, in another order than they were asked for. */
function delay(page) {
  return page.routeWebSocket(/socket\.io/, (browserSide) => {
    const server = browserSide.connectToServer();
    server.onMessage((message) => {
      const answer = /^43\/page,(\d+)/.exec(String(message))?.[1];
      const wait = answer === undefined ? 0 : ((Number(answer) * 37) % 10) / 9;
      setTimeout(() => browserSide.send(message), wait * late);
    });
  });
}

const routes = await routesOf(url, options);
const browser = await openBrowser(options.browser);
let missed = 0;
const head = ["route", ...WIDTHS.map((width) => `${width} px`), "what moved most"];
console.log(`| ${head.join(" | ")} |\n|${" --- |".repeat(head.length)}`);
const pages = [];
for (const width of WIDTHS) {
  const page = await openPage(browser, { viewport: { width, height: 844 } });
  await logIn(page, url, options);
  await page.addInitScript(observe);
  if (late) await delay(page, late);
  const debuggerOf = await page.context().newCDPSession(page);
  await debuggerOf.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  pages.push(page);
}
for (const [route, path] of routes) {
  if (options.only && !route.startsWith(options.only)) continue;
  const shifts = await Promise.all(pages.map((page) => shiftOf(page, path)));
  const worst = shifts.reduce((a, b) => (b.sum > a.sum ? b : a));
  if (worst.sum >= most) missed += 1;
  const figures = shifts.map(({ sum }) => (sum < most ? sum.toFixed(3) : `**${sum.toFixed(3)}**`));
  console.log(`| \`${plain(route)}\` | ${figures.join(" | ")} | ${worst.sum ? worst.worst : ""} |`);
}
await browser.close();
if (missed) console.error(`${missed} routes shift by ${most} or more.`);
process.exitCode = missed ? 1 : 0;
