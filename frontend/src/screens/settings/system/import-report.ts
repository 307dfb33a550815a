/** What an import took and what it did not, in the language of the reader. */
import { fill, locale, t, type Params } from "../../../words/index.ts";
import { translateServer } from "../../../words/server.ts";

interface Note {
  why: string;
  what: { key: string; arguments: Params }[];
  more: number; // that are not listed
}

export interface ImportReport {
  taken: { what: string; count: number }[];
  remarks: Note[];
  left: Note[];
}

interface Part {
  title: string;
  lines: string[];
}

const nameOf = ({ key, arguments: values }: Note["what"][number]): string =>
  translateServer(key, values, fill(key, values));

function lineOf({ why, what, more }: Note): string {
  const named = new Intl.ListFormat(locale, { type: "unit" }).format(what.map(nameOf));
  const names = more ? t("announce.more", { names: named, count: more }) : named;
  return t("import.note", { names, why: translateServer(why) });
}

/** In the order in which it is read; parts without a line are left out, but that nothing was left is said. */
export function linesOf({ taken, remarks, left }: ImportReport): Part[] {
  const counted = taken.map(({ what, count }) => t("import.note", { names: translateServer(what), why: count }));
  const parts = [
    { title: t("import.took"), lines: counted },
    { title: t("import.remarks"), lines: remarks.map(lineOf) },
    { title: t("import.left"), lines: left.length ? left.map(lineOf) : [t("import.nothingLeft")] },
  ];
  return parts.filter(({ lines }) => lines.length);
}
