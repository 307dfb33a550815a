/** Five hundred monitors in a few moves: chosen by mouse and by keys, paused, tagged, moved, deleted; the palette. */
import { check, enter, expectAccessible, logIn, openPage, search, typeInto } from "./lib.mjs";

const COUNT = 500;
const AT_ONCE = 50;
const PREFIX = "Bulk";
const HOME = `${PREFIX} (home)`; // before all digits
const MONITOR = {
  interval: 3600, retryInterval: 60, maxretries: 0, accepted_statuscodes: ["200-299"], conditions: [],
  notificationIDList: {}, active: true,
};

const named = (index) => `${PREFIX} ${String(index).padStart(3, "0")}`;

async function fill(ask) {
  const group = (await ask("add", { ...MONITOR, type: "group", name: HOME })).monitorID;
  const add = (index) => ask("add", { ...MONITOR, type: "push", name: named(index) });
  for (let done = 0; done < COUNT; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => add(done + index)));
  }
  const tag = (await ask("addTag", { name: "bulk-tag", color: "#1971c2" })).tag.id;
  return { group, tag };
}

/** What the server has of those that were made here, by name. */
async function rows(ask) {
  const { columns, rows: all } = await ask("summary");
  const found = all.map((row) => Object.fromEntries(row.map((value, index) => [columns[index], value])));
  return found.filter(({ name, type }) => type === "push" && name.startsWith(`${PREFIX} `));
}

/** Waits until all that were made here are so. */
async function until(ask, sentence, isSo, count = COUNT) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const found = await rows(ask);
    if (found.length === count && found.every(isSo)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(sentence);
}

/** Messages to the server that change something. */
function watchRequests(page) {
  const sent = [];
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const event = /\["(\w+)"/.exec(String(payload))?.[1];
      if (/^(bulk|tag|maintain)Monitors$|^(pause|resume|delete|edit)Monitor$/.test(event ?? "")) sent.push(event);
    }));
  return sent;
}

async function byMouse(page, ask, sent) {
  const row = (name) => page.locator("[data-row]", { hasText: name });
  await search(page, `${PREFIX} 0`);
  await row(named(2)).click({ modifiers: ["Shift"] });
  await row(named(5)).click({ modifiers: ["Shift"] });
  const bar = page.getByRole("region", { name: "Selected monitors" });
  await bar.getByText("4 selected").waitFor();
  await row(named(3)).click();
  await bar.getByText("3 selected").waitFor();
  await search(page, `${PREFIX} `);
  await bar.getByRole("button", { name: `Select all ${COUNT + 1}` }).click();
  await row(HOME).click(); // the group shall stay where it is
  await bar.getByText(`${COUNT} selected`).waitFor();
  await expectAccessible(page, "the list with a selection");

  await bar.getByRole("button", { name: "Pause" }).click();
  await until(ask, "not all were paused", ({ active }) => active === false);
  await bar.getByRole("button", { name: "Tag" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox").fill("bulk-tag");
  await dialog.getByRole("option", { name: "bulk-tag" }).waitFor();
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Value").fill("mouse");
  await expectAccessible(page, "the dialog of a change to many");
  await dialog.getByRole("button", { name: `Change ${COUNT} monitors` }).click();
  const tagged = ([name, value]) => name === "bulk-tag" && value === "mouse";
  await dialog.waitFor({ state: "detached" });
  await until(ask, "not all were tagged", ({ tags }) => tags.some(tagged));
  check(sent.join() === "bulkMonitors,tagMonitors", `pause and tag were ${sent.length} requests: ${sent.slice(0, 5)}`);

  // One by dragging, onto the group.
  await page.keyboard.press("Escape");
  await bar.waitFor({ state: "detached" });
  const from = await row(named(7)).boundingBox();
  const to = await row(HOME).boundingBox();
  check(from && to, "the group and a monitor are not both in view");
  await page.mouse.move(from.x + 120, from.y + 20);
  await page.mouse.down();
  await takeAlong(page, from.x + 130, from.y + 30);
  await page.mouse.move(to.x + 120, to.y + 20, { steps: 5 });
  await page.locator(".drag-note", { hasText: HOME }).waitFor();
  await page.mouse.up();
  await page.getByText("One monitor moved.").waitFor();
}

/** Moves the mouse to and fro until what it was pressed on comes along: what drags is loaded with the first press. */
async function takeAlong(page, x, y) {
  const note = page.locator(".drag-note");
  for (let tries = 0; tries < 1200 && !(await note.isVisible()); tries += 1) {
    await page.mouse.move(x, y + (tries % 2));
    await page.waitForTimeout(50);
  }
  check(await note.isVisible(), "a monitor does not come along with the mouse");
}

async function byKeys(page, ask, group, sent) {
  const before = sent.length;
  const row = (name) => page.locator("[data-row]", { hasText: name });
  await page.keyboard.press("Escape");
  await searchByKeys(page, `${PREFIX} 4`);
  await row(named(4)).waitFor(); // every word may stand anywhere
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("j");
  await page.keyboard.press("X");
  const bar = page.getByRole("region", { name: "Selected monitors" });
  await bar.getByText("4 selected").waitFor();
  await bar.getByRole("button", { name: /Select all/ }).press("Enter");
  await bar.getByRole("button", { name: "Move to a group" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await typeInto(dialog.getByRole("combobox"), HOME);
  await dialog.getByRole("option", { name: HOME }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await until(ask, "not all were moved", ({ name, parent }) => !name.includes("4") || parent === group);
  check(sent.length === before + 1, `moving were ${sent.length - before} requests`);

  // The palette: to a monitor, and what can be done there.
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Find anything" });
  await typeInto(field, named(123).toLowerCase());
  await page.getByRole("option", { name: named(123) }).first().waitFor();
  await expectAccessible(page, "the palette");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: named(123), level: 1 }).waitFor();
  await page.keyboard.press("Control+k");
  await field.waitFor();
  check((await page.getByRole("option").first().textContent()).includes(named(123)), "what was used is not first");
  await typeInto(field, "resume this");
  await page.getByRole("option", { name: /^Resume this/ }).and(page.locator("[aria-selected=true]")).waitFor();
  await page.keyboard.press("Enter");
  await until(ask, "the palette did not resume", ({ name, active }) => active === (name === named(123)));

  // All of them, gone.
  await page.keyboard.press("Escape");
  await bar.waitFor({ state: "detached" });
  await searchByKeys(page, `${PREFIX} `);
  await row(HOME).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  await bar.getByRole("button", { name: `Select all ${COUNT + 1}` }).press("Enter");
  await bar.getByRole("button", { name: "Delete" }).press("Enter");
  const sure = page.getByRole("dialog", { name: `Delete ${COUNT + 1} monitors?` });
  await sure.getByRole("button", { name: `Delete ${COUNT + 1} monitors` }).press("Enter");
  await until(ask, "not all were deleted", () => true, 0);
  await bar.waitFor({ state: "detached" });
}

const searchByKeys = (page, text) => search(page, text, async (words) => {
  await page.locator("body").press("/");
  await typeInto(page.getByRole("searchbox").first(), words);
});

export async function bulk(browser, url) {
  const { socket, ask } = await enter(url);
  const { group, tag } = await fill(ask);
  const page = await openPage(browser);
  const sent = watchRequests(page);
  await logIn(page, url);
  await page.locator("[data-row]").first().waitFor();
  await byMouse(page, ask, sent);
  await byKeys(page, ask, group, sent);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await ask("deleteTag", tag);
  socket.close();
  await page.context().close();
}
