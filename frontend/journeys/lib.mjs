/** What every journey needs: a browser, a target to watch, axe, and sentences when something is not so. */
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { io } from "socket.io-client";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// A browser that is left in peace: no updates, no service of its maker.
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// What a journey waits for comes when it comes: others may use the machine, too.
const WAIT_MS = 60_000;

export const account = { username: "admin", password: "correct horse 7" };

export const openBrowser = (executablePath) => chromium.launch({ executablePath, args: QUIET });

export function check(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

let slower = 1;

/** Every page that is opened from now on has a processor so many times slower. */
export const slowDown = (times) => (slower = times);

/** A page whose errors count: nothing may be logged as an error, nothing blocked by the policy. */
export async function openPage(browser, options = {}) {
  // "A day earlier" is 24 hours earlier, as the samples of journeys are, where clocks are never changed.
  const fixed = { viewport: { width: 1280, height: 800 }, timezoneId: "UTC" };
  const context = await browser.newContext({ ...fixed, ...options });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  if (slower > 1) {
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slower });
  }
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() !== "error" || message.text().includes("WebSocket")) return;
    // Without hosts: journeys leave out what a message says of some of them.
    const [what, where] = [message.location().url, page.url()].map((url) => url.replace(/^\w+:\/\/[^/]*/, ""));
    page.problems.push(`${message.text()} (${what}, on ${where})`);
  });
  return page;
}

/** axe's rules of WCAG 2.2 A and AA, in the theme that is on; with `part`, of that part alone. */
export async function expectAccessible(page, where, part = null) {
  // What is fading in or out has no contrast yet.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity);
    const ended = Promise.all(ending.map((one) => one.finished.catch(() => null)));
    // What is not drawn any more may never end.
    return Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000))]);
  });
  // The page's policy forbids inline scripts; the debugger's channel is no script of the page.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const violations = await page.evaluate(async (selector) => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const only = { runOnly: { type: "tag", values: tags } };
    const result = await globalThis.axe.run(document.querySelector(selector) ?? document, only);
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} (${nodes.length})`);
  }, part);
  check(violations.length === 0, `${where} is not accessible:\n  ${violations.join("\n  ")}`);
}

/** Nothing has to be scrolled sideways, and nothing of a dialog stands outside of the window. */
export async function expectNoSidewaysScroll(page, where) {
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  check(inner <= outer, `${where} is ${inner} px wide in a window of ${outer}`);
  const wide = await page.evaluate(() => [...document.querySelectorAll("#detail, .pane, dialog[open], dialog[open] .body")]
    .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
    .map((one) => `${one.localName}.${one.className || one.id}: ${one.scrollWidth} > ${one.clientWidth}`));
  check(wide.length === 0, `${where} has parts that scroll sideways: ${wide.join(", ")}`);
}

/** A web server that can be switched off and on at one address. */
export class Target {
  async start() {
    this.server = createServer((_request, response) => response.end("hello"));
    await new Promise((resolve) => this.server.listen(this.port ?? 0, "127.0.0.1", resolve));
    this.port = this.server.address().port;
    return `http://127.0.0.1:${this.port}/`;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/**
 * Searches the list of monitors, and waits until it shows what was found: before that, rows still stand where others
 * will stand. The address follows the list, after it.
 */
export async function search(page, text, type = (words) => page.getByRole("searchbox").first().fill(words)) {
  await type(text);
  await page.waitForURL(({ searchParams }) => (searchParams.get("q") ?? "") === text.trim());
}

/** Types into what a dialog or a key has just opened, once it has the keyboard. */
export async function typeInto(field, text) {
  await field.and(field.page().locator(":focus")).waitFor();
  await field.page().keyboard.type(text);
}

/** The first account of a new server, whose page is open. */
export async function setUp(page) {
  await page.getByLabel("Username").fill(account.username);
  await page.getByLabel("New password", { exact: true }).fill(account.password);
  await page.getByLabel("New password again").fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
}

export async function logIn(page, url, { username, password } = account) {
  await page.goto(url);
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("banner").waitFor();
}

/** A socket that is logged in; `ask` rejects what the server refuses. */
export async function enter(url, { username, password } = account) {
  const socket = io(`${url}/page`, { transports: ["websocket"] });
  await new Promise((resolve) => socket.once("hello", resolve));
  const ask = async (...args) => {
    const reply = await socket.timeout(60_000).emitWithAck(...args);
    check(reply.ok, `${args[0]} was refused: ${reply.msg}`);
    return reply;
  };
  await ask("login", { username, password });
  return { socket, ask };
}
