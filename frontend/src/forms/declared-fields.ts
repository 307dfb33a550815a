/**
 * The logic of forms that are drawn from declarations: start values, what is shown, what is wrong. Pure;
 * monitors and notifications share it.
 */
import { KEEP_SECRET, type Field } from "../wire/types.ts";
import { t } from "../words/index.ts";
import { limitsError } from "./limits.ts";

export type Values = Record<string, unknown>;
export type Errors = Record<string, string>;

export const STATUS_CODE = /^\d{3,4}(-\d{3,4})?$/; // close codes of WebSockets have four digits
const TOKEN_LENGTH = 32; // what the column of compatible databases holds
const TOKEN_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export function newToken(): string {
  const { length } = TOKEN_LETTERS;
  // Bytes above the last multiple of the alphabet are thrown away: every letter is as likely as any other.
  const fair = 256 - (256 % length);
  let token = "";
  while (token.length < TOKEN_LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(TOKEN_LENGTH))) {
      if (byte < fair && token.length < TOKEN_LENGTH) token += TOKEN_LETTERS[byte % length];
    }
  }
  return token;
}

function blank(field: Field): unknown {
  if (field.kind === "switch") return false;
  if (["list", "status-codes", "limits", "conditions"].includes(field.kind)) return [];
  return field.kind === "select" ? (field.choices?.[0]?.value ?? null) : "";
}

/** What a new form holds for a field; `defaults` has the type's own wishes for common fields. */
export function startValue(field: Field, defaults: Values = {}): unknown {
  const value = defaults[field.name] ?? field.default ?? null;
  if (field.kind === "token" && !value) return newToken();
  if (value === 0 && (field.minimum ?? 0) > 0) return ""; // stands for none
  if (value === null && field.kind === "select" && field.choices?.some((choice) => choice.value === null)) return null;
  return value ?? blank(field);
}

/** Uptime Kuma's columns hold zeros its own rules refuse (a retry interval nobody set). */
export const isRefusedZero = (field: Field, value: unknown): boolean => value === 0 && (field.minimum ?? 0) > 0;

/** A stored value as the form holds it: JSON that is stored parsed is shown as text. */
export function storedValue(field: Field, value: unknown): unknown {
  if (value === undefined) return startValue(field);
  if (value === null) return field.kind === "token" ? "" : startValue({ ...field, default: null });
  if (isRefusedZero(field, value)) return field.required ? startValue(field) : "";
  if (field.kind === "json" && typeof value !== "string") return JSON.stringify(value, null, 2);
  if (field.kind === "list" && !Array.isArray(value)) return asList(value);
  return value;
}

/** Clients may have written a list as its JSON text, or one value where a list is meant. */
function asList(value: unknown): unknown[] {
  if (value === "") return [];
  try {
    const parsed: unknown = JSON.parse(String(value));
    if (Array.isArray(parsed)) return parsed as unknown[];
  } catch {
    // no JSON: a single value
  }
  return [value];
}

/** Whether the option's condition holds; a condition on a hidden option does not. */
export function isShown(field: Field, fields: readonly Field[], values: Values, depth = 0): boolean {
  const rule = field.shownWhen;
  if (!rule) return true;
  if (depth > fields.length) return false;
  if (rule.orFilled && !isBlank(values[rule.orFilled])) return true;
  const other = fields.find(({ name }) => name === rule.option);
  const holds = rule.values.some((value) => value === values[rule.option]);
  return holds && (!other || isShown(other, fields, values, depth + 1));
}

const isNumber = ({ kind }: Field): boolean => kind === "number" || kind === "port" || kind === "reference";
export const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

function range(field: Field): [number, number] {
  const port = field.kind === "port";
  return [field.minimum ?? (port ? 1 : -Infinity), field.maximum ?? (port ? 65_535 : Infinity)];
}

function numberError(field: Field, value: unknown): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return t("form.number");
  const [low, high] = range(field);
  if (number >= low && number <= high) return "";
  if (high === Infinity) return t("form.atLeast", { low });
  return low === -Infinity ? t("form.atMost", { high }) : t("form.between", { low, high });
}

function jsonError(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return t("form.json", { problem: (error as Error).message });
  }
}

function isUrl(text: string): boolean {
  try {
    return new URL(text).host !== "";
  } catch {
    return false;
  }
}

/** A scheme belongs to a host only where the example of the field has one. */
const isHost = (field: Field, text: string): boolean =>
  !/[\s/]/.test(field.placeholder?.includes("://") ? text.trim().replace(/^[a-z]+:\/\//, "") : text);

/** What is wrong with one shown field; empty when nothing is. */
export function errorOf(field: Field, value: unknown): string {
  if (isBlank(value)) return field.required ? t("form.required") : "";
  if (value === KEEP_SECRET) return "";
  if (isNumber(field)) return numberError(field, value);
  if (field.kind === "json") return jsonError(String(value));
  if (field.kind === "limits") return limitsError(value);
  if (field.kind === "url" && !isUrl(String(value))) return t("form.url");
  if (field.kind === "host" && !isHost(field, String(value))) return t("form.host");
  if (field.kind === "status-codes" && !(value as string[]).every((code) => STATUS_CODE.test(code))) {
    return t("form.statusCodes");
  }
  return "";
}

export function errorsOf(fields: readonly Field[], values: Values): Errors {
  const errors: Errors = {};
  for (const field of fields) {
    const error = isShown(field, fields, values) ? errorOf(field, values[field.name]) : "";
    if (error) errors[field.name] = error;
  }
  return errors;
}

/** The value as the wire has it: a number left empty is its default (a port: none), texts lose outer spaces. */
export function wireValue(field: Field, value: unknown): unknown {
  if (isNumber(field)) {
    if (isBlank(value)) return field.kind === "port" ? null : (field.default ?? null);
    return Number(value);
  }
  if (typeof value === "string" && ["text", "url", "host"].includes(field.kind)) return value.trim();
  return value;
}

const SECTIONS = ["general", "request", "content", "authentication", "schedule", "limits", "tls", "advanced"];
const FOLDED = ["limits", "tls", "dkim", "advanced"]; // rarely needed
const SAME = new Map([["place", "general"]]); // a description alone needs no section

export interface Section {
  name: string;
  fields: Field[];
  folded: boolean;
}

const asks = (field: Field): boolean => field.required === true && isBlank(startValue(field));

/**
 * The sections of a form in their order; one that holds a mistake is not folded. With `essential` all are that are
 * neither general nor hold what has to be filled in.
 */
export function sectionsOf(fields: readonly Field[], errors: Errors = {}, essential = false): Section[] {
  const sections = new Map<string, Field[]>();
  for (const field of fields) {
    const name = SAME.get(field.section) ?? field.section;
    const list = sections.get(name);
    if (list) list.push(field);
    else sections.set(name, [field]);
  }
  const place = (name: string) => (SECTIONS.includes(name) ? SECTIONS.indexOf(name) : SECTIONS.length - 1.5);
  return [...sections]
    .map(([name, list]) => ({
      name,
      fields: list,
      folded:
        (essential ? name !== "general" && !list.some(asks) : FOLDED.includes(name)) &&
        !list.some((field) => errors[field.name]),
    }))
    .sort((a, b) => place(a.name) - place(b.name));
}
