/**
 * The page is imported when its texts are there. It is asked for beside them all the same, and is one file: what is
 * imported later is cut into many otherwise.
 */
import type { Plugin, Rolldown } from "vite";

const PAGE = "/src/start/page.ts";
const MAIN = "/src/start/main.ts";

type Read = (id: string) => Pick<Rolldown.ModuleInfo, "importedIds"> | null;

/** All that a module imports before it runs, itself included. */
function reached(from: string, read: Read): Set<string> {
  const all = new Set([from]);
  for (const id of all) for (const next of read(id)?.importedIds ?? []) all.add(next);
  return all;
}

/** One file of what the page needs, and one of what runs before it. */
export function pageChunk(root: string): Rolldown.CodeSplittingOptions {
  let sets: Record<"start" | "page", ReadonlySet<string>> | undefined;
  const name: Rolldown.CodeSplittingNameFunction = (id, modules) => {
    const read: Read = (one) => modules.getModuleInfo(one);
    sets ??= { start: reached(root + MAIN, read), page: reached(root + PAGE, read) };
    return sets.start.has(id) ? "start" : sets.page.has(id) ? "page" : null;
  };
  return { groups: [{ name }], includeDependenciesRecursively: false };
}

export function firstLoad(): Plugin {
  return {
    name: "first-load",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((file) => file.type === "chunk");
        const page = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(PAGE)));
        if (!page) throw new Error(`no chunk is made of ${PAGE}`);
        const named = new Set([page.fileName, ...page.imports]);
        for (const name of named) chunks.find(({ fileName }) => fileName === name)?.imports.forEach((one) => named.add(one));
        const styles = [...named].flatMap((name) => [
          ...(chunks.find(({ fileName }) => fileName === name)?.viteMetadata?.importedCss ?? []),
        ]);
        const link = (rel: string, name: string) =>
          ({ tag: "link", attrs: { rel, crossorigin: true, href: `./${name}` }, injectTo: "head" }) as const;
        const missing = (names: Iterable<string>) => [...new Set(names)].filter((name) => !html.includes(name));
        return [
          ...missing(named).map((name) => link("modulepreload", name)),
          ...missing(styles).map((name) => link("stylesheet", name)),
        ];
      },
    },
  };
}
