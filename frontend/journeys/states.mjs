/**
 * What opens on a screen: every menu, dialog, folded part and tab, found by pressing what can be pressed, and given to
 * `look` one after the other. Nothing is saved, and nothing that acts at once is pressed.
 */
/** How the names of buttons begin that act at once, or lead away from the screen. */
const ACTS = new RegExp(`^(${[
  "log out", "pause", "resume", "save", "post", "test", "check now", "end", "shrink", "undo", "redo", "copy", "refresh",
  "mark", "acknowledge", "snooze for", "move", "live", "theme", "dark", "light", "as the system", "restart", "upload",
  "download", "enable", "disable", "open in the editor", "language", "choose a", "back up now", "try again", "finish",
  "begin maintenance", "open page",
].join("|")})`, "i");
const PASSWORD = /^change the password$/i; // a form of its own, without a dialog
const RANGE = /^(recent|\d+ [a-z]+\.?)$/i; // of a chart: the same in other figures
const MOST = 60; // of one screen
const SETTLE_MS = 150;

const ON_SCREEN = "#detail button:visible, #detail summary:visible";
const AROUND = ".pane header button:visible, header.top button:visible, nav.bottom button:visible";
const OPEN = "dialog[open], [role=menu]:visible, [role=listbox]:visible";
const MENU_ITEM = "[role=menu]:visible [role^=menuitem]";

const nameOf = (control) => control.evaluate((one) =>
  (one.getAttribute("aria-label") || one.title || one.textContent || "").trim().replace(/\s+/g, " "));

const opens = (name) => name && !ACTS.test(name) && !RANGE.test(name) && !PASSWORD.test(name);

/**
 * @param look async (name of the state, selector of what opened or null) => void
 * @param seen names that need not be pressed again; those that were are added
 * @param around whether what stands around all screens is pressed, too
 */
export async function eachState(page, address, look, { seen = new Set(), around = false } = {}) {
  const pressable = around ? `${ON_SCREEN}, ${AROUND}` : ON_SCREEN;
  await page.goto(address);
  await settle(page);
  const names = [];
  for (const control of (await page.locator(pressable).all()).slice(0, MOST)) {
    if (await control.isDisabled()) continue;
    const [name, type] = [await nameOf(control), await control.getAttribute("type")];
    if (type === "submit" || seen.has(name) || !opens(name)) continue;
    seen.add(name);
    names.push(name);
  }
  for (const name of names) await press(page, address, pressable, name, look);
  return names;
}

export async function settle(page) {
  await page.locator("h1:visible, .tools:visible").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".parts[style*=none]"));
  await page.waitForTimeout(SETTLE_MS);
}

/** Unfolds everything within `part`, also what was folded in what was folded; how much there was. */
export async function unfoldAll(page, part) {
  return page.evaluate(async (selector) => {
    let count = 0;
    for (let times = 0; times < 3; times += 1) {
      for (const one of document.querySelectorAll(`${selector} details:not([open]) > summary`)) {
        one.click();
        count += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return count;
  }, part);
}

async function find(page, selector, name) {
  for (const control of await page.locator(selector).all()) if ((await nameOf(control)) === name) return control;
  return null;
}

/** Shows what has opened: a dialog alone, as all else is out of reach then; else the whole screen. */
async function show(page, name, look) {
  await page.waitForTimeout(SETTLE_MS);
  const isDialog = (await page.locator("dialog[open]").count()) > 0;
  await look(name, isDialog ? "dialog[open]" : null);
  if (isDialog && (await unfoldAll(page, "dialog[open]"))) await look(`${name}, unfolded`, "dialog[open]");
}

async function press(page, address, pressable, name, look) {
  const control = await find(page, pressable, name);
  if (!control) return;
  await control.click({ timeout: 3000 }).catch(() => undefined);
  await show(page, name, look);
  const items = [];
  for (const entry of await page.locator(MENU_ITEM).all()) items.push(await nameOf(entry));
  for (const item of items.filter(opens)) {
    if (!(await page.locator("[role=menu]:visible").count())) {
      await fresh(page, address);
      await (await find(page, pressable, name))?.click();
      await page.waitForTimeout(SETTLE_MS);
    }
    await (await find(page, MENU_ITEM, item))?.click();
    await show(page, `${name} → ${item}`, look);
    await fresh(page, address);
  }
  await fresh(page, address);
}

/** Back to the screen as it was, as a person goes: Esc first, the address where that is not enough. */
async function fresh(page, address) {
  const wasOpen = (await page.locator(OPEN).count()) > 0;
  for (let times = 0; times < 3 && (await page.locator(OPEN).count()); times += 1) await page.keyboard.press("Escape");
  if (wasOpen && page.url() === address && !(await page.locator(OPEN).count())) return;
  await page.goto(address);
  await settle(page);
}
