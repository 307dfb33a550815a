/** Everything by keys, and the log-in with its refusal. */
import { nameOf, report } from "./fleet.mjs";
import { account, check, enter, expectAccessible, logIn, openPage } from "./lib.mjs";

const MOST_TABS = 80; // to get anywhere on a screen
const HOSTS = [950, 951]; // of the fleet; its own are fewer

export async function logInByForm(browser, url) {
  const page = await openPage(browser, { colorScheme: "dark" });
  await page.goto(url);
  await page.getByLabel("Username").fill(account.username);
  await page.getByLabel("Password", { exact: true }).fill("wrong password 1");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "Incorrect username or password." }).waitFor();
  await expectAccessible(page, "the log-in in dark");
  await page.context().close();
}

export async function keyboard(browser, url) {
  const page = await openPage(browser, { colorScheme: "dark" });
  await logIn(page, url);
  await page.getByRole("link", { name: /Journey/ }).first().waitFor();
  const name = () => page.evaluate(() => document.activeElement?.textContent ?? "");

  await page.locator("body").press("/");
  check(await page.getByRole("searchbox").evaluate((input) => input === document.activeElement), "/ does not search");
  await page.keyboard.type("journ");
  await page.waitForURL(/q=journ/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  check((await name()).includes("Journey"), `j went to ${await name()}`);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Journey" }).waitFor();
  check(page.url().includes("q=journ"), "the filter got lost on the way to a monitor");

  await page.keyboard.press("p");
  await page.locator("#detail").locator(".state b").filter({ hasText: "Paused" }).waitFor();
  await page.keyboard.press("p");
  await page.locator("#detail").locator(".state b").first().filter({ hasNotText: "Paused" }).waitFor();

  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await expectAccessible(page, "the help of keys");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await page.keyboard.press("e");
  await page.getByRole("heading", { name: "Edit monitor" }).waitFor();
  await page.getByLabel(/^Name/).fill("Journey 2");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Journey 2" }).waitFor();
  await page.keyboard.press("Escape");
  await page.waitForURL(/\/dashboard\?/);
  await page.keyboard.press("n");
  await page.getByRole("heading", { name: "New monitor" }).waitFor();
  await screensByKeys(page, url);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

/** The accessible name of where the focus is, as far as a label or a text gives it. */
export const focusedName = (page) => page.evaluate(() => {
  const at = document.activeElement;
  const label = at?.labels?.[0]?.textContent ?? at?.getAttribute("aria-label") ?? at?.textContent ?? "";
  return label.trim().replace(/\s+/g, " ");
});

/** Tab until something of that name has the focus. */
export async function tabTo(page, name, key = "Tab") {
  const seen = [];
  for (let times = 0; times < MOST_TABS; times += 1) {
    if (name.test(await focusedName(page))) return;
    seen.push((await focusedName(page)).slice(0, 24));
    await page.keyboard.press(key);
  }
  check(false, `Tab never came to ${name}, but to ${seen.join(" · ")}`);
}

/** Whether the focus is in the card of that title. */
export const isInCard = (page, title) =>
  page.evaluate((wanted) => document.activeElement.closest("section")?.querySelector("h2")?.textContent === wanted, title);

/** By keys, into the card of that title: there may be several with such a button. */
export async function chooseFile(page, title, file) {
  const asked = page.waitForEvent("filechooser");
  do {
    await page.keyboard.press("Tab");
    await tabTo(page, /^Choose a file$/);
  } while (!(await isInCard(page, title)));
  await page.keyboard.press("Enter");
  await (await asked).setFiles(file);
}

export async function goTo(page, words, heading) {
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type(words);
  // What Enter takes is the first one: before the words are looked for, that is another.
  await page.waitForFunction((text) =>
    document.querySelector('dialog[open] [role="option"]')?.textContent.toLowerCase().includes(text), words);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: heading }).first().waitFor();
}

/** A dialog is opened with its button, has the focus, and gives it back. */
async function openAndLeave(page, button) {
  await tabTo(page, button);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.waitForFunction(() => document.activeElement?.closest("dialog[open]"));
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  check(button.test(await focusedName(page)), `after the dialog of ${button} the focus was at ${await focusedName(page)}`);
}

/** The main path of every other screen, without a mouse. */
async function screensByKeys(page, url) {
  const { socket, ask } = await enter(url);
  await goTo(page, "connections", "Proxies");
  await openAndLeave(page, /^New proxy/);
  await goTo(page, "notifications", "Notifications");
  await openAndLeave(page, /^(Add notification|Set up the first one)/);
  await goTo(page, "tags", "Tags");
  await tabTo(page, /^New tag/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("by keys");
  await page.keyboard.press("Enter");
  await tabTo(page, /^Delete by keys/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(page, /^Delete$/);
  await page.keyboard.press("Enter");
  await page.getByText("by keys").waitFor({ state: "detached" });

  await goTo(page, "maintenance", "Maintenance");
  await tabTo(page, /^(Plan maintenance|Plan the first one)/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^Title/);
  await page.keyboard.type("By keys");
  await tabTo(page, /^How often/);
  await page.keyboard.type("By hand");
  await tabTo(page, /^Save$/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "By keys" }).waitFor();
  const { plans } = await ask("maintenancePlans");
  await ask("deleteMaintenance", plans.find(({ title }) => title === "By keys").id);

  await goTo(page, "status pages", "Status pages");
  await tabTo(page, /^(New status page|Make the first one)/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(page, /^Title/);
  await page.keyboard.type("By keys");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "By keys" }).waitFor();
  await tabTo(page, /^Add group/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^Done$/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Group Services, 1 of 1" }).waitFor();
  // An earlier one says nothing of this save, and what is not saved asks whether to leave.
  await page.getByText("Saved.").waitFor({ state: "detached" });
  await page.keyboard.press("Control+s");
  await page.getByText("Saved.").waitFor();
  await ask("deleteStatusPage", "by-keys");

  const { token, secret } = await ask("addToken", { name: "by keys" });
  for (const host of HOSTS) await report(url, secret, host);
  await goTo(page, "servers", "Servers");
  await tabTo(page, new RegExp(`^Choose ${nameOf(HOSTS[0])}`));
  await page.keyboard.press("Space");
  await openAndLeave(page, /^Alert settings/);
  const { columns, rows } = await ask("serversSummary");
  const own = rows.filter((row) => HOSTS.map(nameOf).includes(row[columns.indexOf("name")]));
  for (const [uuid] of own) await ask("deleteServer", uuid);
  await ask("revokeToken", token.uuid);

  await goTo(page, "overview", /./);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByRole("region", { name: "Selected monitors" }).waitFor();
  await openAndLeave(page, /^Tag/);
  await page.keyboard.press("Escape");
  await page.getByRole("region", { name: "Selected monitors" }).waitFor({ state: "detached" });
  socket.close();
}
