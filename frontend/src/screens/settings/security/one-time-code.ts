/** What a person reads of an `otpauth:` address, and what they type of a code. Pure. */

/** The secret of an `otpauth://totp/…?secret=…` address, "" when it has none. */
export function secretOf(uri: string): string {
  const query = uri.split("?", 2)[1] ?? "";
  return new URLSearchParams(query).get("secret") ?? "";
}

/** Apps show "123 456". */
export const codeOf = (typed: string): string => typed.replace(/\s/g, "");
