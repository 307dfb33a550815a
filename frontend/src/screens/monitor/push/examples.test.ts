import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { cronSchedule, EXAMPLES, quotable } from "./examples.ts";

const ADDRESS = "https://kuma.example/api/push/a%2Fb?status=up&msg=OK&ping=";

describe("the examples", () => {
  it("are of more than ten languages, each once, and call the address", () => {
    expect(new Set(EXAMPLES.map(({ name }) => name)).size).toBe(EXAMPLES.length);
    expect(EXAMPLES.length).toBeGreaterThan(10);
    for (const { name, code } of EXAMPLES) {
      const text = code(ADDRESS, 60);
      expect(name === "cron" ? text.replaceAll("\\%", "%") : text).toContain(ADDRESS);
    }
  });

  it.each(["curl", "wget", "Bash"])("%s is what a shell understands", (name) => {
    const example = EXAMPLES.find((each) => each.name === name);
    execFileSync("bash", ["-n"], { input: example?.code(ADDRESS, 60) });
  });

  it("is what Node understands", () => {
    const example = EXAMPLES.find(({ name }) => name === "Node.js");
    execFileSync(process.execPath, ["--check", "-"], { input: example?.code(ADDRESS, 60) });
  });

  it("cannot be broken out of", () => {
    const address = quotable(`https://a.example/"'\\\`$(id) x`);
    expect(address).not.toMatch(/['"\\`$\s]/);
    expect(quotable(ADDRESS)).toBe(ADDRESS);
  });

  it.each([
    [20, "* * * * *"],
    [60, "* * * * *"],
    [330, "*/5 * * * *"],
    [3600, "0 * * * *"],
    [7200, "0 */2 * * *"],
    [1e6, "0 0 * * *"],
  ])("cron every %i s: %s", (seconds, schedule) => expect(cronSchedule(seconds)).toBe(schedule));
});
