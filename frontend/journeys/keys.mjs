/**
 * What asks for more than a press or two, by keys alone: conditions, a notification, a proxy, a key of the API, an
 * incident, a second factor.
 */
import { createSocket } from "node:dgram";
import { focusedName, goTo, tabTo } from "./keyboard.mjs";
import { account, check, enter, logIn, openPage } from "./lib.mjs";
import { oneTimeCode } from "./security.mjs";

const ADDRESS = [192, 0, 2, 7];

export async function keys(browser, url) {
  const page = await openPage(browser);
  await logIn(page, url);
  await conditions(page, url);
  await notification(page);
  await proxy(page);
  await apiKey(page);
  await incident(page, url);
  await twoFactor(browser, page, url);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

/** Answers every question with one address. */
async function startResolver() {
  const server = createSocket("udp4");
  server.on("message", (question, { port, address }) => {
    const end = question.indexOf(0, 12) + 5; // of the name, type and class that are asked for
    const head = Buffer.from([...question.subarray(0, 2), 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...ADDRESS]);
    server.send(Buffer.concat([head, question.subarray(12, end), answer]), port, address);
  });
  await new Promise((resolve) => server.bind(0, "127.0.0.1", resolve));
  return server;
}

/** Into a field that Tab comes to, in place of what it holds. */
async function typeAt(page, name, text) {
  await tabTo(page, name);
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

async function pressAt(page, name) {
  await tabTo(page, name);
  await page.keyboard.press("Enter");
}

const hasKeyboard = (page, label) => page.waitForFunction(
  (name) => document.activeElement?.getAttribute("aria-label") === name, label);

/** Built, obeyed, changed, and obeyed again. */
async function conditions(page, url) {
  const resolver = await startResolver();
  await page.goto(`${url}/add?type=dns`);
  await page.getByRole("button", { name: "Test now" }).waitFor();
  await typeAt(page, /^Name\b/, "Obeys");
  await typeAt(page, /^Hostname/, "shop.example");
  await typeAt(page, /^DNS servers/, "127.0.0.1");
  await typeAt(page, /^Port/, String(resolver.address().port));
  await pressAt(page, /^Condition$/);
  await hasKeyboard(page, "Subject of condition 1");
  await typeAt(page, /^Value of condition 1/, ADDRESS.join("."));
  await pressAt(page, /^Save$/);
  await page.getByRole("heading", { name: "Obeys", level: 1 }).waitFor();
  const state = page.locator("#detail .state b").first();
  await state.filter({ hasText: "Up" }).waitFor();

  await page.keyboard.press("e");
  await page.getByRole("heading", { name: "Edit monitor" }).waitFor();
  await typeAt(page, /^Value of condition 1/, "192.0.2.8");
  await pressAt(page, /^Condition$/);
  await hasKeyboard(page, "Subject of condition 2");
  await tabTo(page, /^How 2 is joined/, "Shift+Tab");
  await page.keyboard.press("o"); // "or" is the one that begins so
  await typeAt(page, /^Value of condition 2/, "192.0.2.9");
  await pressAt(page, /^Save$/);
  await state.filter({ hasText: "Down" }).waitFor();
  await pressAt(page, /^More actions/);
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await pressAt(page, /^Delete$/);
  await page.getByRole("heading", { name: "Obeys", level: 1 }).waitFor({ state: "detached" });
  await new Promise((resolve) => resolver.close(resolve));
}

/** Made, changed without what is secret being typed again, and removed. */
async function notification(page) {
  await goTo(page, "notifications", "Notifications");
  await pressAt(page, /^(Add notification|Set up the first one)/);
  await page.getByRole("dialog").getByLabel("Service").waitFor();
  await tabTo(page, /^Service/);
  await page.keyboard.type("webhook");
  await page.getByRole("option", { name: "Webhook" }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByLabel(/URL/).first().waitFor();
  await typeAt(page, /^Name/, "Keys hook");
  await typeAt(page, /URL/, "http://127.0.0.1:9/hook");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await pressAt(page, /^Edit Keys hook/);
  await page.getByRole("dialog").getByLabel(/^Name/).waitFor();
  await typeAt(page, /^Name/, "Renamed hook");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await pressAt(page, /^Delete Renamed hook/);
  await page.getByRole("dialog").waitFor();
  await pressAt(page, /^Delete$/);
  await page.getByText("Renamed hook").first().waitFor({ state: "detached" });
}

/** Posted on a status page, seen by strangers, and ended. */
async function incident(page, url) {
  const stranger = async () => (await fetch(`${url}/status/told-by-keys`)).text();
  await goTo(page, "status pages", "Status pages");
  await pressAt(page, /^(New status page|Make the first one)/);
  await page.getByRole("dialog").waitFor();
  await typeAt(page, /^Title/, "Told by keys");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Told by keys" }).waitFor();
  await page.getByRole("radio", { name: "Texts" }).waitFor();
  await tabTo(page, /^Texts$/);
  while ((await focusedName(page)) !== "Incidents") await page.keyboard.press("ArrowRight");
  await pressAt(page, /^New incident$/);
  await typeAt(page, /^Title/, "Key lost");
  await typeAt(page, /^Text/, "We are *looking*.");
  await pressAt(page, /^Post$/);
  await page.getByText(/^Investigating · On the page/).waitFor();
  check((await stranger()).includes("<em>looking</em>"), "strangers are not told of the incident");
  await pressAt(page, /^Add update$/);
  await tabTo(page, /^State/);
  await page.keyboard.type("Resolved");
  await typeAt(page, /^Text/, "Found.");
  await pressAt(page, /^Post$/);
  await page.getByRole("region", { name: "Ended" }).getByText(/^Resolved/).first().waitFor();
  check(!(await stranger()).includes('id="incidents"'), "what has ended is still on top of the page");
  const { socket, ask } = await enter(url);
  await ask("deleteStatusPage", "told-by-keys");
  socket.close();
}

async function proxy(page) {
  await goTo(page, "connections", "Proxies");
  await pressAt(page, /^New proxy/);
  await page.getByRole("dialog").waitFor();
  await typeAt(page, /^Host/, "127.0.0.9");
  await typeAt(page, /^Port/, "3128");
  await page.keyboard.press("Enter");
  await page.getByText("127.0.0.9:3128").waitFor();
  await pressAt(page, /^Edit 127.0.0.9:3128/);
  await page.getByRole("dialog").waitFor();
  await typeAt(page, /^Port/, "3129");
  await page.keyboard.press("Enter");
  await page.getByText("127.0.0.9:3129").waitFor();
  await pressAt(page, /^Delete 127.0.0.9:3129/);
  await page.getByRole("dialog").waitFor();
  await pressAt(page, /^Delete$/);
  await page.getByText("127.0.0.9:3129").waitFor({ state: "detached" });
}

async function apiKey(page) {
  await goTo(page, "api keys", "API keys");
  await pressAt(page, /^Create API key/);
  await page.getByRole("dialog").waitFor();
  await typeAt(page, /^Name/, "by keys");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByLabel("API key").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("was not copied").waitFor();
  await pressAt(page, /^Close$/);
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await pressAt(page, /^Delete by keys/);
  await page.getByRole("dialog").waitFor();
  await pressAt(page, /^Delete$/);
  await page.getByText("No API key yet.").waitFor();
}

/** From its secret to the log-in, and off again. */
async function twoFactor(browser, page, url) {
  await goTo(page, "security", "Two-factor authentication");
  await pressAt(page, /^Set up$/);
  await typeAt(page, /^Current password/, account.password);
  await page.keyboard.press("Enter");
  const secret = await page.getByLabel("Secret for the authenticator app").inputValue();
  await typeAt(page, /^Two-factor code/, oneTimeCode(secret));
  await page.keyboard.press("Enter");
  await page.getByText("Two-factor authentication is on.").waitFor();

  const other = await openPage(browser);
  await other.goto(url);
  await other.getByLabel("Username").waitFor();
  await typeAt(other, /^Username/, account.username);
  await typeAt(other, /^Password/, account.password);
  await other.keyboard.press("Enter");
  await other.getByLabel("Two-factor code").waitFor();
  // Each code opens once: the next one is good already.
  await typeAt(other, /^Two-factor code/, oneTimeCode(secret, Date.now() + 30_000));
  await other.keyboard.press("Enter");
  await other.getByRole("banner").waitFor();
  await other.context().close();

  await pressAt(page, /^Switch off$/);
  await page.getByRole("dialog").waitFor();
  await typeAt(page, /^Current password/, account.password);
  await page.keyboard.press("Enter");
  await page.getByText("Two-factor authentication is off.").waitFor();
}
