/** Maintenance: every strategy planned with its preview, used on a monitor, ended, paused, cloned, deleted. */
import { nameOf, report } from "./fleet.mjs";
import { check, enter, expectAccessible, expectNoSidewaysScroll, logIn, openPage, Target } from "./lib.mjs";

const SLOW_MS = 20_000; // a check a second, on a busy machine
const HOST = 900; // of the fleet; its own are fewer
const SERVER_ZONE = "Europe/Berlin";
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export async function maintenance(browser, url) {
  const { socket, ask } = await enter(url);
  const { secret } = await ask("addToken", { name: "maintained" });
  await report(url, secret, HOST);
  await ask("addStatusPage", "Rack seven", "rack");
  const page = await openPage(browser);
  await logIn(page, `${url}/add?type=http`);
  const target = new Target();
  await addMonitor(page, await target.start());
  await byHand(page, url);
  await ofAServer(page);
  await ofAMonitor(page);
  await endIt(page, url);
  await refuse(page, url);
  await once(page, url);
  await weekly(page, url);
  await monthly(page, url);
  await everyFewDays(page, url);
  await byPattern(page, url);
  await lookAtList(page, url);
  await endAWindow(page, url);
  await pauseCloneDelete(page, url);
  await inStep(page, ask);
  await fitsAPhone(browser, url);
  await cleanUp(page, url);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await target.stop();
  await page.context().close();
  socket.close();
}

async function addMonitor(page, address) {
  await page.getByLabel(/^URL/).fill(address);
  await page.getByLabel(/^Name/).fill("Served");
  await page.locator("summary", { hasText: "Schedule" }).click();
  await page.getByLabel(/^Interval/).fill("1");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Served" }).waitFor();
}

const field = (page, name) => page.getByLabel(name, { exact: true });
const preview = (page) => page.locator("section").filter({ has: page.getByRole("heading", { name: "Next windows" }) });
const windows = (page) => preview(page).getByRole("listitem");
const save = (page) => page.getByRole("button", { name: "Save", exact: true }).click();

async function openForm(page, url, title, strategy) {
  await page.goto(`${url}/maintenance/add`);
  const box = page.getByLabel(/^Title/);
  await box.waitFor();
  check(await box.evaluate((one) => one === document.activeElement), "the title has no focus");
  await box.fill(title);
  await field(page, "How often").selectOption({ label: strategy });
}

async function chooseZone(page, name) {
  const zone = page.getByRole("combobox", { name: "Time zone" });
  await zone.click();
  await page.keyboard.type(name);
  await page.getByRole("option", { name, exact: true }).waitFor();
  await page.keyboard.press("Enter");
}

async function expectPreview(page, count, first) {
  const all = windows(page);
  await all.filter({ hasText: first }).first().waitFor();
  await page.waitForFunction(
    ([wanted]) => document.querySelectorAll("#preview-title").length === 0
      || document.querySelector("#preview-title").closest("section").querySelectorAll("li").length === wanted,
    [count],
  );
  check((await all.count()) === count, `${await all.count()} windows are shown, not ${count}`);
}

/** From an empty list to a plan that covers a monitor, by keyboard where it is quicker. */
async function byHand(page, url) {
  await page.goto(`${url}/dashboard`);
  await page.getByRole("link", { name: "Maintenance", exact: true }).click();
  await page.getByRole("heading", { name: "No maintenance is planned" }).waitFor();
  await expectAccessible(page, "maintenance without plans");
  await page.getByRole("link", { name: "Plan the first one" }).click();
  await page.getByLabel(/^Title/).waitFor();
  await save(page);
  await page.getByText("This field is required.").waitFor();
  await page.keyboard.type("New disks");
  await page.getByLabel("Description").fill("The **database** is away.");
  await field(page, "How often").selectOption({ label: "By hand" });
  await preview(page).getByText("It begins as soon as it is saved").waitFor();
  const monitors = page.getByRole("combobox", { name: "Monitors" });
  await monitors.focus();
  await page.keyboard.type("serv");
  await page.getByRole("option", { name: "Served" }).waitFor();
  await expectAccessible(page, "choosing what a plan covers");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Remove Served" }).waitFor();
  await page.keyboard.press("Escape");
  await choose(page, "Servers", nameOf(HOST));
  await choose(page, "Status pages", "rack");
  await save(page);
  await page.getByRole("heading", { name: "New disks" }).waitFor();
  await page.getByText("Active now").waitFor();
  await page.getByText("Until somebody ends it").waitFor();
  await page.getByText("The **database** is away.").waitFor();
  await expectAccessible(page, "a plan");
  const visitor = await fetch(`${url}/status/rack`);
  check((await visitor.text()).includes("New disks"), "visitors are not told of the maintenance");
}

