/** A public status page as strangers see it: with and without scripts, on a phone, live, and on another site. */
import { createServer } from "node:http";
import { check, enter, expectAccessible, expectNoSidewaysScroll, openPage } from "./lib.mjs";

const SLUG = "visited";
const PHONE = { viewport: { width: 390, height: 844 } };

export async function visitor(browser, url) {
  const { socket, ask } = await enter(url);
  const monitor = await publish(ask, url);
  const say = (status) => fetch(`${url}/api/push/visited?status=${status}&ping=20`);
  await say("up");
  await withScripts(browser, url, say);
  await withoutScripts(browser, url);
  await elsewhere(browser, url);
  await locked(browser, url, ask);
  await ask("deleteStatusPage", SLUG);
  await ask("deleteMonitor", monitor);
  socket.close();
}

async function publish(ask, url) {
  const fields = { interval: 3600, retryInterval: 3600, maxretries: 0, notificationIDList: {}, conditions: [] };
  const push = { type: "push", name: "Shop front", pushToken: SLUG, accepted_statuscodes: ["200-299"] };
  const { monitorID } = await ask("add", { ...fields, ...push });
  await ask("addStatusPage", "Visited", SLUG);
  const config = { slug: SLUG, title: "Visited", analyticsType: null, domainNameList: [], showResponseTimes: true };
  await ask("saveStatusPage", SLUG, config, "", [{ name: "Shop", monitorList: [{ id: monitorID }] }]);
  const { incident } = await ask("beginIncident", SLUG, { title: "Slow orders", content: "We **look**." });
  await ask("addIncidentUpdate", SLUG, incident.id, { state: "monitoring", content: "Better <script>alert(1)</script>" });
  check((await fetch(`${url}/status/${SLUG}`)).ok, "the page is not there");
  return monitorID;
}

const headline = (page) => page.locator("#overall");

async function withScripts(browser, url, say) {
  const page = await openPage(browser, { ...PHONE, colorScheme: "dark", timezoneId: "America/New_York" });
  await page.goto(`${url}/status/${SLUG}`);
  await headline(page).getByText("1 open incident · all services are up").waitFor();
  const time = page.locator(".step time").first();
  const [local, title] = [await time.textContent(), await time.getAttribute("title")];
  check(!local.includes("UTC") && title.endsWith("UTC"), `the time is no local one: ${local} (${title})`);
  await expectAccessible(page, "the public page on a phone, in the dark");
  await expectNoSidewaysScroll(page, "the public page");
  const group = page.locator("section.group > details").first();
  await group.locator("summary").click();
  await page.reload();
  check(!(await group.evaluate((one) => one.open)), "a folded group unfolds by itself");
  await page.evaluate(() => (globalThis.before = document.querySelector("h1")));
  await say("down");
  await headline(page).getByText("1 service is down").waitFor();
  check(await page.evaluate(() => globalThis.before.isConnected), "the whole page was drawn anew");
  check(!(await group.evaluate((one) => one.open)), "a group unfolds with news");
  await say("up");
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

async function withoutScripts(browser, url) {
  const page = await openPage(browser, { ...PHONE, javaScriptEnabled: false });
  await page.goto(`${url}/status/${SLUG}`);
  await headline(page).getByText("1 open incident · all services are up").waitFor();
  check((await page.locator(".step time").first().textContent()).endsWith(" UTC"), "times are not UTC");
  await page.getByText("Better <script>alert(1)</script>").waitFor();
  const name = page.getByText("Shop front");
  await page.getByRole("heading", { name: "Shop" }).click();
  await name.waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "24 hours" }).click();
  await page.getByText("24 hours ago").waitFor();
  for (const path of await page.locator("footer a").evaluateAll((all) => all.map((one) => one.getAttribute("href")))) {
    check((await fetch(`${url}${path}`)).ok, `${path} is not there`);
  }
  await page.context().close();
}

/** With a password, and without scripts: nothing is there until it is typed. */
async function locked(browser, url, ask) {
  await ask("setStatusPageAccess", SLUG, { protected: true, password: "open-Sesame-1" });
  const page = await openPage(browser, { ...PHONE, javaScriptEnabled: false });
  await page.goto(`${url}/status/${SLUG}`);
  check(!(await page.content()).includes("Visited"), "the form tells the title of the page");
  for (const typed of ["open-sesame-1", "open-Sesame-1"]) {
    await page.getByLabel("Password").fill(typed);
    await page.getByRole("button", { name: "Show the page" }).click();
    if (typed === "open-sesame-1") await page.getByText("That is not the password.").waitFor();
  }
  await headline(page).waitFor();
  check((await fetch(`${url}/status/${SLUG}/rss`)).status === 404, "a feed is there without the password");
  await ask("setStatusPageAccess", SLUG, { protected: true, password: "another-Word-2" });
  await page.reload();
  await page.getByLabel("Password").waitFor();
  await page.context().close();
}

/** On a site of somebody else: its origin is another one because its port is. */
async function elsewhere(browser, url) {
  const body = `<script src="${url}/status/${SLUG}/badge.js"></script><iframe src="${url}/status/${SLUG}/card"></iframe>
    <iframe src="${url}/status/${SLUG}"></iframe>`;
  const site = createServer((_request, response) => response.setHeader("content-type", "text/html").end(body));
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  const page = await openPage(browser);
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  await page.frameLocator("iframe >> nth=0").getByText("all services are up").waitFor();
  const badge = page.locator(`a[href="${url}/status/${SLUG}"] img`);
  check(await badge.evaluate((one) => one.decode().then(() => one.naturalWidth > 0)), "there is no badge");
  const framed = await page.frames()[2].locator("#overall").count();
  check(framed === 0, "the page itself stands in a frame of another site");
  await page.context().close();
  site.closeAllConnections();
  site.close();
}
