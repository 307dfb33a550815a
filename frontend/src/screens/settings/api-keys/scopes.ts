/** What a key may, as the dialog offers it and the list tells it. Pure. */
export const CHOICES = {
  read: ["read"],
  push: ["push"],
  readPush: ["read", "push"],
  write: ["write"],
  metrics: [],
} as const satisfies Record<string, readonly string[]>;

export type Choice = keyof typeof CHOICES;
export type ScopeName = "read" | "push" | "write";

export interface Grant {
  scopes: readonly ScopeName[];
  tag: number | null;
  group: number | null;
}

/** `tag:5` or `group:7` of the select as the wire has it; "" is no limit. */
export function limitOf(choice: string): { tag: number | null; group: number | null } {
  const [kind, id] = choice.split(":");
  return { tag: kind === "tag" ? Number(id) : null, group: kind === "group" ? Number(id) : null };
}
