/** Coming from Uptime Kuma by keys: a file is uploaded, refused or taken over, and in use after a start. On a new server. */
import { chooseFile, tabTo } from "./keyboard.mjs";
import { check, expectAccessible, openPage, setUp } from "./lib.mjs";

const THEIRS = { username: process.env.KUMA_USER, password: process.env.KUMA_PASSWORD };
const TITLE = "Import from Uptime Kuma";
const SLOW_MS = 30_000;

export async function importKuma(browser, url) {
  const page = await openPage(browser);
  await page.goto(url);
  await page.getByText("Coming from Uptime Kuma?").waitFor();
  await setUp(page);
  await page.getByRole("heading", { name: "Nothing is watched yet" }).waitFor();
  await page.goto(`${url}/settings/system`);
  const card = page.locator("section").filter({ has: page.getByRole("heading", { name: TITLE }) });
  const field = card.getByLabel("Choose a file");
  await field.waitFor({ state: "attached" });
  await expectAccessible(page, "the import");
  await chooseFile(page, TITLE, { name: "cat.db", mimeType: "application/octet-stream", buffer: Buffer.from("a cat") });
  await card.getByRole("alert").filter({ hasText: "neither a database of Uptime Kuma" }).waitFor();
  await chooseFile(page, TITLE, process.env.KUMA_FILE);
  await card.getByText(/^monitors: \d+$/).waitFor({ timeout: SLOW_MS });
  await expectAccessible(page, "the report of an import");
  for (const place of [card, page.getByRole("dialog")]) {
    await place.getByRole("button", { name: "Use it" }).waitFor();
    await tabTo(page, /^Use it$/);
    await page.keyboard.press("Enter");
  }
  await page.getByText("Log in with the account of your Uptime Kuma.").waitFor({ timeout: SLOW_MS });
  await page.getByLabel("Username").fill(THEIRS.username);
  await page.getByLabel("Password", { exact: true }).fill(THEIRS.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await card.getByText("has monitors or other things already").waitFor();
  check((await page.locator("nav, aside").getByRole("link").count()) > 3, "no monitors after the import");
  // While the server starts again, nothing answers.
  const problems = page.problems.filter((text) => !/ERR_CONNECTION|Failed to load resource/.test(text));
  check(problems.length === 0, `the browser complained: ${problems.join("; ")}`);
  await page.context().close();
}