async function choose(page, label, name) {
  await page.getByRole("combobox", { name: label }).focus();
  await page.keyboard.type(name);
  await page.getByRole("option", { name }).click();
  await page.getByRole("button", { name: `Remove ${name}` }).waitFor();
  await page.keyboard.press("Escape");
}

async function ofAServer(page) {
  check((await page.getByRole("link", { name: "Rack seven" }).getAttribute("href"))?.endsWith("/status/rack"), "no page");
  await page.getByRole("link", { name: nameOf(HOST) }).click();
  await page.getByRole("radio", { name: "Alerts" }).click();
  const detail = page.locator("#detail");
  await detail.getByText("Under maintenance", { exact: true }).waitFor({ timeout: SLOW_MS });
  await expectAccessible(page, "a server under a plan");
  await detail.getByRole("link", { name: "New disks" }).click();
  await page.getByRole("heading", { name: "New disks" }).waitFor();
}

async function ofAMonitor(page) {
  await page.getByRole("link", { name: "Served" }).click();
  const detail = page.locator("#detail");
  await detail.locator(".state b").filter({ hasText: "Maintenance" }).waitFor({ timeout: SLOW_MS });
  await detail.getByText("Until somebody ends it").waitFor();
  await expectAccessible(page, "a monitor under maintenance");
  await detail.getByRole("link", { name: "New disks" }).click();
  await page.getByRole("heading", { name: "New disks" }).waitFor();
}

async function endIt(page, url) {
  await page.getByRole("button", { name: "End now" }).click();
  const question = page.getByRole("dialog");
  await question.getByText("It begins again when somebody resumes it.").waitFor();
  await expectAccessible(page, "the question before a plan ends");
  await question.getByRole("button", { name: "End now" }).click();
  await page.getByText("The maintenance has ended.").waitFor();
  await page.getByText("Nothing happens until it is resumed.").waitFor();
  await page.getByRole("link", { name: "Served" }).click();
  await page.locator("#detail .state b").filter({ hasText: "Up" }).waitFor({ timeout: SLOW_MS });
  check((await page.locator("#detail").getByRole("link", { name: "New disks" }).count()) === 0, "a paused plan is shown");
  await page.goto(`${url}/maintenance`);
  await page.getByRole("heading", { name: "Paused" }).waitFor();
}

/** What cannot be is said while one types, in the server's words where it is the one that knows. */
async function refuse(page, url) {
  await openForm(page, url, "Refused", "By a cron pattern");
  await field(page, "Cron pattern").fill("every day");
  await preview(page).getByText("exactly five or six space separated parts").waitFor();
  await save(page);
  await page.getByRole("alert").filter({ hasText: "exactly five or six" }).waitFor();
  await expectAccessible(page, "a plan that is refused");
  await field(page, "How often").selectOption({ label: "Weekly" });
  await save(page);
  await page.getByText("Choose at least one day.").first().waitFor();
  await field(page, "How often").selectOption({ label: "Once" });
  await field(page, "Begins").fill("2031-05-02T10:00");
  await field(page, "Ends").fill("2031-05-02T09:00");
  await page.getByText("It must end after it begins.").first().waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await page.getByRole("heading", { name: "Maintenance", exact: true }).waitFor();
}

async function once(page, url) {
  await openForm(page, url, "Move", "Once");
  await chooseZone(page, "Asia/Tokyo");
  await field(page, "Begins").fill("2031-05-02T10:00");
  await field(page, "Ends").fill("2031-05-02T12:30");
  await expectPreview(page, 1, /Fri, May 2, 2031, 10:00.*12:30.*2 h 30 min.*GMT\+9/);
  await save(page);
  await page.getByRole("heading", { name: "Move" }).waitFor();
  await page.getByText("Planned", { exact: true }).waitFor();
}

/** Two days whose nights are not under way, whenever this runs. */
function quietDays() {
  const today = new Date().toLocaleDateString("en", { weekday: "long", timeZone: SERVER_ZONE });
  const now = DAYS.indexOf(today);
  const quiet = DAYS.slice(0, 6).filter((_, day) => day !== now && day !== (now + 6) % 7);
  return [quiet[0], quiet[quiet.length - 1]];
}

