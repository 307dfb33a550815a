/** What a configuration file owns: a form says so, and lets it be changed all the same. Needs a fresh server. */
import { check, expectAccessible, openPage, setUp } from "./lib.mjs";

const SLOW_MS = 60_000; // a file waits for the first account, and looks for it now and then

export async function managed(browser, url) {
  const page = await openPage(browser);
  await page.goto(url);
  await setUp(page);
  const link = page.getByRole("link", { name: /Front page/ }).first();
  await link.waitFor({ timeout: SLOW_MS });
  await link.click();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  const note = page.getByRole("note");
  await note.waitFor();
  const text = await note.innerText();
  check(text.includes(process.env.MANAGED_BY), `the warning names another file: ${text}`);
  check(text.includes("put back"), `the warning does not say what follows: ${text}`);
  await expectAccessible(page, "the form of what a file owns");
  await page.getByLabel(/^URL/).fill("http://127.0.0.1:1/changed");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Front page" }).first().waitFor();

  await page.goto(`${url}/settings/notifications`);
  await page.getByRole("button", { name: "Edit On call" }).click();
  await page.getByRole("dialog").getByRole("note").filter({ hasText: process.env.MANAGED_BY }).waitFor();
  await page.keyboard.press("Escape");

  // What people made themselves is theirs.
  await page.goto(`${url}/add?type=push`);
  await page.getByLabel(/^Name/).fill("Own");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Own" }).first().waitFor();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByLabel(/^Name/).waitFor();
  check((await page.getByRole("note").count()) === 0, "a monitor of nobody's file has a warning");
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}
