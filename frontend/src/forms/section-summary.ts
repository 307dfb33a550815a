/** The line of a folded section: what is set in it. Pure. */
import type { Field } from "../wire/types.ts";
import { t } from "../words/index.ts";
import { isBlank, isShown, startValue, type Values } from "./declared-fields.ts";

const MOST_CHARS = 30; // of one value
const MOST_ITEMS = 5;
const LONG = new Set(["textarea", "json", "conditions", "limits", "token", "push-subscription", "password", "reference"]);

function said(field: Field, value: unknown): string {
  const { label, kind } = field;
  if (kind === "switch") return value ? label : t("form.switchedOff", { label });
  if (isBlank(value)) return "";
  if (kind === "select") {
    return `${label}: ${field.choices?.find((choice) => choice.value === value)?.label ?? String(value)}`;
  }
  if (LONG.has(kind) || field.secret) return label; // that there is one
  const text = Array.isArray(value) ? value.join(", ") : String(value);
  const short = text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
  return `${label} ${short}${field.unit ? ` ${field.unit}` : ""}`;
}

/** What everybody has to have, and what is not as usual. */
export function summaryOf(fields: readonly Field[], all: readonly Field[], values: Values): string {
  const items = fields
    .filter((field) => isShown(field, all, values))
    .filter((field) => field.required || JSON.stringify(values[field.name]) !== JSON.stringify(startValue(field)))
    .map((field) => said(field, values[field.name]))
    .filter(Boolean);
  if (!items.length) return t("form.asUsual");
  return [...items.slice(0, MOST_ITEMS), ...(items.length > MOST_ITEMS ? ["…"] : [])].join(" · ");
}
