/** Which options a typed text finds, best first within their groups. Pure. */
export interface ComboOption<V> {
  value: V;
  label: string;
  description?: string;
  group?: string;
}

/** Every word must occur; the order stays as given, so that groups hold together. */
export function rankOptions<V>(options: readonly ComboOption<V>[], text: string): ComboOption<V>[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [...options];
  const inLabel: ComboOption<V>[] = [];
  const elsewhere: ComboOption<V>[] = [];
  for (const option of options) {
    const label = option.label.toLowerCase();
    const all = `${label} ${String(option.value)} ${option.description ?? ""}`.toLowerCase();
    if (words.every((word) => label.includes(word))) inLabel.push(option);
    else if (words.every((word) => all.includes(word))) elsewhere.push(option);
  }
  return [...inLabel, ...elsewhere];
}
