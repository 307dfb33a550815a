/** The past of a monitor: bars, outages and their causes, percentiles, another's line, badges, code; and nothing jumps. */
import { check, enter, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const MOST_SHIFT = 0.02; // of the layout, when the address is opened directly
const TOKEN = "history-of-one-monitor-0000000000";

const common = {
  type: "push", interval: 3600, retryInterval: 3600, maxretries: 0, accepted_statuscodes: ["200-299"],
  notificationIDList: {}, conditions: [], kafkaProducerBrokers: [], kafkaProducerSaslOptions: { mechanism: "None" },
  rabbitmqNodes: [],
};

export async function history(browser, url) {
  const { socket, ask } = await enter(url);
  const { monitorID: id } = await ask("add", { ...common, name: "Past of it", pushToken: TOKEN });
  const { monitorID: other } = await ask("add", { ...common, name: "Beside it", pushToken: `${TOKEN}1` });
  const push = async (token, query) => {
    const answer = await fetch(`${url}/api/push/${token}?${query}`);
    check(answer.ok, `a push was refused: ${answer.status}`);
  };
  for (const ping of [10, 20, 40]) await push(TOKEN, `status=up&msg=fine&ping=${ping}`);
  await push(`${TOKEN}1`, "status=up&msg=fine&ping=7");
  await push(TOKEN, `status=down&msg=${encodeURIComponent("connect ECONNREFUSED 127.0.0.1:1")}`);
  await push(TOKEN, "status=up&msg=fine&ping=30");

  const page = await openPage(browser);
  await page.addInitScript(() => {
    globalThis.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await logIn(page, url);
  await page.goto(`${url}/dashboard/${id}`);
  await page.getByText(/^Last outage/).waitFor();
  const shifted = await page.evaluate(() => globalThis.shifted);
  check(shifted < MOST_SHIFT, `the page shifted by ${shifted}`);

  const bars = page.getByRole("group", { name: /^Bars of the past/ });
  await bars.focus();
  await page.keyboard.press("End");
  await bars.getByText(/80\.0% up · one outage, .* · average 25 ms/).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Whole range" }).click();
  await page.getByRole("radiogroup", { name: "Uptime" }).getByRole("radio", { name: "24 h" }).click();
  await page.getByText("80.0% up, ").waitFor();

  await page.getByRole("radiogroup", { name: "Range" }).getByRole("radio", { name: "3 h" }).click();
  await page.getByText("of 4 checks that were up in the last 3 hours").waitFor();
  await page.getByLabel("Compare with").click();
  await page.getByRole("option", { name: "Beside it" }).click();
  await page.getByRole("button", { name: /Connection refused/ }).waitFor();
  await expectAccessible(page, "a monitor with a past");

  // What happens while one looks is there at once.
  await push(TOKEN, `status=down&msg=${encodeURIComponent("getaddrinfo ENOTFOUND nowhere.example")}`);
  await page.getByText(/^Down for .* · 2 in 30 days/).waitFor();
  await page.getByRole("listitem").getByText("Name could not be resolved").first().waitFor();

  await page.getByRole("button", { name: "Code examples" }).click();
  await page.getByLabel("Language").selectOption("Python");
  const code = await page.getByLabel("Code for Python").inputValue();
  check(code.includes(`/api/push/${TOKEN}?`), `the example is ${code}`);

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Badge" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Kind").selectOption("uptime");
  await dialog.getByLabel("Over").selectOption("1y");
  const badge = await dialog.getByLabel("Markdown", { exact: true }).inputValue();
  const address = `/api/badge/${id}/uptime/1y?`; // below the primary base URL, where one is set
  check(badge.startsWith("![Past of it](http") && badge.includes(address), `the badge is ${badge}`);
  const width = () => dialog.getByRole("img").evaluate((image) => image.naturalWidth);
  await page.waitForFunction(() => document.querySelector("dialog img")?.naturalWidth > 0);
  check((await width()) > 0, "the badge is not shown");
  await expectAccessible(page, "the badge");
  await page.keyboard.press("Escape");

  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page, "a monitor with a past");
  check(page.problems.length === 0, `the page complained: ${page.problems.join("; ")}`);
  for (const each of [id, other]) await ask("deleteMonitor", each);
  socket.close();
  await page.context().close();
}
