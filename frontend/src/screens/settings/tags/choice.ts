/** Choosing many of many. Pure. */

export interface Named {
  id: number;
  name: string;
}

/** Those whose name has every word of the text, by name; those chosen when the list was opened come first. */
export function chosenFirst<T extends Named>(items: readonly T[], chosen: ReadonlySet<number>, text: string): T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return items
    .filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
    .sort((a, b) => Number(chosen.has(b.id)) - Number(chosen.has(a.id)) || a.name.localeCompare(b.name));
}

export const difference = (
  before: ReadonlySet<number>,
  after: ReadonlySet<number>,
): { more: number[]; fewer: number[] } => ({
  more: [...after].filter((id) => !before.has(id)),
  fewer: [...before].filter((id) => !after.has(id)),
});
