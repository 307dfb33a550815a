/** Who is logged in: the token, where it is kept, and the way from `hello` to the first summary. */
import { shallowRef, watch } from "vue";
import type { Hello } from "./types.ts";
import { call, connection, holdCalls, releaseCalls, WireError } from "./socket.ts";

export type Stage = "connecting" | "setup" | "login" | "ready";

interface LoginAck {
  device?: string;
  ok?: boolean;
  token?: string;
  tokenRequired?: boolean;
}

/** Why somebody who was in has to log in again. */
const OVER = ["password", "ended", "expired", "authentication", "imported"] as const;
export type Over = (typeof OVER)[number];
const asOver = (text: string | null | undefined): Over | null => OVER.find((one) => one === text) ?? null;

const OVER_KEY = "over"; // outlasts the reload that the server asks for
const TOKEN_KEY = "token"; // as Uptime Kuma's page calls it
const DEVICE_KEY = "device"; // that somebody has logged in here; outlasts the session, and opens nothing

export const stage = shallowRef<Stage>("connecting");
export const hello = shallowRef<Hello | null>(null);

export const over = shallowRef<Over | null>(null);

let token: string | null = null;

/** A visitor who was logged in is shown the page at once; what it asks waits for the session. */
export const expected = storedToken() !== null;
if (expected) holdCalls();
watch(stage, releaseCalls, { flush: "sync" });

function stores(): Storage[] {
  try {
    return [localStorage, sessionStorage];
  } catch {
    return []; // storage is switched off: the session lasts as long as the page
  }
}

function storedToken(): string | null {
  for (const store of stores()) {
    const found = store.getItem(TOKEN_KEY);
    if (found) return found;
  }
  return null;
}

/** Keep a new token where the old one was, or where the person wished. */
export function keepToken(value: string, remember?: boolean): void {
  const [lasting, passing] = stores();
  const stay = remember ?? Boolean(lasting?.getItem(TOKEN_KEY));
  token = value;
  for (const store of stores()) store.removeItem(TOKEN_KEY);
  (stay ? lasting : passing)?.setItem(TOKEN_KEY, value);
}

export function forgetToken(): void {
  token = null;
  for (const store of stores()) store.removeItem(TOKEN_KEY);
}

/** The server throws us out: who has a token is told why when it is refused; who needed none until now, here. */
export function startAgain(): void {
  if (!token && !storedToken()) stores()[1]?.setItem(OVER_KEY, "authentication" satisfies Over);
  location.reload();
}

/** The server starts again with the accounts of another one: ours ends, and the log-in says why. */
export function expectOtherAccount(): void {
  stores()[1]?.setItem(OVER_KEY, "imported" satisfies Over);
}

function overBefore(): Over | null {
  const [, passing] = stores();
  const found = asOver(passing?.getItem(OVER_KEY));
  passing?.removeItem(OVER_KEY);
  return found;
}

/** Headers for the HTTP doors. */
export function authorization(): Record<string, string> {
  const value = token ?? storedToken();
  return value ? { Authorization: `Bearer ${value}` } : {};
}

/** What follows from the server's `hello`: set-up, log-in, or straight in. Resolves when the stage is known. */
export async function greet(message: Hello): Promise<Stage> {
  hello.value = message;
  connection.value = "online";
  if (message.needSetup) return (stage.value = "setup");
  if (!message.loginRequired) return (stage.value = "ready");
  const known = token ?? storedToken();
  if (!known) {
    over.value ??= overBefore();
    return (stage.value = "login");
  }
  try {
    await call("loginByToken", known);
    token = known;
    return (stage.value = "ready");
  } catch (error) {
    // Only a refusal ends the session; a lost connection says `hello` again.
    if (error instanceof WireError && connection.value === "online") {
      forgetToken();
      over.value = asOver(error.reason) ?? overBefore();
      stage.value = "login";
    }
    return stage.value;
  }
}

/** Logs in. Resolves to false when a two-factor code is needed first. Rejects with WireError. */
export async function login(
  username: string,
  password: string,
  code: string,
  remember: boolean,
): Promise<boolean> {
  const [lasting] = stores();
  const device = lasting?.getItem(DEVICE_KEY); // lets its owner in while somebody else guesses
  const reply = await call<LoginAck>("login", {
    username,
    password,
    ...(code ? { token: code } : {}),
    ...(device ? { device } : {}),
  });
  if (reply.tokenRequired || !reply.token) return false;
  if (reply.device) lasting?.setItem(DEVICE_KEY, reply.device);
  keepToken(reply.token, remember);
  over.value = null;
  stage.value = "ready";
  return true;
}

/** Creates the first account and logs in with it. */
export async function setUp(username: string, password: string): Promise<void> {
  await call("setup", username, password);
  await login(username, password, "", true);
}

export function logout(): void {
  // `logout` is answered without an argument; nobody waits for it.
  call("logout").catch(() => undefined);
  forgetToken();
  over.value = null;
  stage.value = "login";
}