const QUIET = quietDays();
const SHORT = QUIET.map((day) => day.slice(0, 3));

async function weekly(page, url) {
  const [first, last] = SHORT;
  const [afterFirst, afterLast] = QUIET.map((day) => DAYS[(DAYS.indexOf(day) + 1) % 7].slice(0, 3));
  await openForm(page, url, "Weekly backup", "Weekly");
  for (const day of QUIET) await page.getByLabel(day).check({ force: true });
  await field(page, "From").fill("23:30");
  await field(page, "To").fill("01:00");
  await page.getByText("On the next day.").waitFor();
  await chooseZone(page, SERVER_ZONE);
  const window = `(${first}|${last}), .*23:30.*(${afterFirst}|${afterLast}), .*01:00.*1 h 30 min`;
  await expectPreview(page, 5, new RegExp(window));
  await expectAccessible(page, "the form of a weekly plan");
  await save(page);
  await page.getByText(`Every ${first} and ${last}, 23:30 to 01:00`).waitFor();
}

async function monthly(page, url) {
  await openForm(page, url, "Month's end", "Monthly");
  await field(page, "Not before").fill("2032-02-01T00:00");
  await page.getByLabel("last day").check({ force: true });
  await page.getByLabel("15", { exact: true }).check({ force: true });
  await chooseZone(page, SERVER_ZONE);
  await expectPreview(page, 5, "Feb 15, 2032");
  await windows(page).filter({ hasText: "Feb 29, 2032" }).waitFor();
  await windows(page).filter({ hasText: "Mar 31, 2032" }).filter({ hasText: "GMT+2" }).waitFor();
  await expectAccessible(page, "the form of a monthly plan");
  await save(page);
  await page.getByText("Monthly on 15 and last day, 02:00 to 03:00").waitFor();
}

async function everyFewDays(page, url) {
  await openForm(page, url, "Updates", "Every few days");
  await field(page, "Every").fill("3");
  await field(page, "Not before").fill("2032-03-26T00:00");
  await field(page, "Not after").fill("2032-04-01T02:30");
  await chooseZone(page, SERVER_ZONE);
  // In the night to the 28th the clocks go forward; the 4th would be too late.
  await expectPreview(page, 3, "Mar 26, 2032");
  await windows(page).filter({ hasText: "Apr 1, 2032" }).filter({ hasText: "30 min" }).waitFor();
  await save(page);
  await page.getByText("Every 3 days, 02:00 to 03:00").waitFor();
}

async function byPattern(page, url) {
  await openForm(page, url, "Always", "By a cron pattern");
  await field(page, "Cron pattern").fill("0 * * * *");
  await field(page, "Lasts").fill("90");
  await expectPreview(page, 5, "now");
  await save(page);
  await page.getByText("By the pattern 0 * * * *, for 1 h 30 min").waitFor();
  await page.getByText("Active now").waitFor();
}

async function lookAtList(page, url) {
  await page.goto(`${url}/maintenance`);
  for (const heading of ["Active now", "Planned", "Paused", "The next 30 days"]) {
    await page.getByRole("heading", { name: heading, exact: true }).waitFor();
  }
  const planned = page.locator("section").filter({ has: page.getByRole("heading", { name: "Planned" }) });
  check((await planned.getByRole("listitem").count()) === 4, "four plans are not planned");
  const row = planned.getByRole("listitem").filter({ hasText: "Weekly backup" });
  await row.getByText(`Every ${SHORT.join(" and ")}, 23:30 to 01:00 · Europe/Berlin`).waitFor();
  await row.getByText(/^Next: /).waitFor();
  const calendar = page.locator("section").filter({ has: page.getByRole("heading", { name: "The next 30 days" }) });
  check((await calendar.getByRole("link", { name: "Weekly backup" }).count()) >= 8, "the calendar lacks weekly windows");
  await calendar.getByText("There are more windows than fit here").waitFor();
  await expectAccessible(page, "the list of plans");
}

/** The window ends, the plan goes on with the next one. */
async function endAWindow(page, url) {
  const active = page.locator("section").filter({ has: page.getByRole("heading", { name: "Active now" }) });
  await active.getByRole("button", { name: "End now" }).click();
  await page.getByRole("dialog").getByText("The next window comes as planned").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "End now" }).click();
  await page.getByText("The maintenance has ended.").waitFor();
  const planned = page.locator("section").filter({ has: page.getByRole("heading", { name: "Planned" }) });
  await planned.getByRole("link", { name: "Always" }).click();
  await page.getByText("Planned", { exact: true }).waitFor();
  await page.getByText("Not before").waitFor();
  await page.goto(`${url}/maintenance`);
}

