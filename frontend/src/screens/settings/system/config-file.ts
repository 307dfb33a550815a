/** What a configuration file, or one of another program, would change. */
import { t } from "../../../words/index.ts";
import { translateServer } from "../../../words/server.ts";

export const ACTIONS = ["create", "update", "delete", "adopt", "keep", "wait"] as const; // in the order of reading
type Action = (typeof ACTIONS)[number];
const MOST_LINES = 100; // of one kind of change

interface FieldChange {
  name: string;
  old: unknown;
  new: unknown;
}

interface Change {
  kind: string; // as in files: monitors, status_pages
  key: string;
  action: Action;
  fields: FieldChange[];
}

export interface Plan {
  source: string | null; // whose file it was; null: ours
  leftOut: { where: string; what: string; reason: string }[];
  variables: string[];
  problems: { where: string; message: string }[];
  changes: Change[];
}

interface Part {
  action: Action;
  title: string;
  lines: { name: string; fields: string[] }[];
  more: number; // that are not listed
}

const noted = (names: string, why: string): string => t("import.note", { names, why });

const valueOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** `interval: 60 → 30`; of a new thing only what it will have. */
const fieldOf = (action: Action, field: FieldChange): string => {
  const now = valueOf(field.new);
  return noted(field.name, action === "create" ? now : `${valueOf(field.old)} → ${now}`);
};

export const problemsOf = ({ problems }: Plan): string[] =>
  problems.map(({ where, message }) => noted(where, translateServer(message)));

export const leftOutOf = ({ leftOut }: Plan): string[] =>
  leftOut.map(({ where, what, reason }) => noted(what ? noted(where, what) : where, translateServer(reason)));

export function partsOf({ changes }: Plan): Part[] {
  const parts = ACTIONS.map((action) => {
    const those = changes.filter((change) => change.action === action);
    const lines = those.slice(0, MOST_LINES).map(({ kind, key, fields }) => ({
      name: noted(kind.replaceAll("_", " "), key),
      fields: fields.map((field) => fieldOf(action, field)),
    }));
    return { action, title: t(`file.${action}`, { count: those.length }), lines, more: those.length - lines.length };
  });
  return parts.filter(({ lines }) => lines.length);
}

/** Whether `apply` would do anything. */
export const changesAnything = ({ changes }: Plan): boolean =>
  changes.some(({ action }) => action !== "keep" && action !== "wait");
