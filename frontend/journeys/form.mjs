/** The form of a monitor: a test without saving, and conditions by keys, on a phone and in the dark too. */
import { check, expectAccessible, expectNoSidewaysScroll, logIn, openPage, Target } from "./lib.mjs";

const PHONE = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };

export async function form(browser, url) {
  const target = new Target();
  const address = await target.start();
  for (const options of [{}, { colorScheme: "dark" }, PHONE, { ...PHONE, colorScheme: "dark" }]) {
    const page = await openPage(browser, options);
    await logIn(page, url);
    const where = `${options.viewport ? "a phone" : "a desk"}, ${options.colorScheme ?? "light"}`;
    await oneLine(page, url, address, where);
    await testNow(page, url, address, where);
    await conditions(page, url, where);
    check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
    await page.context().close();
  }
  await target.stop();
}

const open = async (page, url, type) => {
  page.once("dialog", (dialog) => dialog.accept());
  await page.goto(`${url}/add?type=${type}`);
  await page.getByRole("heading", { name: "New monitor" }).waitFor();
  await page.getByRole("button", { name: "Test now" }).waitFor();
};

/** By the keyboard alone: what is pasted is asked before it is saved. */
async function oneLine(page, url, address, where) {
  const answer = page.locator("form").getByRole("status");
  for (const [line, type, said] of [
    [address, "http", "200 - OK · "],
    [new URL(address).host, "port", " ms"],
    ["ping 127.0.0.1", "ping", " ms"],
  ]) {
    await page.goto(`${url}/add`);
    const field = page.getByLabel("What should be watched?");
    await field.waitFor();
    await page.waitForFunction(() => document.activeElement?.matches("input.line"));
    await page.keyboard.insertText(line);
    await answer.getByText(said).waitFor();
    check((await page.getByLabel("Type", { exact: true }).inputValue()) === type, `${line} is not of the type ${type}`);
    await page.getByLabel(/^Name/).waitFor();
    if (type === "http") await expectAccessible(page, `one line on ${where}`);
    await expectNoSidewaysScroll(page, `one line on ${where}`);
    await page.keyboard.press(type === "port" ? "Control+Enter" : "Enter");
    await page.waitForURL(/\/dashboard\/\d+/);
  }
  await page.goto(`${url}/add`);
  await page.getByLabel("What should be watched?").fill("two words");
  await page.keyboard.press("Enter");
  await page.getByText("This is not recognised.").waitFor();
  await page.getByLabel("What should be watched?").fill("https://ann:secret@shop.example/cart");
  await page.getByRole("button", { name: "All fields" }).click();
  check((await page.getByLabel(/^URL/).inputValue()) === "https://shop.example/cart", "the address was not carried over");
  check((await page.locator("summary", { hasText: "Authentication" }).innerText()).includes("Basic"), "no word of Basic");
}

async function testNow(page, url, address, where) {
  await open(page, url, "http");
  await page.getByRole("button", { name: "Test now" }).click();
  await page.getByText("This field is required.").first().waitFor();
  await page.getByLabel(/^URL/).fill(address);
  await page.getByRole("button", { name: "Test now" }).click();
  const card = page.getByRole("region", { name: "Test", exact: true });
  await card.getByText("200 - OK").waitFor();
  await card.getByText("HTTP/1.1 200 OK").click();
  await card.getByText("hello").waitFor();
  await card.getByRole("row", { name: /First byte/ }).waitFor();
  await expectAccessible(page, `the result of a test on ${where}`);
  await expectNoSidewaysScroll(page, `the result of a test on ${where}`);
  await page.getByLabel(/^URL/).fill("http://127.0.0.1:1/");
  await page.getByRole("button", { name: "Test now" }).click();
  await card.getByText("connect ECONNREFUSED 127.0.0.1:1").waitFor();
  await open(page, url, "group");
  await page.getByRole("button", { name: "Test now" }).click();
  await card.getByText("there is nothing to ask").waitFor();
}

async function conditions(page, url, where) {
  await open(page, url, "dns");
  const button = (name) => page.getByRole("button", { name, exact: true });
  const hasKeyboard = (name) => page.waitForFunction(
    (label) => document.activeElement?.getAttribute("aria-label") === label, name);
  await button("Condition").focus();
  await page.keyboard.press("Enter");
  await hasKeyboard("Subject of condition 1");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("192.0.2.1");
  await button("Condition").press("Enter");
  await page.getByLabel("Comparison of condition 2").selectOption("contains");
  await page.getByLabel("Value of condition 2").fill("2001:db8");
  await page.getByLabel("How 2 is joined to what stands before it").selectOption("or");
  await button("Put 2 into a group of its own").press("Enter");
  await hasKeyboard("Put 2.1 into a group of its own");
  await page.getByRole("group", { name: "Group 2", exact: true }).getByRole("button", { name: "Condition", exact: true })
    .press("Enter");
  await hasKeyboard("Subject of condition 2.2");
  await button("Move condition 2.2 up").press("Enter");
  await expectAccessible(page, `conditions on ${where}`);
  await expectNoSidewaysScroll(page, `conditions on ${where}`);
  check((await page.getByLabel("Value of condition 2.2").inputValue()) === "2001:db8", "the condition did not move");
}
