/** Many servers: trouble in the overview, maintenance, status pages, a list of which only the rows in view exist. */
import { check, enter, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const COUNT = 500;
const AT_ONCE = 25;
const MOST_ROWS = 40; // of a window of 800 px, and some around them
const SLOW_MS = 15_000;
export const nameOf = (index) => `fleet-${String(index).padStart(3, "0")}`;

export async function report(url, token, index, cpu = 20) {
  const timestamp = new Date().toISOString();
  const attributes = { motherboard_id: `fleet-${index}`, hostname: nameOf(index), cpu_cores: 1, uptime: 90_000 };
  const metrics = [{ metric: "cpu_used", value: (cpu / 100) * 1024, timestamp }];
  const response = await fetch(`${url}/api/v1/server_metrics`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ agent_version: "1.0.0", attributes, metrics, processes: [] }),
  });
  check(response.status === 201, `a report was answered with ${response.status}`);
}

export async function fleet(browser, url) {
  const { socket, ask } = await enter(url);
  const { secret } = await ask("addToken", { name: "fleet" });
  for (let done = 0; done < COUNT; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => report(url, secret, done + index)));
  }
  await ask("addStatusPage", "Journey page", "journey-page");
  const page = await openPage(browser);
  await logIn(page, `${url}/servers`);
  await lookThroughList(page);
  await changeMany(page, ask);
  await bringTrouble(url, secret, ask);
  await findTrouble(page);
  await maintain(page, ask);
  await showOnPage(page);
  await fitsAPhone(browser, url);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
  socket.close();
}

const rows = (page) => page.locator("#detail [data-step]");
const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");

async function lookThroughList(page) {
  await rows(page).first().waitFor({ timeout: SLOW_MS });
  check((await rows(page).count()) <= MOST_ROWS, `${await rows(page).count()} rows exist of ${COUNT}`);
  await page.locator("#detail").evaluate((box) => box.scrollTo(0, box.scrollHeight));
  await page.getByRole("link", { name: nameOf(COUNT - 1) }).waitFor();
  check((await rows(page).count()) <= MOST_ROWS, "rows stay when they are out of view");

  const field = page.locator("#detail").getByRole("searchbox");
  await field.fill("fleet");
  await page.getByText(`${COUNT} of`).waitFor();
  await field.press("ArrowDown");
  check((await focused(page)) === nameOf(0), `the arrow went to ${await focused(page)}`);
  for (let step = 0; step < 60; step += 1) await page.keyboard.press("j");
  await page.waitForFunction((name) => document.activeElement?.textContent?.trim() === name, nameOf(60));
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: nameOf(59) }).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: nameOf(59) }).waitFor();
  await expectAccessible(page, "a long list of servers");
}

