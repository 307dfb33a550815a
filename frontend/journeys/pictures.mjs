/**
 * Pictures of the page, from a real server with example data:
 *
 *   python -m tests.benchmarks.example /tmp/example && kuma-lite serve --port 3112 --data-dir /tmp/example
 *   node journeys/pictures.mjs --url http://127.0.0.1:3112 --username U --password P [--out ../docs/pictures] [--only dark]
 *
 * The first run fills the server with what `example.mjs` knows. Each picture is a WebP of at most 60 KB.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fillExample, report, startTarget } from "./example.mjs";
import { account, check, enter, logIn, openBrowser, openPage } from "./lib.mjs";

const MOST_BYTES = 60_000;
const SETTLE_MS = 1500;
const LONGEST_S = 120; // every monitor is checked once a minute
const PAST_MINUTES = 180; // of servers
const DOWN = 0;
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3112" },
    username: { type: "string", default: account.username },
    password: { type: "string", default: account.password },
    browser: { type: "string", default: "/usr/bin/chromium" },
    out: { type: "string", default: "../docs/pictures" },
    only: { type: "string" },
    "target-port": { type: "string", default: "8801" }, // what the example asks, see its --target
  },
});
const url = options.url.replace(/\/+$/, "");

const target = await startTarget(Number(options["target-port"]));
const { socket, ask } = await enter(url, options);
const { secret } = await ask("addToken", { name: "fleet" });
if (!(await ask("statusPages")).pages.length) {
  await report(url, secret, PAST_MINUTES);
  await fillExample(ask);
}
const { columns, rows } = await ask("summary");
const idOf = (name) => rows.find((row) => row[columns.indexOf("name")] === name)[columns.indexOf("id")];

/** Everything but the search answers again, once it was asked. */
async function recovered() {
  const status = columns.indexOf("status");
  for (let seconds = 0; seconds < LONGEST_S; seconds += 1) {
    const found = await ask("summary");
    if (found.rows.filter((row) => row[status] === DOWN).length <= 1) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  check(false, "more is down than should be");
}
await recovered();

/** name → [address, what is done there, how the window is]. */
const PICTURES = {
  overview: ["/dashboard"],
  monitor: [`/dashboard/${idOf("Checkout")}`],
  form: ["/add?type=http", async (page) => {
    await page.getByLabel(/^URL/).fill("https://shop.example.com/health");
    await page.getByLabel(/^Name/).fill("Shop health");
  }],
  "list-phone": ["/list", undefined, { viewport: PHONE, isMobile: true, hasTouch: true }],
  editor: ["/manage-status-page", async (page) => {
    await page.getByRole("link", { name: "Example Shop", exact: true }).click();
    await page.locator("[data-handle]").first().waitFor();
    await page.getByRole("radio", { name: "Incidents", exact: true }).click();
    await page.getByRole("button", { name: "Add update" }).waitFor();
  }],
  "status-page": ["/status/example", undefined, { viewport: { width: 1440, height: 1000 } }],
  "status-page-dark": ["/status/example", undefined, { viewport: { width: 1440, height: 1000 }, colorScheme: "dark" }],
  "status-page-tablet": ["/status/example", undefined, { viewport: { width: 820, height: 1180 } }],
  "status-page-phone": ["/status/example", undefined, { viewport: PHONE, isMobile: true, colorScheme: "dark" }],
  maintenance: ["/maintenance"],
  servers: ["/servers"],
  dark: [`/dashboard/${idOf("Payments API")}`, undefined, { colorScheme: "dark" }],
  palette: ["/dashboard", async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("pay");
  }],
};

const browser = await openBrowser(options.browser);
mkdirSync(options.out, { recursive: true });
for (const [name, [path, act, view]] of Object.entries(PICTURES)) {
  if (options.only && options.only !== name) continue;
  const page = await openPage(browser, { viewport: WIDE, colorScheme: "light", ...view });
  await report(url, secret, 1);
  await logIn(page, url, options);
  await page.goto(url + path);
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await act?.(page);
  await page.waitForTimeout(SETTLE_MS);
  const devtools = await page.context().newCDPSession(page);
  let data;
  for (let quality = 90; !data || data.length > MOST_BYTES; quality -= 10) {
    check(quality > 0, `${name} is too large`);
    const shot = await devtools.send("Page.captureScreenshot", { format: "webp", quality });
    data = Buffer.from(shot.data, "base64");
  }
  writeFileSync(`${options.out}/${name}.webp`, data);
  console.log(`${name}.webp ${(data.length / 1000).toFixed(1)} KB`);
  await page.context().close();
}
await browser.close();
socket.close();
target.close();
