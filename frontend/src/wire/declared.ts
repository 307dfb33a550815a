/** The texts of declarations in the language of the page, by what they are in English. */
import type { Texts } from "../words/texts.ts";
import type { Field } from "./types.ts";

/** What has no translation stays as it is. */
export function translated<T extends { label: string; description?: string; fields: readonly Field[] }>(
  one: T, texts: Texts,
): T {
  const said = (text: string): string => texts[text] ?? text;
  const { label, description } = one;
  return {
    ...one,
    label: said(label),
    ...(description === undefined ? {} : { description: said(description) }),
    fields: one.fields.map((field) => translatedField(field, said)),
  };
}

export function translatedField(field: Field, said: (text: string) => string): Field {
  return {
    ...field,
    label: said(field.label),
    ...(field.help ? { help: said(field.help) } : {}),
    ...(field.unit ? { unit: said(field.unit) } : {}),
    ...(field.choices ? { choices: field.choices.map((item) => ({ ...item, label: said(item.label) })) } : {}),
  };
}