/** Two servers get a tag and one threshold together; cards under their tags, remembered by the browser. */
async function changeMany(page, ask) {
  const { tag } = await ask("addTag", { name: "journey tag", color: "#2563eb" });
  await page.goto(page.url());
  for (const index of [0, 1]) await page.getByRole("checkbox", { name: `Choose ${nameOf(index)}` }).check();
  await page.getByText("2 servers chosen").waitFor();
  await page.getByRole("button", { name: "Alert settings" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("group", { name: "CPU" }).getByRole("spinbutton").first().fill("77");
  await expectAccessible(page, "the alert settings of several servers");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Tags" }).click();
  await dialog.getByRole("combobox", { name: "On all of them" }).fill("journey");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "View" }).click();
  await page.getByRole("radio", { name: "Cards" }).click();
  await page.getByRole("switch", { name: "Group by tag" }).check({ force: true });
  await expectAccessible(page, "how the list of servers is drawn");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "journey tag 2" }).waitFor();
  await expectAccessible(page, "servers as cards, by tag");
  const { columns, rows: all } = await ask("serversSummary");
  const changed = all.filter((row) => row[columns.indexOf("thresholds")][0] === 77).map((row) => row[1]).sort();
  check(String(changed) === String([nameOf(0), nameOf(1)]), `the threshold of ${changed} was changed`);
  await page.reload();
  await page.getByRole("heading", { name: "journey tag 2" }).waitFor();
  await page.getByRole("button", { name: "View" }).click();
  await page.getByRole("radio", { name: "Table" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("columnheader", { name: "CPU" }).getByRole("button").click();
  await page.waitForURL(/order=cpu/);
  await expectAccessible(page, "the table of servers, by tag");
  await ask("deleteTag", tag.id);
  await page.getByRole("heading", { name: "Without a tag" }).waitFor();
}

/** One server above its threshold. */
async function bringTrouble(url, token, ask) {
  const { columns, rows: all } = await ask("serversSummary");
  const found = all.find((row) => row[columns.indexOf("name")] === nameOf(7));
  const uuid = found[columns.indexOf("uuid")];
  await ask("saveServerAlerts", uuid, { threshold: { cpu: 50 }, grace_period: { cpu: 0 } });
  await report(url, token, 7, 95);
}

async function findTrouble(page) {
  await page.getByRole("alert").filter({ hasText: `${nameOf(7)} has an alert: CPU above its threshold.` })
    .waitFor({ state: "attached", timeout: SLOW_MS });
  await page.getByRole("banner").getByRole("link", { name: "Overview" }).click();
  const trouble = page.locator("section").filter({ has: page.getByRole("heading", { name: "Trouble now" }) });
  await trouble.getByRole("link", { name: new RegExp(`With alerts ${nameOf(7)} CPU above`) }).waitFor();
  check(!(await page.getByText("Everything is up").isVisible()), "the overview calls everything up");
  const alerts = page.locator("section").filter({ has: page.getByRole("heading", { name: "Alerts of servers" }) });
  const alert = alerts.getByRole("listitem").filter({ has: page.getByRole("link", { name: nameOf(7) }) });
  await alert.getByText(/CPU is at 95/).waitFor({ timeout: SLOW_MS });
  await expectAccessible(page, "the overview with servers");
  await page.locator("#detail").getByRole("link", { name: /With alerts$/ }).click();
  await page.waitForURL(/\/servers\?(.*&)?state=pending/);
  await page.getByRole("link", { name: nameOf(7) }).click();
  await page.getByRole("heading", { name: nameOf(7) }).waitFor();
}

const state = (page) => page.locator("#detail .state");

async function maintain(page, ask) {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Maintenance for 1 h" }).click();
  await state(page).getByText("Maintenance", { exact: true }).waitFor({ timeout: SLOW_MS });
  await page.getByRole("radio", { name: "Alerts" }).click();
  await page.getByText(/^Under maintenance until/).waitFor();
  await expectAccessible(page, "a server under maintenance");
  await page.getByRole("button", { name: "End the maintenance" }).click();
  await page.getByRole("group", { name: "Begin now" }).waitFor({ timeout: SLOW_MS });
  check((await ask("maintenancePlans")).plans.length === 0, "a maintenance that was ended leaves its plan behind");

  await page.getByRole("button", { name: "Until I end it" }).click();
  await page.getByText("Under maintenance", { exact: true }).waitFor({ timeout: SLOW_MS });
  await page.getByRole("button", { name: "End the maintenance" }).click();
  await page.getByRole("group", { name: "Begin now" }).waitFor({ timeout: SLOW_MS });
  await leavePlan(page, ask);
}

/** A plan that was made elsewhere: the server joins it, leaves it, and the plan stays. */
async function leavePlan(page, ask) {
  const midnight = { hours: 0, minutes: 0 };
  const { maintenanceID } = await ask("addMaintenance", {
    title: "Journey plan", description: "", strategy: "manual", active: true, intervalDay: 1, dateRange: [],
    timeRange: [midnight, midnight], weekdays: [], daysOfMonth: [], timezoneOption: "UTC", cron: "", durationMinutes: 60,
  });
  const plan = page.getByRole("switch", { name: /^Journey plan/ });
  await plan.waitFor({ state: "attached" });
  await plan.check({ force: true });
  await page.getByRole("button", { name: "End the maintenance" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End the maintenance" }).click();
  await page.getByRole("group", { name: "Begin now" }).waitFor({ timeout: SLOW_MS });
  check(!(await plan.isChecked()), "a server that left a plan is still on it");
  await ask("deleteMaintenance", maintenanceID);
  await plan.waitFor({ state: "detached" });
}

async function showOnPage(page) {
  const shown = page.getByRole("switch", { name: /^Journey page/ });
  await shown.check({ force: true });
  await page.reload();
  await shown.waitFor({ state: "attached" });
  check(await shown.isChecked(), "a server does not stay on its status page");
  await expectAccessible(page, "a server on a status page");
}

async function fitsAPhone(browser, url) {
  const options = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };
  const page = await openPage(browser, options);
  await logIn(page, `${url}/servers?find=fleet`);
  await rows(page).first().waitFor({ timeout: SLOW_MS });
  check((await rows(page).count()) <= MOST_ROWS, `${await rows(page).count()} rows exist on a phone`);
  const isCut = (items) => items.some((one) => one.scrollHeight > one.clientHeight);
  const cards = page.locator("#detail [role=listitem]");
  check((await cards.count()) > 0 && !(await cards.evaluateAll(isCut)), "a row is higher than its place");
  await expectNoSidewaysScroll(page, "a long list of servers");
  await expectAccessible(page, "a long list of servers on a phone");
  await page.goto(`${url}/dashboard`);
  await page.getByRole("heading", { name: "Trouble now" }).waitFor({ timeout: SLOW_MS });
  await expectNoSidewaysScroll(page, "the overview with servers");
  await expectAccessible(page, "the overview with servers on a phone");
  await page.getByRole("link", { name: new RegExp(`With alerts ${nameOf(7)}`) }).tap();
  await page.getByRole("radio", { name: "Alerts" }).tap();
  await page.getByRole("group", { name: "Begin now" }).waitFor();
  await expectNoSidewaysScroll(page, "the maintenance of a server");
  await expectAccessible(page, "the maintenance of a server on a phone");
  check(page.problems.length === 0, `the phone complained: ${page.problems.join("; ")}`);
  await page.context().close();
}
