/** The line across the page while something is wrong with Kuma Lite itself; the trouble is put into the connection. */
import { check, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const sentence = (key, values = {}) => ({ key, arguments: values });
const problem = (key, says, help, members = []) => ({
  key, msg: says, sentence: sentence(says), meaning: sentence(`What ${key} means.`), help, members,
  since: Date.now() - 90_000,
});
const FULL = problem("disk-full", "The disk is full.", "history");
const members = [
  ["Shop with a rather long name", "This machine's resolver does not answer."],
  ["Mail", "Its proxy is silent."],
];
const UNCHECKED = problem("cannot-be-checked", "2 monitors cannot be checked.", "monitors", members);

export async function problems(browser, url) {
  const page = await openPage(browser);
  let socket;
  await page.routeWebSocket(/socket\.io/, (route) => {
    route.connectToServer();
    socket = route;
  });
  const say = (...list) => socket.send(`42/page,${JSON.stringify(["problems", { problems: list }])}`);
  await logIn(page, `${url}/dashboard`);
  await page.getByText("Live", { exact: true }).waitFor();
  const line = page.getByRole("region", { name: "Trouble of Kuma Lite itself" });
  check((await line.count()) === 0, "there is a line though nothing is wrong");

  say(FULL);
  await line.getByText("The disk is full.").waitFor();
  const spoken = page.locator(".place [role=status]");
  check((await spoken.textContent()).endsWith("The disk is full."), "a screen reader is not told");
  say(FULL, UNCHECKED);
  await line.getByText("and one more").waitFor();
  check(!(await spoken.textContent()).includes("disk"), "a screen reader is told again what it knows");
  await expectAccessible(page, "the line across the page");

  await line.getByRole("button", { name: "Details" }).click();
  await line.getByText("Its proxy is silent.").waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `the details of trouble, ${colorScheme}`);
  }
  await page.setViewportSize({ width: 390, height: 780 });
  await expectNoSidewaysScroll(page, "the details of trouble");
  await line.getByRole("button", { name: "Less" }).click();
  await expectNoSidewaysScroll(page, "the line across the page");
  const { height } = await line.boundingBox();
  check(height <= 60, `the line is ${height} px high on a phone`);
  await page.setViewportSize({ width: 1280, height: 800 });
  await line.getByRole("link", { name: "Keep less history" }).click();
  await page.getByText("Keep history for").waitFor();

  say();
  await line.waitFor({ state: "detached" });
  check((await spoken.textContent()) === "Kuma Lite works as usual again.", "a screen reader is not told that it is over");
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}
