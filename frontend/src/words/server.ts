/** What the server says, in the language of the reader: beside keys, English sentences that are loaded when one comes. */
import { shallowRef } from "vue";
import { entryOf, fill, language, type Params } from "./index.ts";

const sentences = shallowRef<((key: string, params: Params) => string | null) | null>(null);

/** Resolves when sentences of the server can be said in the language of the reader; never rejects. */
export async function loadSentences(): Promise<void> {
  if (language === "en" || sentences.value) return;
  const texts = await import("./texts.ts").catch(() => null);
  if (texts) sentences.value ??= texts.translator(await texts.textsOf("sentences"));
}

/** A key the server named, its sentence, or the template of that; one the page does not know is shown as it came. */
export function translateServer(key: string, params: Params = {}, otherwise = key): string {
  const entry = entryOf(`server.${key}`);
  if (entry !== undefined) return fill(entry, params);
  if (!key) return otherwise;
  if (!sentences.value) void loadSentences();
  return sentences.value?.(key, params) ?? otherwise;
}
