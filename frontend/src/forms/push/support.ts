/** Whether push messages can work in a browser, and what a subscription is made with. Pure. */

/** Why it cannot be subscribed; the words are `webpush.<obstacle>`. */
export type Obstacle = "insecure" | "homeScreen" | "unsupported" | "denied";

export interface Browser {
  isSecure: boolean; // https, or the machine itself
  hasWorkers: boolean;
  hasPush: boolean;
  isApple: boolean; // iOS and iPadOS know push messages only of pages on the home screen
  permission: NotificationPermission;
}

export function obstacleOf(browser: Browser): Obstacle | null {
  if (!browser.isSecure) return "insecure";
  if (!browser.hasWorkers || !browser.hasPush) return browser.isApple ? "homeScreen" : "unsupported";
  return browser.permission === "denied" ? "denied" : null;
}

/** An iPad says that it is a Mac; no Mac is touched with several fingers. */
export const isApple = (agent: string, touchPoints: number): boolean =>
  /iPhone|iPad|iPod/.test(agent) || (agent.includes("Macintosh") && touchPoints > 1);

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export function isSameKey(one: ArrayBuffer | null | undefined, other: Uint8Array): boolean {
  if (!one || one.byteLength !== other.length) return false;
  return new Uint8Array(one).every((byte, place) => byte === other[place]);
}
