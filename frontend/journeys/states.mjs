/**
 * What opens on a screen: every menu, dialog, folded part and tab, found by pressing what can be pressed, and given to
 * `look` one after the other. Nothing is saved, and nothing that acts at once is pressed.
 */
const ACTS = new RegExp([
  "log out", "pause", "resume", "save", "post", "test", "check now", "end", "shrink", "undo", "redo", "clear", "copy",
  "refresh", "mark", "acknowledge", "move", "live", "theme", "dark", "light", "whole", "restart", "upload", "download",
  "enable", "disable", "look", "open in the editor", "language",
].join("|"), "i");
const MOST = 40; // of one screen
const SETTLE_MS = 250;

const pressable = "#detail button:visible, #detail summary:visible, .pane header button:visible";
const opened = "dialog[open], [role=menu]:visible, [role=listbox]:visible";

const nameOf = (control) => control.evaluate((one) =>
  (one.getAttribute("aria-label") || one.title || one.textContent || "").trim().replace(/\s+/g, " "));

/** @param look async (name of the state) => void */
export async function eachState(page, address, look) {
  await page.goto(address);
  await settle(page);
  const names = [];
  for (const control of (await page.locator(pressable).all()).slice(0, MOST)) {
    if (await control.isDisabled()) continue;
    const [name, type] = [await nameOf(control), await control.getAttribute("type")];
    if (name && type !== "submit" && !ACTS.test(name) && !names.includes(name)) names.push(name);
  }
  for (const name of names) await press(page, address, name, look);
  return names;
}

async function settle(page) {
  await page.locator("h1:visible, .tools:visible").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".parts[style*=none]"));
  await page.waitForTimeout(SETTLE_MS);
}

async function find(page, selector, name) {
  for (const control of await page.locator(selector).all()) if ((await nameOf(control)) === name) return control;
  return null;
}

async function press(page, address, name, look) {
  const control = await find(page, pressable, name);
  if (!control) return;
  await control.click({ timeout: 3000 }).catch(() => undefined);
  await page.waitForTimeout(SETTLE_MS);
  await look(name);
  const entries = await page.locator("[role=menu]:visible [role^=menuitem]").all();
  const items = [];
  for (const entry of entries) items.push(await nameOf(entry));
  for (const item of items.filter((one) => !ACTS.test(one))) {
    if (!(await page.locator("[role=menu]:visible").count())) {
      await fresh(page, address);
      await (await find(page, pressable, name))?.click();
      await page.waitForTimeout(SETTLE_MS);
    }
    await (await find(page, "[role=menu]:visible [role^=menuitem]", item))?.click();
    await page.waitForTimeout(SETTLE_MS);
    await look(`${name} → ${item}`);
    await fresh(page, address);
  }
  await fresh(page, address);
}

/** Back to the screen as it was, as a person goes: Esc first, the address where that is not enough. */
async function fresh(page, address) {
  for (let times = 0; times < 2 && (await page.locator(opened).count()); times += 1) await page.keyboard.press("Escape");
  if (page.url() === address && !(await page.locator(opened).count())) return;
  await page.goto(address);
  await settle(page);
}
