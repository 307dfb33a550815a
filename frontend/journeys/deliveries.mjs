/** What was told to whom: refused by the service, found in the history, sent again, removed. */
import { createServer } from "node:http";
import { check, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const SLOW_MS = 20_000; // a check, a message, and a busy machine

/** A receiver of webhooks that takes what it is told to take. */
class Receiver {
  status = 400;
  texts = [];

  async start() {
    this.server = createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      this.texts.push(JSON.parse(Buffer.concat(parts).toString()).msg);
      response.writeHead(this.status).end(this.status === 200 ? "taken with thanks" : "not today");
    });
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${this.server.address().port}/hook`;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export async function deliveries(browser, url) {
  const receiver = new Receiver();
  const page = await openPage(browser, { viewport: { width: 390, height: 844 } });
  await logIn(page, `${url}/settings/notifications`);
  await addChannel(page, await receiver.start());
  await addMonitor(page, url);

  await page.goto(`${url}/settings/notifications`);
  await page.getByRole("link", { name: "Deliveries of Refused hook" }).click();
  const rows = page.getByRole("listitem").filter({ hasText: "[Refused]" });
  await rows.getByText("Given up").waitFor({ timeout: SLOW_MS });
  await rows.getByText("not today").waitFor();
  await expectAccessible(page, "the history of deliveries");
  await expectNoSidewaysScroll(page, "the history of deliveries");

  await page.getByLabel("Outcome").click();
  await page.getByRole("option", { name: "Delivered" }).click();
  await page.getByText("There is no such message.").waitFor();
  receiver.status = 200;
  await page.getByLabel("Outcome").click();
  await page.getByRole("option", { name: "All" }).click();
  await rows.getByRole("button", { name: /^Send again/ }).click();
  await rows.getByText("taken with thanks").waitFor({ timeout: SLOW_MS });
  check(receiver.texts.length === 2, `the receiver got ${receiver.texts.length} messages`);
  check(receiver.texts[0] === receiver.texts[1], `it was sent again as ${receiver.texts[1]}`);
  check((await rows.getByText("Given up").count()) === 0, "what was sent again still counts as given up");
  await rows.getByRole("button", { name: /^Remove from the history/ }).click();
  await page.getByText("There is no such message.").waitFor();

  await page.goto(`${url}/settings/notifications`);
  await page.getByRole("button", { name: "Delete Refused hook" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete Refused hook" }).waitFor({ state: "detached" });
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await receiver.stop();
  await page.context().close();
}

async function addChannel(page, address) {
  await page.getByRole("button", { name: /Set up the first one|Add notification/ }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Service").click();
  await page.keyboard.type("webhook");
  await page.keyboard.press("Enter");
  await dialog.getByLabel(/^Name/).fill("Refused hook");
  await dialog.getByLabel(/URL/).first().fill(address);
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Refused hook").first().waitFor();
}

async function addMonitor(page, url) {
  await page.goto(`${url}/add?type=http`);
  await page.getByRole("combobox", { name: "Type", exact: true }).waitFor();
  await page.getByLabel(/^Name/).fill("Refused");
  await page.getByLabel(/^URL/).fill("http://127.0.0.1:1/");
  await page.getByRole("switch", { name: /Refused hook/ }).check({ force: true });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Refused" }).waitFor();
}
