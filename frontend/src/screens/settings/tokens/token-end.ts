/** Whether a token still opens anything. Pure. */
import type { Token } from "../../../wire/server-types.ts";

export interface End {
  at: number;
  revoked: boolean;
}

/** When and how it ended; null while it works. */
export function endOf(token: Pick<Token, "revoked_at" | "expires_at">, now: number): End | null {
  if (token.revoked_at) return { at: Date.parse(token.revoked_at), revoked: true };
  const expires = token.expires_at ? Date.parse(token.expires_at) : Infinity;
  return expires <= now ? { at: expires, revoked: false } : null;
}
