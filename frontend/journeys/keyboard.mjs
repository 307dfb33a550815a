/** Everything by keys, and the log-in with its refusal. */
import { account, check, expectAccessible, logIn, openPage } from "./lib.mjs";

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
  await page.locator("#detail").locator(".state b").filter({ hasNotText: "Paused" }).waitFor();

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
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}
