/** Notifications and settings: add, test, edit without losing the secret, delete; time zone; history. */
import { check, expectAccessible, logIn, openPage } from "./lib.mjs";

export async function settings(browser, url) {
  const page = await openPage(browser);
  await logIn(page, `${url}/settings/notifications`);
  await page.getByRole("button", { name: "Set up the first one" }).click();
  const dialog = page.getByRole("dialog");
  await chooseService(page, dialog);
  await expectAccessible(page, "the dialog of a notification");
  await dialog.getByLabel(/^Name/).fill("Journey hook");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("This field is required.").first().waitFor();
  await dialog.getByLabel(/URL/).first().fill("http://127.0.0.1:9/hook");
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByRole("switch", { name: /Default/ }).check({ force: true });
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Journey hook").first().waitFor();
  await expectAccessible(page, "the list of notifications");
  await previewWords(page);
  await chooseWhoIsTold(page);

  await page.goto(`${url}/add?type=http`);
  const chosen = page.getByRole("switch", { name: /Journey hook/ });
  await chosen.waitFor({ state: "attached" });
  check(await chosen.isChecked(), "a default notification is not preselected");

  await page.goto(`${url}/settings/general`);
  await page.getByLabel("Address of this server").fill("https://kuma.example.org/");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Saved.").waitFor();
  await keepHistoryOfServers(page);
  await expectAccessible(page, "the general settings");

  await sendEvents(page, url);

  await page.goto(`${url}/settings/notifications`);
  await page.getByRole("button", { name: "Delete Journey hook" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Nobody is told yet").waitFor();
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

/** A webhook whose secret is shown once and whose test tells what came back; a key that may only read. */
async function sendEvents(page, url) {
  await page.goto(`${url}/settings/webhooks`);
  await page.getByRole("button", { name: "Add webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Name/).fill("Journey feed");
  await dialog.getByLabel(/^Address/).fill("http://127.0.0.1:9/feed");
  await dialog.getByLabel("monitors removed").check();
  await expectAccessible(page, "the dialog of a webhook");
  await dialog.getByRole("button", { name: "Add webhook" }).click();
  const secret = await dialog.getByLabel("Secret", { exact: true }).inputValue();
  check(secret.startsWith("whsec_"), `the secret of a webhook is ${secret}`);
  await dialog.getByRole("button", { name: "Copy" }).click();
  await dialog.getByText("Close", { exact: true }).click();
  await page.getByRole("button", { name: "Send a test to Journey feed" }).click();
  await page.getByText("The test did not arrive").waitFor();
  await expectAccessible(page, "the list of webhooks");
  await page.getByRole("button", { name: "Delete Journey feed" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No webhook yet.").waitFor();

  await page.goto(`${url}/settings/api-keys`);
  await page.getByRole("button", { name: "Create API key" }).click();
  await dialog.getByLabel(/^Name/).fill("Journey key");
  await dialog.getByLabel("What it may do").selectOption("readPush");
  await dialog.getByRole("button", { name: "Create API key" }).click();
  const key = await dialog.getByLabel("API key", { exact: true }).inputValue();
  check(/^uk\d+_/.test(key), `a new key is ${key}`);
  await dialog.getByRole("button", { name: "Copy" }).click();
  await dialog.getByText("Close", { exact: true }).click();
  await page.getByText("push, read · created").waitFor();
  await page.getByRole("button", { name: "Delete Journey key" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No API key yet.").waitFor();
}

/** By keyboard: what it begins with, what is found, where its documentation is. */
async function chooseService(page, dialog) {
  const service = dialog.getByLabel("Service");
  await service.waitFor();
  check((await service.inputValue()) === "Email (SMTP)", `a new notification begins with ${await service.inputValue()}`);
  await service.focus();
  await page.keyboard.press("ArrowDown");
  const groups = await dialog.locator("[role=listbox] .group").allInnerTexts();
  check(groups[0] === "Universal" && groups.at(-1) === "Regional", `the groups are ${groups.join(", ")}`);
  await expectAccessible(page, "the list of services");
  await page.keyboard.type("telégram");
  await page.keyboard.press("Enter");
  const link = dialog.getByRole("link", { name: /^Documentation of Telegram/ });
  await link.waitFor();
  check((await link.getAttribute("rel")) === "noopener noreferrer", "the documentation is told where one comes from");
  await dialog.getByRole("link", { name: /t\.me\/BotFather/ }).waitFor();
  await service.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.type("webhook");
  await page.keyboard.press("Enter");
}

async function keepHistoryOfServers(page) {
  const form = page.locator("section").filter({ has: page.getByRole("heading", { name: "History of servers" }) });
  const samples = form.getByLabel("Every sample");
  await samples.fill("91");
  await form.getByText("Between 1 and 90.").waitFor();
  await expectAccessible(page, "a wrong number of days");
  await samples.fill("14");
  await form.getByLabel("Use at most").fill("750");
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText(/ of 750 MB$/).waitFor();
  await page.reload();
  await samples.waitFor();
  check((await samples.inputValue()) === "14", `samples are kept for ${await samples.inputValue()} days`);
}

async function previewWords(page) {
  await page.getByRole("button", { name: "Edit Journey hook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Message Style", { exact: true }).selectOption({ label: "Detailed" });
  await dialog.getByRole("radio", { name: "Up" }).click();
  await dialog.getByRole("region", { name: /Preview/ }).filter({ hasText: "Was down for 4 min 10 s" }).waitFor();
  await dialog.getByLabel("Request Body").selectOption({ label: "Custom Body" });
  const body = dialog.getByRole("textbox", { name: /^Custom body/ });
  await body.fill("{{ name }}: {{ reason }}");
  await dialog.getByRole("region", { name: /Custom body/ }).filter({ hasText: "Shop: Request failed" }).waitFor();
  await expectAccessible(page, "the preview of a template");
  await body.fill("{{ name }}\n{% if name %}");
  await dialog.getByText("(line 2, column 1)").waitFor();
  await expectAccessible(page, "a template that cannot be used");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog", { name: "Close this dialog?" }).getByRole("button", { name: "Close" }).last().click();
  await dialog.first().waitFor({ state: "detached" });
}

async function chooseWhoIsTold(page) {
  const form = page.locator("section").filter({ has: page.getByRole("heading", { name: "Trouble of Kuma Lite itself" }) });
  const usual = form.getByRole("switch", { name: /default notifications/ });
  const hook = form.getByRole("switch", { name: /Journey hook/ });
  await usual.waitFor();
  check(await usual.isChecked(), "the default notifications are not told");
  await usual.uncheck({ force: true });
  check(await hook.isChecked(), "who is told changes by choosing for oneself");
  await hook.uncheck({ force: true });
  await form.getByText("Nobody is told").waitFor();
  await expectAccessible(page, "choosing who is told");
  await hook.check({ force: true });
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").first().waitFor();
  await page.reload();
  await hook.waitFor();
  check(await hook.isChecked(), "who is told was not kept");
}
