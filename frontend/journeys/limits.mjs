/** A limit on the response time: set in the form, broken by the next check, read on the monitor's page, taken away. */
import { check, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

export async function limits(browser, url) {
  const page = await openPage(browser, { viewport: { width: 360, height: 740 } });
  await logIn(page, url);
  await openForm(page, url);
  await page.getByLabel(/^URL/).fill(`${url}/healthz`);
  const section = page.getByRole("group", { name: "Limits" });
  const unfold = () => page.locator("summary", { hasText: "Limits" }).click();
  await unfold();
  await section.getByRole("button", { name: "Add a limit" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Each limit needs a number.").waitFor();
  await section.getByLabel("Comparison").selectOption(">=");
  await section.getByLabel("Limit", { exact: true }).fill("0");
  await section.getByLabel("What happens").selectOption("pending");
  await expectAccessible(page, "a form with a limit");
  await expectNoSidewaysScroll(page, "a form with a limit");
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/limits.png`, fullPage: true });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator("#detail").locator(".state b").filter({ hasText: "Pending" }).waitFor();
  const message = page.locator("#detail .message");
  await message.filter({ hasText: /Response time [\d.]+ ms breaks its limit \(>= 0 ms\)/ }).waitFor();
  await openForm(page, url);
  await unfold();
  await section.getByRole("button", { name: "Remove limit 1" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator("#detail").locator(".state b").filter({ hasText: "Up" }).waitFor();
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

async function openForm(page, url) {
  await page.goto(`${url}/edit/1`); // which the first run has added
  await page.getByRole("combobox", { name: "Type", exact: true }).waitFor();
}
