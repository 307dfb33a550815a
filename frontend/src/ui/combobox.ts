/** Which options a typed text finds, best first within their groups. Pure. */
export interface ComboOption<V> {
  value: V;
  label: string;
  description?: string;
  group?: string; // an option may stand in several, once in each
  note?: string; // what to know before choosing it
}

/** A text as it is compared: without accents, in small letters. */
export const folded = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * Every word must occur. Labels that begin with the text come first, then those that have it; the order stays as given
 * else, so that groups hold together. What is found is found once.
 */
export function rankOptions<V>(options: readonly ComboOption<V>[], text: string): ComboOption<V>[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  if (!words.length) return [...options];
  const atStart = new Map<V, ComboOption<V>>();
  const inLabel = new Map<V, ComboOption<V>>();
  const elsewhere = new Map<V, ComboOption<V>>();
  for (const option of options) {
    if ([atStart, inLabel, elsewhere].some((found) => found.has(option.value))) continue;
    const label = folded(option.label);
    const all = `${label} ${folded(`${String(option.value)} ${option.description ?? ""}`)}`;
    if (label.startsWith(words.join(" "))) atStart.set(option.value, option);
    else if (words.every((word) => label.includes(word))) inLabel.set(option.value, option);
    else if (words.every((word) => all.includes(word))) elsewhere.set(option.value, option);
  }
  return [...atStart.values(), ...inLabel.values(), ...elsewhere.values()];
}
