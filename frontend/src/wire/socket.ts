/** One connection to the server: typed calls, pushed events, and what the bar says about it. */
import { io, type Socket } from "socket.io-client";
import { shallowRef } from "vue";
import { loadSentences, translateServer } from "../words/server.ts";

export type Connection = "connecting" | "online" | "offline";

/** The server's answer was a refusal, or there was none. `message` is a sentence for people. */
export class WireError extends Error {
  /**
   * @param field the option of a form that was refused, when the server says which
   * @param reason why a session is over, when it is
   */
  constructor(
    message: string,
    readonly field?: string,
    readonly reason?: string,
  ) {
    super(message);
  }
}

interface Refusal {
  ok?: boolean;
  msg?: unknown;
  msgi18n?: boolean;
  sentence?: { key: string; arguments: Record<string, string | number> };
  field?: string;
  reason?: string;
}

const CALL_TIMEOUT_MS = 30_000; // longer than any single check a person waits for
const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 10_000; // a server that restarts is back within this; more would feel lost

export const basePath = new URL(document.baseURI).pathname.replace(/\/$/, "");
export const connection = shallowRef<Connection>("connecting");

let socket: Socket | null = null;
let release: (() => void) | null = null;
let gate: Promise<void> | null = null;

/** Screens may ask before the session is entered: their calls wait until `releaseCalls`. */
export function holdCalls(): void {
  gate ??= new Promise((resolve) => (release = resolve));
}

export function releaseCalls(): void {
  release?.();
  gate = null;
}

/** Resolves when calls are not held back. */
export const entered = async (): Promise<void> => void (await gate);

const ENTERING = new Set(["login", "loginByToken", "setup", "logout"]);

/** Opens the connection; `handlers` are called for pushed events for as long as the page lives. */
export function connect(handlers: Record<string, (...args: never[]) => void>): void {
  socket = io("/page", {
    path: `${basePath}/socket.io/`,
    transports: ["websocket", "polling"],
    reconnectionDelay: RETRY_FIRST_MS,
    reconnectionDelayMax: RETRY_LAST_MS,
    randomizationFactor: 0.3,
  });
  socket.on("disconnect", (reason) => {
    connection.value = "offline";
    // The server hung up on purpose; socket.io does not come back by itself then.
    if (reason === "io server disconnect") window.setTimeout(() => socket?.connect(), RETRY_FIRST_MS);
  });
  socket.on("connect_error", () => (connection.value = "offline"));
  for (const [event, handler] of Object.entries(handlers)) socket.on(event, handler as () => void);
}

/** A pushed event only some screens care for. Returns how to stop. */
export function onPush<T>(event: string, handler: (message: T) => void): () => void {
  socket?.on(event, handler as () => void);
  return () => socket?.off(event, handler as () => void);
}

/** Try again now instead of when the back-off ends. */
export function reconnectNow(): void {
  if (socket && !socket.connected) socket.disconnect().connect();
}

function answer<T>(resolve: (value: T) => void, reject: (error: WireError) => void) {
  return async (error: Error | null, reply: T & Refusal) => {
    if (typeof reply?.msg === "string" && !reply.msgi18n) await loadSentences();
    if (error) reject(new WireError(translateServer("noAnswer")));
    else if (reply !== null && typeof reply === "object" && reply.ok === false) {
      reject(new WireError(sentenceOf(reply), reply.field, reply.reason));
    } else resolve(reply);
  };
}

/** The sentence in an acknowledgement: given, or a key of the page's words. */
export function sentenceOf(reply: Refusal): string {
  const text = typeof reply.msg === "string" ? reply.msg : "";
  if (!text) return translateServer("unknownError");
  if (reply.msgi18n) return translateServer(text);
  // In another language than the server's own there may be a translation of its sentence.
  return translateServer(reply.sentence?.key ?? text, reply.sentence?.arguments, text);
}

/** Asks the server something. Rejects with WireError when it refuses or does not answer. */
export async function call<T = Refusal>(event: string, ...args: unknown[]): Promise<T> {
  if (gate && !ENTERING.has(event)) await gate;
  return new Promise((resolve, reject) => {
    if (!socket?.connected) {
      reject(new WireError(translateServer("notConnected")));
      return;
    }
    socket.timeout(CALL_TIMEOUT_MS).emit(event, ...args, answer<T>(resolve, reject));
  });
}
