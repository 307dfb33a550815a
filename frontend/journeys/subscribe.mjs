/** A stranger subscribes without scripts, is told, chooses and leaves; the owner sees who has, without addresses. */
import { createServer } from "node:http";
import { deliver, PushService } from "./push.mjs";
import { check, enter, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const SLUG = "subscribed";
const PHONE = { viewport: { width: 390, height: 844 } };

export async function subscribe(browser, url) {
  const { socket, ask } = await enter(url);
  const fields = { interval: 3600, retryInterval: 3600, maxretries: 0, notificationIDList: {}, conditions: [] };
  const push = { type: "push", name: "Shop front", pushToken: SLUG, accepted_statuscodes: ["200-299"] };
  const { monitorID } = await ask("add", { ...fields, ...push });
  await ask("addStatusPage", "Subscribed", SLUG);
  const config = { slug: SLUG, title: "Subscribed", analyticsType: null, domainNameList: [] };
  await ask("saveStatusPage", SLUG, config, "", [{ name: "Shop", monitorList: [{ id: monitorID }] }]);
  const receiver = await receive();
  await owner(browser, url, receiver, await stranger(browser, url, ask, receiver));
  receiver.server.close();
  await inTheBrowser(browser, url, ask);
  await ask("deleteStatusPage", SLUG);
  await ask("deleteMonitor", monitorID);
  socket.close();
}

/** A webhook of a program. */
async function receive() {
  const got = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      got.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const next = async (count) => {
    for (let tries = 0; got.length < count && tries < 1200; tries += 1) await new Promise((go) => setTimeout(go, 50));
    check(got.length >= count, `the webhook was told ${got.length} times, not ${count}`);
    return got[count - 1];
  };
  return { server, next, url: `http://127.0.0.1:${server.address().port}/hook` };
}

async function stranger(browser, url, ask, receiver) {
  const offer = { kinds: ["webhook", "slack"], sender: null, address: url, private: true };
  check((await fetch(`${url}/status/${SLUG}/subscribe`)).status === 404, "subscribing is offered by default");
  await ask("savePageSubscribers", SLUG, offer);
  const page = await openPage(browser, { ...PHONE, javaScriptEnabled: false });
  await page.goto(`${url}/status/${SLUG}`);
  await page.getByRole("link", { name: "Messages", exact: true }).click();
  await page.getByRole("button", { name: "Subscribe" }).waitFor();
  await expectNoSidewaysScroll(page, "the form to subscribe");
  const address = page.getByLabel("Address of the webhook");
  await address.fill("no address");
  await page.getByRole("button", { name: "Subscribe" }).click();
  await page.getByRole("alert").getByText("This is no web address.").waitFor();
  await address.fill(receiver.url);
  await page.keyboard.press("Enter");
  await page.getByText("We have sent a message to what you typed.").waitFor();
  const { type, data } = await receiver.next(1);
  check(type === "subscription.confirm", `the first message is ${type}`);
  await page.goto(data.confirm_url);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("You are subscribed.").waitFor();
  await page.getByLabel("Only these:").check();
  await page.getByLabel("Shop front").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await ask("beginIncident", SLUG, { title: "Slow orders", content: "We **look**." });
  const told = await receiver.next(2);
  check(told.data.incident.title === "Slow orders", "the webhook was not told of the incident");
  await page.context().close();
  return told.data;
}

async function owner(browser, url, receiver, { manage_url: manage }) {
  const seen = await openPage(browser, { ...PHONE, colorScheme: "dark" });
  await seen.goto(`${url}/status/${SLUG}/subscribe`);
  await expectAccessible(seen, "the form to subscribe, in the dark");
  await seen.goto(manage);
  await expectAccessible(seen, "the page of a subscription");
  const page = await openPage(browser);
  await logIn(page, url);
  await page.goto(`${url}/manage-status-page/${SLUG}`);
  await page.getByRole("radio", { name: "Subscribers" }).click();
  await page.getByText("1 active, 0 not confirmed, 0 switched off").waitFor();
  await page.getByText(`${new URL(receiver.url).origin}/***`, { exact: true }).waitFor();
  await expectAccessible(page, "the subscribers of a page");
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export (CSV)" }).click();
  check((await waiting).suggestedFilename() === `${SLUG}-subscribers.csv`, "the export has another name");
  await seen.getByRole("button", { name: "Unsubscribe and delete my data" }).click();
  await seen.getByText("You are told no more.").waitFor();
  await seen.context().close();
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

/** By notifications: the form asks the browser, its worker confirms, shows what happens, and ends it by one click. */
async function inTheBrowser(browser, url, ask) {
  await ask("savePageSubscribers", SLUG, { kinds: ["webhook", "push"], sender: null, address: url, private: true });
  const service = new PushService();
  const page = await openPage(browser, { ...PHONE, colorScheme: "dark" });
  const { origin } = new URL(url);
  await page.context().grantPermissions(["notifications"], { origin });
  await page.addInitScript(standIn, await service.start());
  await page.goto(`${url}/status/${SLUG}`);
  check((await page.locator('script[src*="push"]').count()) === 0, "the page loads a script that few need");
  await page.getByRole("link", { name: "Subscribe", exact: true }).click();
  const known = page.getByRole("region", { name: "This browser" });
  await page.getByLabel("Notifications in this browser").check();
  check(!(await page.getByLabel("Address of your webhook").isVisible()), "an address is asked for");
  check(!(await known.isVisible()), "a browser is called subscribed that is not");
  await page.getByLabel("Shop front").check();
  await page.getByLabel("Only these:").check();
  await expectAccessible(page, "the form of notifications, in the dark");
  await expectNoSidewaysScroll(page, "the form of notifications");
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/subscribe-push.png` });
  await page.getByRole("button", { name: "Subscribe" }).press("Enter");
  await page.getByText("Almost done").waitFor();
  const [worker] = page.context().serviceWorkers();
  const shown = () => worker.evaluate(async () =>
    (await registration.getNotifications()).map(({ title, body }) => `${title} ${body}`));
  const scope = `${origin}/status/${SLUG}/`;
  const next = async (count) => {
    for (let tries = 0; service.messages.length < count && tries < 1200; tries += 1) await page.waitForTimeout(50);
    const { text } = service.messages[count - 1];
    await deliver(page, origin, text, async () => (await shown()).length >= count, scope);
  };
  await next(1);
  await known.waitFor();
  await expectAccessible(page, "a browser that is subscribed");
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/subscribe-known.png` });
  await ask("beginIncident", SLUG, { title: "No orders", content: "We **look**." });
  await next(2);
  check((await shown()).some((text) => text.startsWith("Subscribed: Incident: No orders")), `it shows ${await shown()}`);
  await known.getByRole("button", { name: "Choose services" }).click();
  check(await page.getByLabel("Shop front").isChecked(), "what was chosen is forgotten");
  await page.goBack();
  await known.getByRole("button", { name: "Unsubscribe this browser" }).click();
  await page.getByText("This browser is told no more.").waitFor();
  check((await ask("pageSubscribers", SLUG)).counts.active === 0, "it is subscribed still");
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
  await service.stop();
}

/** In place of the push service of the browser's maker, which no test can reach. */
function standIn(subscription) {
  const made = { toJSON: () => subscription, unsubscribe: async () => sessionStorage.removeItem("made") };
  PushManager.prototype.getSubscription = async () => (sessionStorage.getItem("made") ? made : null);
  PushManager.prototype.subscribe = async () => {
    sessionStorage.setItem("made", "yes");
    return made;
  };
}
