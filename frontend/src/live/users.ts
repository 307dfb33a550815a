/** What the question before a removal says of the things that would lose it. */
import { call } from "../wire/socket.ts";
import { t } from "../words/index.ts";

interface User {
  kind: string;
  name: string;
}

const MOST_NAMES = 5; // one can read at a glance

export function sentenceOfUsers(users: readonly User[]): string {
  if (!users.length) return "";
  const names = users.slice(0, MOST_NAMES).map(({ name }) => name);
  if (users.length > MOST_NAMES) names.push("…");
  return t("delete.usedBy", { count: users.length, names: names.join(", ") });
}

/** @returns "" when nothing uses it, or the server cannot say: the question is asked all the same. */
export async function usersOf(kind: string, id: number | string): Promise<string> {
  try {
    const { users } = await call<{ users: User[] }>("usedBy", kind, id);
    return sentenceOfUsers(users);
  } catch {
    return "";
  }
}
