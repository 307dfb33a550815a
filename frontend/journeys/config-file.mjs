/** A file of another program by keys: read, planned with its variables, applied, and written again. On a new server. */
import { readFile } from "node:fs/promises";
import { chooseFile, isInCard, tabTo } from "./keyboard.mjs";
import { check, expectAccessible, openPage, setUp } from "./lib.mjs";

const TITLE = "Configuration file";
const text = (name, content) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

export async function configFile(browser, url) {
  const page = await openPage(browser);
  await page.goto(url);
  await setUp(page);
  await page.getByRole("heading", { name: "Nothing is watched yet" }).waitFor();
  await page.goto(`${url}/settings/system`);
  const card = page.locator("section").filter({ has: page.getByRole("heading", { name: TITLE }) });
  await card.getByRole("button", { name: "Download" }).waitFor();

  await chooseFile(page, TITLE, text("cat.yaml", "cat: purrs"));
  await card.getByRole("alert").filter({ hasText: "cat.yaml is nothing that can be taken over" }).waitFor();
  await chooseFile(page, TITLE, text("shop.yaml", "monitors:\n  Shop: {type: http, interval: often}\n"));
  await card.getByText(/^shop.yaml:2:\d+: monitors “Shop”: /).first().waitFor();
  check((await card.getByRole("button", { name: "Apply" }).count()) === 0, "what does not fit can be applied");
  await press(page, "Discard");

  await chooseFile(page, TITLE, process.env.FOREIGN_FILE);
  await card.getByText("gatus.yaml, a file of Gatus").waitFor();
  await card.getByText(/^storage: it is how Gatus itself runs$/).waitFor();
  await tabTo(page, /^SLACK_URL$/);
  await page.keyboard.type("https://hooks.slack.com/services/T/B/x");
  await page.keyboard.press("Enter");
  await card.getByText(/^\d+ to create$/).waitFor();
  await expectAccessible(page, "the plan of a file");
  await press(page, "Apply");
  await page.getByText("Applied.").waitFor();
  await page.getByRole("link", { name: /Front page/ }).first().waitFor();

  const saved = page.waitForEvent("download");
  await press(page, "Download", () => isInCard(page, TITLE));
  const written = await readFile(await (await saved).path(), "utf8");
  check(/^  Front page:$/m.test(written), "what was written lacks a monitor");
  check(!written.includes("hooks.slack.com/services"), "what was written holds a secret");
  await chooseFile(page, TITLE, text("gatus.yaml", written));
  await card.getByText("Nothing to do: everything is as the file says.").waitFor();
  await press(page, "Discard");

  // What the file names no more stays until that is asked for.
  await chooseFile(page, TITLE, text("gatus.yaml", "tags: {shop: {color: '#4B5563'}}"));
  await card.getByText(/that the file does not name any more stay$/).waitFor();
  await card.getByRole("switch", { name: "Remove what this file does not name any more" }).click();
  await card.getByText(/^\d+ to remove$/).waitFor();
  await press(page, "Apply");
  await page.getByRole("link", { name: /Front page/ }).first().waitFor({ state: "detached" });
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

/** A button by keys; of several with that name the first that fits. */
async function press(page, name, fits = () => true) {
  do {
    await page.keyboard.press("Tab");
    await tabTo(page, new RegExp(`^${name}$`));
  } while (!(await fits()));
  await page.keyboard.press("Enter");
}
