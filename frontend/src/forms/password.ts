/** How good a password is, for the hint beside the field. The server has the last word. */

export const MIN_LENGTH = 6; // what the server refuses below
const GOOD_LENGTH = 12;
const CLASSES = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/];

export type Strength = "empty" | "weak" | "fair" | "good";

export function strengthOf(password: string): Strength {
  if (!password) return "empty";
  const classes = CLASSES.filter((pattern) => pattern.test(password)).length;
  if (password.length < MIN_LENGTH || classes < 2) return "weak";
  return password.length >= GOOD_LENGTH ? "good" : "fair";
}
