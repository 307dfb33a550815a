/** What the machine is asked: entry page, keys, browser, shrinking and clearing, a backup that opens, about. */
import { readFileSync } from "node:fs";
import { account, check, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const card = (page, name) => page.locator("section").filter({ has: page.getByRole("heading", { name, exact: true }) });

export async function system(browser, url) {
  const page = await openPage(browser);
  await logIn(page, `${url}/settings/general`);
  await general(page, url);
  await page.goto(`${url}/settings/system`);
  await page.getByText("Checks per second").waitFor();
  await card(page, "HTTPS").getByText("This server speaks plain HTTP").waitFor();
  await expectAccessible(page, "the settings of the system");
  await health(page);
  await database(page);
  await backups(page);
  await places(page);
  await backup(page);
  await card(page, "About").getByRole("button", { name: "Show licences" }).click();
  await card(page, "About").getByText("litestar").waitFor();
  await phone(browser, url);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

async function general(page, url) {
  const found = page.getByRole("switch", { name: /search engines/ });
  await found.waitFor({ state: "attached" });
  await found.check({ force: true });
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Saved.").first().waitFor();
  const robots = await (await fetch(`${url}/robots.txt`)).text();
  check(robots.trimEnd() === "User-agent: *\nDisallow:", `search engines are told ${robots}`);
  const keys = card(page, "Keys of services");
  await keys.getByLabel("Steam API key", { exact: true }).fill("a-key-of-steam");
  await keys.getByRole("button", { name: "Save" }).click();
  await keys.getByRole("button", { name: "Remove Steam API key" }).waitFor();
  check(!(await page.content()).includes("a-key-of-steam"), "a stored key stands in the page");
  const chrome = card(page, "Browser for monitors of real pages");
  await chrome.getByLabel("Path of Chrome or Chromium").fill("/no/such/browser");
  await chrome.getByRole("button", { name: "Test" }).click();
  await chrome.getByRole("alert").waitFor();
  await chrome.getByLabel("Path of Chrome or Chromium").fill("");
  await chrome.getByRole("button", { name: "Test" }).click();
  await chrome.getByText(/^Found version \d/).waitFor();
  await expectAccessible(page, "the general settings");
}

async function health(page) {
  const form = card(page, "Health check");
  await form.getByRole("button", { name: "Check now" }).click();
  await form.getByText(/There is none in .*backups/).waitFor();
  await form.getByText(/found nothing wrong/).click();
  await form.getByText(/^Kuma Lite .* \(speaks Uptime Kuma/).waitFor();
  await expectAccessible(page, "what the health check finds");
  await form.getByRole("button", { name: "Download support archive" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Current password", { exact: true }).fill(account.password);
  const coming = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download" }).click();
  const archive = readFileSync(await (await coming).path());
  check(archive[0] === 0x1f && archive[1] === 0x8b, "the support archive is no .gz");
}

async function database(page) {
  const form = card(page, "Database");
  await form.getByRole("button", { name: "Shrink" }).click();
  await page.getByText(/freed\.|nothing to free/).waitFor();
  await form.getByRole("button", { name: "Clear all statistics" }).click();
  const dialog = page.getByRole("dialog");
  const clear = dialog.getByRole("button", { name: "Clear all statistics" });
  check(await clear.isDisabled(), "everything can be cleared without typing anything");
  await expectAccessible(page, "the question before everything is cleared");
  await dialog.getByLabel(/^Type/).fill("clear");
  await page.keyboard.press("Enter");
  await page.getByText("All statistics were cleared.").waitFor();
}

/** Planned and made; restoring one asks for the password, and left. */
async function backups(page) {
  const form = card(page, "Backups");
  await form.getByRole("button", { name: "Change plan" }).click();
  const plan = page.getByRole("dialog");
  await plan.getByLabel("How often").selectOption("day");
  await plan.getByLabel("Daily").fill("3");
  await expectAccessible(page, "the plan for backups");
  await plan.getByRole("button", { name: "Save" }).click();
  await form.getByText("A backup is made every day").waitFor();
  await form.getByRole("button", { name: "Back up now" }).click();
  const restore = form.getByRole("button", { name: /^Restore the backup of/ }).first();
  await restore.click();
  const question = page.getByRole("dialog");
  await question.getByLabel("Current password").fill("not the password");
  await question.getByRole("button", { name: "Restore" }).click();
  await question.getByRole("alert").waitFor();
  await expectAccessible(page, "the question before a backup is put back");
  await question.getByRole("button", { name: "Cancel" }).click();
  await form.getByRole("button", { name: /^Delete the backup of/ }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await form.getByText("There is no backup yet.").waitFor();
  await form.getByRole("button", { name: "Change plan" }).click();
  await plan.getByLabel("How often").selectOption("");
  await plan.getByRole("button", { name: "Save" }).click();
  await form.getByText("Backups are made by hand only").waitFor();
}

/** A place is tried, refused and saved; a backup goes there. A file of this computer that is no backup is refused. */
async function places(page) {
  const form = card(page, "Places for backups and copies");
  await form.getByRole("button", { name: "Add a place" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: false }).first().fill("Another disk");
  await expectAccessible(page, "the form of a place for S3");
  await dialog.getByLabel("Kind").selectOption("sftp");
  await expectAccessible(page, "the form of a place for SFTP");
  await dialog.getByLabel("Kind").selectOption("folder");
  await dialog.getByLabel("Folder").fill("/dev/null/backups");
  await dialog.getByRole("button", { name: "Test this place" }).click();
  await dialog.getByRole("alert").filter({ hasText: "cannot be written" }).waitFor();
  await dialog.getByLabel("Folder").fill("another-disk");
  await dialog.getByRole("button", { name: "Test this place" }).click();
  await dialog.getByText("A small file was put there").waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await form.getByText("Backups go there").waitFor();
  await card(page, "Backups").getByRole("button", { name: "Back up now" }).click();
  await page.getByText("The backup was made and read back.").last().waitFor();
  const there = form.getByRole("button", { name: "Backups at Another disk" });
  const restore = dialog.getByRole("button", { name: /^Restore the backup of/ });
  for (let tries = 0; tries < 300 && !(await restore.count()); tries += 1) {
    await there.click();
    await dialog.getByText(/There is no backup yet|B$/).first().waitFor();
    if (await restore.count()) break;
    await dialog.getByRole("button", { name: "Close" }).last().click();
  }
  await expectAccessible(page, "the backups at a place");
  await restore.first().click();
  await dialog.getByText("Everything becomes as it was then").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await form.getByRole("button", { name: "Remove Another disk" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await form.getByText("Another disk").waitFor({ state: "detached" });
  const file = card(page, "Restore a file");
  await file.getByLabel("Choose a file").setInputFiles({
    name: "cat.tar.zst", mimeType: "application/octet-stream", buffer: Buffer.from("a cat"),
  });
  await dialog.getByLabel("Current password").fill(account.password);
  await dialog.getByRole("button", { name: "Restore" }).click();
  await file.getByRole("alert").filter({ hasText: "not a backup of Kuma Lite" }).waitFor();
  await expectAccessible(page, "a file that could not be restored");
  await file.getByRole("button", { name: "Discard" }).click();
  await file.getByRole("button", { name: "Discard" }).waitFor({ state: "detached" });
}

async function backup(page) {
  await card(page, "Download a copy").getByRole("button", { name: "Download" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Current password").fill(account.password);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Download" }).click(),
  ]);
  const bytes = readFileSync(await download.path());
  check(bytes.subarray(0, 15).toString() === "SQLite format 3", `a backup begins with ${bytes.subarray(0, 15)}`);
  check(/^kuma-lite-[\d-]{10}\.db$/.test(download.suggestedFilename()), download.suggestedFilename());
  // For whoever wants to open it (tests/journeys).
  if (process.env.BACKUP_TO) await download.saveAs(process.env.BACKUP_TO);
}

async function phone(browser, url) {
  const page = await openPage(browser, { colorScheme: "dark", viewport: { width: 390, height: 844 } });
  await logIn(page, `${url}/settings/system`);
  await page.getByText("Checks per second").waitFor();
  await expectNoSidewaysScroll(page, "the settings of the system on a phone");
  await expectAccessible(page, "the settings of the system on a phone in dark");
  await page.context().close();
}