async function act(page, name, action) {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

async function pauseCloneDelete(page, url) {
  await act(page, "Weekly backup", "Pause");
  const paused = page.locator("section").filter({ has: page.getByRole("heading", { name: "Paused" }) });
  await paused.getByRole("link", { name: "Weekly backup" }).waitFor();
  await act(page, "Weekly backup", "Resume");
  const planned = page.locator("section").filter({ has: page.getByRole("heading", { name: "Planned" }) });
  await planned.getByRole("link", { name: "Weekly backup" }).waitFor();
  await act(page, "New disks", "Clone");
  const title = page.getByLabel(/^Title/);
  await title.waitFor();
  check((await title.inputValue()) === "New disks (copy)", `a copy is called ${await title.inputValue()}`);
  await page.getByRole("button", { name: "Remove Served" }).waitFor();
  await save(page);
  await page.getByRole("heading", { name: "New disks (copy)" }).waitFor();
  await page.getByText("Active now").waitFor();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await title.waitFor();
  await title.fill("More disks");
  await field(page, "How often").selectOption({ label: "Once" });
  await expectPreview(page, 1, "1 h");
  await save(page);
  await page.getByRole("heading", { name: "More disks" }).waitFor();
  await page.getByText("Planned", { exact: true }).waitFor();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL(/\/maintenance$/);
  await page.getByRole("link", { name: "New disks", exact: true }).waitFor();
  check((await page.getByRole("link", { name: "More disks" }).count()) === 0, "a deleted plan is still there");
  await page.goto(`${url}/maintenance/99`);
  await page.getByRole("heading", { name: "This plan cannot be shown" }).waitFor();
}

/** What happens elsewhere shows here. */
async function inStep(page, ask) {
  await page.goto(new URL("/maintenance", page.url()).href);
  await page.getByRole("link", { name: "New disks", exact: true }).waitFor();
  const { plans } = await ask("maintenancePlans");
  await ask("resumeMaintenance", plans.find(({ title }) => title === "New disks").id);
  const active = page.locator("section").filter({ has: page.getByRole("heading", { name: "Active now" }) });
  await active.getByRole("link", { name: "New disks", exact: true }).waitFor();
  await active.getByText("1 monitor or group · 1 server · 1 status page").waitFor();
}

async function fitsAPhone(browser, url) {
  const options = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };
  const page = await openPage(browser, options);
  await logIn(page, url);
  await page.getByRole("button", { name: "Menu" }).tap();
  await page.getByRole("menuitem", { name: "Maintenance" }).tap();
  await page.getByRole("link", { name: "Weekly backup" }).first().waitFor();
  await expectNoSidewaysScroll(page, "the list of plans");
  await expectAccessible(page, "the list of plans on a phone");
  await page.getByRole("link", { name: "Month's end" }).first().tap();
  await page.getByRole("heading", { level: 1, name: "Month's end" }).waitFor(); // the list says the rest as well
  await page.getByText("Monthly on 15 and last day").waitFor();
  await expectNoSidewaysScroll(page, "a plan");
  await expectAccessible(page, "a plan on a phone");
  await page.getByRole("link", { name: "Edit", exact: true }).tap();
  await page.getByRole("heading", { name: "Edit maintenance" }).waitFor(); // the plan shows windows as well
  await windows(page).first().waitFor();
  await expectNoSidewaysScroll(page, "the form of a plan");
  await expectAccessible(page, "the form of a plan on a phone");
  check(page.problems.length === 0, `the phone complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

/** Later journeys begin without plans and without this monitor. */
async function cleanUp(page, url) {
  await page.goto(`${url}/maintenance`);
  const actions = page.getByRole("button", { name: /^Actions for/ });
  await actions.first().waitFor();
  for (let left = await actions.count(); left > 0; left -= 1) {
    await actions.first().click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    const selector = "button[aria-label^='Actions for']";
    await page.waitForFunction(([what, most]) => document.querySelectorAll(what).length < most, [selector, left]);
  }
  await page.getByRole("heading", { name: "No maintenance is planned" }).waitFor();
  await page.goto(url);
  await page.getByRole("link", { name: /Served/ }).first().click();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL(/dashboard$/);
}
