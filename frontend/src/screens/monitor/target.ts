/** What a monitor looks at, in one line. Pure. */
import type { Monitor } from "../../wire/types.ts";

export interface Target {
  text: string;
  href: string | null; // only what a browser opens safely
}

const URL_TYPES = new Set(["http", "keyword", "json-query", "real-browser", "websocket-upgrade"]);

export function targetOf(monitor: Monitor): Target | null {
  const text = (key: string): string => {
    const value = monitor[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  if (URL_TYPES.has(monitor.type)) {
    const url = text("url");
    return { text: url, href: /^https?:\/\//i.test(url) ? url : null };
  }
  if (monitor.type === "grpc-keyword") return { text: text("grpcUrl"), href: null };
  if (monitor.type === "docker") return { text: text("docker_container"), href: null };
  const host = text("hostname");
  if (!host || monitor.type === "group" || monitor.type === "push") return null;
  const port = text("port");
  return { text: port && !["ping", "dns"].includes(monitor.type) ? `${host}:${port}` : host, href: null };
}
