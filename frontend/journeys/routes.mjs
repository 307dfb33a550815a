/** Every route of the page, with something of the server in place of its parameters. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { check, enter } from "./lib.mjs";

const SCREENS = fileURLToPath(new URL("../src/screens/", import.meta.url));

/** Every path that a screen declares; that of the settings once for each tab. */
function declaredPaths() {
  const files = readdirSync(SCREENS, { recursive: true }).map((file) => file.replaceAll("\\", "/"));
  const tabs = files.flatMap((file) => /^settings\/([^/]+)\/tab\.ts$/.exec(file)?.[1] ?? []);
  const paths = files.filter((file) => /^[^/]+\/screen\.ts$/.test(file)).flatMap((file) => {
    const found = readFileSync(join(SCREENS, file), "utf8").matchAll(/path: ["`](\/[^"`]*)["`]/g);
    return [...found].map(([, path]) => path);
  });
  return paths.flatMap((path) => (path.includes(":section") ? tabs.map((tab) => `/settings/${tab}`) : [path])).sort();
}

/** What stands for a parameter: the first thing of its kind on the server. */
async function examples(url, who) {
  const { socket, ask } = await enter(url, who);
  const first = async (event, key) => (await ask(event))[key]?.[0];
  const found = {
    id: (await first("summary", "rows"))?.[0],
    uuid: (await first("serversSummary", "rows"))?.[0],
    plan: (await first("maintenancePlans", "plans"))?.id,
    slug: (await first("statusPages", "pages").catch(() => undefined))?.slug,
  };
  socket.close();
  return found;
}

function filled(path, values) {
  return path.replace(/:(\w+)(\([^)]*\)+)?/g, (_all, name) => {
    check(values[name] !== undefined, `the server has nothing for ${name} of ${path}`);
    return String(values[name]);
  });
}

/** Pairs of what is declared and an address of it. `who` logs in: `{username, password}`. */
export async function routesOf(url, who) {
  const values = await examples(url, who);
  return declaredPaths().map((path) => [path, filled(path, values)]);
}

export const plain = (route) => route.replace(/\([^)]*\)+/g, "");
