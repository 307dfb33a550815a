/**
 * Push messages: this browser is subscribed in the form, the server's message is read at a push service of our own,
 * handed to the worker as the browser's maker would, shown, and clicked.
 */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { check, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

/** Takes messages for one browser, and reads them as it would (RFC 8188, RFC 8291). */
export class PushService {
  constructor() {
    this.keys = createECDH("prime256v1");
    this.public = this.keys.generateKeys();
    this.auth = randomBytes(16);
    this.status = 201;
    this.messages = [];
  }

  async start() {
    this.server = createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      this.messages.push({ headers: request.headers, text: this.read(Buffer.concat(parts)) });
      response.writeHead(this.status).end();
    });
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const keys = { p256dh: this.public.toString("base64url"), auth: this.auth.toString("base64url") };
    const endpoint = `http://127.0.0.1:${this.server.address().port}/of-one-browser`;
    return { endpoint, expirationTime: null, keys };
  }

  read(body) {
    const derive = (secret, salt, info, length) => Buffer.from(hkdfSync("sha256", secret, salt, info, length));
    const [salt, sender, record] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const purpose = Buffer.concat([Buffer.from("WebPush: info\0"), this.public, sender]);
    const secret = derive(this.keys.computeSecret(sender), this.auth, purpose, 32);
    const key = derive(secret, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
    const nonce = derive(secret, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
    const cipher = createDecipheriv("aes-128-gcm", key, nonce).setAuthTag(record.subarray(-16));
    const padded = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
    return padded.subarray(0, padded.lastIndexOf(2)).toString();
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export async function push(browser, url) {
  const service = new PushService();
  const subscription = await service.start();
  const page = await openPage(browser, { viewport: { width: 390, height: 844 } });
  const { origin } = new URL(url);
  await page.addInitScript(standInForTheMaker, subscription);
  await logIn(page, `${url}/settings/notifications`);

  const dialog = await openForm(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("This field is required.").waitFor();
  await picture(page, "offered");
  await blockedIsSaid(page, dialog);
  await page.context().grantPermissions(["notifications"], { origin });
  await page.evaluate(() => (globalThis.refuses = true));
  await subscribe(dialog);
  await dialog.getByText("could not be reached, or refused: Registration failed").waitFor();
  await page.evaluate(() => (globalThis.refuses = false));
  await subscribe(dialog);
  await dialog.getByText("This browser is subscribed.").waitFor();
  await picture(page, "subscribed");
  const asked = await page.evaluate(() => globalThis.asked);
  check(asked.visible && asked.key.length === 65, "the browser was not given the server's key");
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText("Sent.", { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Journey push").first().waitFor();

  const sent = service.messages.at(-1);
  check(sent.text === '{"title":"Uptime Kuma","body":"Journey push Testing"}', `the browser reads ${sent.text}`);
  check(sent.headers.authorization.endsWith(`, k=${Buffer.from(asked.key).toString("base64url")}`), "the keys differ");
  await shownAndClicked(page, sent.text, origin);
  await keptAndGone(page, service);
  await linkFromOutside(page, url);
  await installable(page);

  await page.goto(`${url}/settings/notifications`);
  await page.getByRole("button", { name: "Delete Journey push" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Nobody is told yet").waitFor();
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
  await service.stop();
}

/** In place of the push service of the browser's maker, which no test can reach. */
function standInForTheMaker(subscription) {
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async (options) => {
    globalThis.asked = { visible: options.userVisibleOnly, key: [...options.applicationServerKey] };
    if (globalThis.refuses) throw new DOMException("Registration failed", "AbortError");
    return { toJSON: () => subscription };
  };
}

async function openForm(page) {
  await page.getByRole("button", { name: "Set up the first one" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Service").click();
  await page.keyboard.type("webpush");
  await page.keyboard.press("Enter");
  await dialog.getByLabel(/^Name/).fill("Journey push");
  return dialog;
}

async function subscribe(dialog) {
  const button = dialog.getByRole("button", { name: /^Subscribe/ });
  await button.focus();
  await button.press("Enter");
}

/** Without the permission a browser without a face says no to; it tells so by itself when that changes. */
async function blockedIsSaid(page, dialog) {
  await page.evaluate(() => Notification.requestPermission());
  await dialog.getByText("blocked in this browser").waitFor();
  await picture(page, "blocked");
}

async function shownAndClicked(page, text, origin) {
  const [worker] = page.context().serviceWorkers();
  check(worker?.url() === `${origin}/serviceWorker.js`, "the page has no worker");
  const down = JSON.stringify({ title: "Uptime Kuma", body: "[Journey 2] [🔴 Down] it fails" });
  const shown = () => worker.evaluate(async () =>
    (await registration.getNotifications()).map(({ title, body }) => `${title}: ${body}`));
  for (const [before, data] of [text, down].entries()) {
    await deliver(page, origin, data, async () => (await shown()).length > before);
  }
  check((await shown()).join("\n") === "Uptime Kuma: Journey push Testing\nUptime Kuma: [Journey 2] [🔴 Down] it fails",
    `the browser shows ${(await shown()).join("; ") || "nothing"}`);
  await worker.evaluate(async () => {
    const notification = (await registration.getNotifications()).at(-1);
    dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  });
  await page.getByRole("heading", { name: "Journey 2" }).waitFor();
  check((await shown()).length === 1, "a message that was clicked stays");
}

/** As the browser does when its maker's service brings something. It is given up by who leaves before it is shown. */
export async function deliver(page, origin, data, isShown, scope = `${origin}/`) {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise((resolve) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) =>
      registrations.forEach(({ registrationId, isDeleted, scopeURL }) =>
        isDeleted || scopeURL !== scope || resolve(registrationId)));
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.deliverPushMessage", { origin, registrationId: await registered, data });
  for (let tries = 0; !(await isShown()) && tries < 600; tries += 1) await page.waitForTimeout(100);
  await session.detach();
}

async function keptAndGone(page, service) {
  await page.goto(page.url().replace(/\/dashboard.*/, "/settings/notifications"));
  await page.getByRole("button", { name: "Edit Journey push" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("A browser is subscribed.").waitFor();
  await picture(page, "kept");
  const html = await dialog.innerHTML();
  check(!html.includes("of-one-browser"), "the page shows the subscription");
  service.status = 410;
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText("no longer knows this browser: subscribe it again").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
}

async function linkFromOutside(page, url) {
  const text = encodeURIComponent("[Journey 2] [✅ Up] 200 - OK");
  await page.goto("about:blank");
  await page.goto(`${url}/dashboard#pushed=${text}`);
  await page.waitForURL(/\/dashboard\/\d+$/);
  await page.getByRole("heading", { name: "Journey 2" }).waitFor();
}

async function installable(page) {
  const session = await page.context().newCDPSession(page);
  const { errors, data } = await session.send("Page.getAppManifest");
  check(errors.length === 0 && data, `the manifest is wrong: ${JSON.stringify(errors)}`);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // Windows of journeys are private ones, where nothing can be installed.
  const wrong = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
  check(wrong.length === 0, `the page cannot be installed: ${JSON.stringify(wrong)}`);
}

async function picture(page, name) {
  await expectAccessible(page, `the form of a push message (${name})`);
  await expectNoSidewaysScroll(page, `the form of a push message (${name})`);
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/push-${name}.png` });
}
