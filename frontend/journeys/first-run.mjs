/** A new server: create the account, add a monitor, and see its target go and come back. */
import { account, check, expectAccessible, openPage, Target } from "./lib.mjs";

const SLOW_MS = 20_000; // a check a second, a retry, and a busy machine

export async function firstRun(browser, url) {
  const page = await openPage(browser);
  await page.goto(url);
  await setUp(page);
  const target = new Target();
  await addMonitor(page, await target.start());
  await watchItGoAndCome(page, target);
  await reloadKeepsSession(page);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await target.stop();
  await page.context().close();
}

async function setUp(page) {
  await page.getByRole("heading", { name: "Welcome to Kuma Lite" }).waitFor();
  await expectAccessible(page, "set-up");
  await page.getByLabel("Username").fill(account.username);
  await page.getByLabel("New password", { exact: true }).fill("short");
  await page.getByLabel("New password again").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("alert").filter({ hasText: "too weak" }).waitFor();
  await page.getByLabel("New password", { exact: true }).fill(account.password);
  await page.getByLabel("New password again").fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Nothing is watched yet" }).waitFor();
  await expectAccessible(page, "the empty overview");
}

async function addMonitor(page, address) {
  await page.locator("#detail").getByRole("link", { name: "Add the first monitor" }).click();
  await page.getByRole("button", { name: "All fields" }).click();
  await page.getByRole("combobox", { name: "Type", exact: true }).waitFor();
  await expectAccessible(page, "the form");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("This field is required.").first().waitFor();
  await page.getByLabel(/^Name/).fill("Journey");
  await page.getByLabel(/^URL/).fill(address);
  await page.locator("summary", { hasText: "Schedule" }).click();
  await page.getByLabel(/^Interval/).fill("1");
  await page.getByLabel("Retries", { exact: true }).fill("2");
  await page.getByLabel("Retry interval", { exact: true }).fill("2");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Journey" }).waitFor();
}

const status = (page) => page.locator("#detail").locator(".state b");

async function expectStatus(page, word) {
  await status(page).filter({ hasText: word }).waitFor({ timeout: SLOW_MS });
}

async function watchItGoAndCome(page, target) {
  await expectStatus(page, "Up");
  const bar = page.locator("#detail").getByRole("img", { name: /checks?,/ });
  await bar.waitFor();
  await page.waitForFunction(() => /Last [2-9] checks/.test(document.querySelector("#detail canvas[role=img]")?.ariaLabel));
  await expectAccessible(page, "the page of a monitor");
  await target.stop();
  await expectStatus(page, "Pending");
  await expectStatus(page, "Down");
  await page.getByRole("status").or(page.getByRole("alert")).filter({ hasText: "Journey is down." }).waitFor();
  check((await page.title()).startsWith("(1) "), `the title does not tell the number down: ${await page.title()}`);
  await target.start();
  await expectStatus(page, "Up");
  check(!(await page.title()).startsWith("("), "the title still tells a monitor is down");
  const events = page.locator("#detail").locator(".events li");
  check((await events.count()) >= 3, "first up, down and up again are not among the events");
}

async function reloadKeepsSession(page) {
  const address = page.url();
  await page.reload();
  await page.getByRole("heading", { name: "Journey" }).waitFor();
  check(page.url() === address, "a reload changed the address");
}
