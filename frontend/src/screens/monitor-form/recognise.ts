/** What somebody means who types or pastes one line: type, name and fields, by the notations of the types. Pure. */
import { errorsOf, startValue, type Values } from "../../forms/declared-fields.ts";
import type { MonitorTypeInfo, MonitorTypes, Notation } from "../../wire/types.ts";
import { fieldsOf } from "./form-values.ts";

export interface Guess {
  type: string;
  values: Values; // what the line says; the rest is as usual
}

interface Place {
  host: string; // an address of IPv6 without brackets
  port: number | null;
}

interface Address extends Place {
  scheme: string;
  user: string;
  password: string;
  path: string; // without its first slash
  whole: string; // without the user
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is;
const LABEL = /^(?!-)[\p{L}\p{N}_-]+$/u;
const V4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const V6 = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*$/i;
const MAX_PORT = 65_535;
const PORT_FLAG = /^-p(\d*)$/; // of ssh and its like

const isHost = (text: string): boolean =>
  V6.test(text) || (text.replace(/\.$/, "").split(".").every((label) => LABEL.test(label)) && !/^\d+$/.test(text));

const portIn = (text: string): number | null => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port <= MAX_PORT ? port : null;
};

/** `host`, `host:port`, `[::1]:port`, `::1`; null for what is none of them. */
function placeIn(text: string): Place | null {
  const found = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text);
  const host = found ? (found[1] ?? found[2] ?? "") : text;
  const port = found?.[3] === undefined ? null : portIn(found[3]);
  if (!isHost(host) || (found?.[1] && !V6.test(host)) || (found?.[3] !== undefined && port === null)) return null;
  return { host, port };
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

function addressIn(text: string): Address | null {
  const found = SCHEME.exec(text);
  const rest = found?.[2];
  if (!found || rest === undefined || /\s/.test(rest)) return null;
  const [authority = ""] = rest.split(/[/?#]/, 1);
  const after = rest.slice(authority.length);
  const at = authority.lastIndexOf("@");
  const [user = "", ...password] = authority.slice(0, Math.max(0, at)).split(":");
  const scheme = (found[1] ?? "").toLowerCase();
  const server = authority.slice(at + 1);
  // Several servers, as connection strings have them: the first gives the name.
  const place = placeIn(server.split(",")[0] ?? "") ?? { host: "", port: null };
  return {
    scheme, ...place, user: decoded(user), password: decoded(password.join(":")),
    path: decoded((after.split(/[?#]/, 1)[0] ?? "").replace(/^\//, "")), whole: `${scheme}://${server}${after}`,
  };
}

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);
const firstOf = (type: MonitorTypeInfo, ...kinds: string[]): string | undefined =>
  type.fields.find(({ kind }) => kinds.includes(kind))?.name;

function nameOf({ host, port }: Place, usual: boolean): string {
  return port === null || usual ? host : `${bracketed(host)}:${port}`;
}

/** The values of a type that is to look at a place; null when it has no room for what is said. */
function placed(type: MonitorTypeInfo, notation: Notation, place: Place, written: Partial<Address> = {}): Values | null {
  const usual = notation.ports?.[0] ?? null;
  const values: Values = { ...notation.sets };
  const server = `${bracketed(place.host)}${place.port === null ? "" : `:${place.port}`}`;
  const url = firstOf(type, "url", "host");
  const takesWhole = notation.into ?? (firstOf(type, "url") === url ? url : undefined);
  const parts = notation.parts ?? {};
  if (takesWhole) {
    const said = written.whole === undefined ? `${notation.scheme}://${server}` : written.whole;
    values[takesWhole] = said;
  } else {
    const host = firstOf(type, "host");
    const port = firstOf(type, "port");
    if (!host || !place.host || (place.port !== null && !port)) return null;
    values[host] = notation.keepScheme ? `${notation.scheme}://${bracketed(place.host)}` : place.host;
    const meant = place.port ?? usual;
    if (port && meant !== null) values[port] = meant;
  }
  for (const part of ["user", "password", "path"] as const) {
    const key = parts[part];
    if (key && written[part]) values[key] = written[part];
  }
  if (written.user && parts.user) Object.assign(values, notation.withUser);
  if (place.host) values.name = nameOf(place, place.port === usual);
  return values;
}

function ofAddress(type: MonitorTypeInfo, notation: Notation, text: string): Values | null {
  const address = addressIn(text);
  if (!address || address.scheme !== notation.scheme) return null;
  if (notation.into) return placed(type, notation, address, { whole: text });
  if (!address.host) return null;
  // Where nothing takes the user apart, it stays where it was written.
  const whole = notation.parts?.user || !address.user ? address.whole : text;
  return placed(type, notation, address, { ...address, whole });
}

/** The words after a command: its target is what follows the flag, else the last that can be one. */
function ofCommand(type: MonitorTypeInfo, notation: Notation, text: string): Values | null {
  const words = text.split(/\s+/).filter((word) => word !== "$" && word !== "sudo");
  const start = notation.command?.split(" ") ?? [];
  if (!start.length || !start.every((word, at) => words[at]?.toLowerCase() === word)) return null;
  const rest = words.slice(start.length);
  const flag = notation.flag;
  if (flag) {
    const at = rest.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
    const found = at < 0 ? "" : (rest[at]?.slice(flag.length + 1) || rest[at + 1] || "");
    return notation.into ? { ...notation.sets, [notation.into]: found, ...(found ? { name: found } : {}) } : null;
  }
  if (notation.into) {
    const target = rest.findLast((word) => !word.startsWith("-")) ?? "";
    return { ...notation.sets, [notation.into]: target, ...(target ? { name: target } : {}) };
  }
  let port: number | null = null;
  const targets: string[] = [];
  rest.forEach((word, at) => {
    const flagged = PORT_FLAG.exec(word) ?? PORT_FLAG.exec(rest[at - 1] ?? "");
    if (flagged && port === null) port = portIn(flagged[1] || word) ?? port;
    else if (!word.startsWith("-")) targets.push(word);
  });
  const at = targets.findLastIndex((word) => placeIn(word.replace(/^[^@]*@(?=.)/, "")) !== null);
  const place = at < 0 ? null : placeIn((targets[at] ?? "").replace(/^[^@]*@(?=.)/, ""));
  // Another server to ask, or a word that means something: rather nothing than half of it.
  if (!place || targets.some((word) => word.startsWith("@"))) return null;
  const after = portIn(targets[at + 1] ?? "");
  const hasPort = firstOf(type, "port") !== undefined;
  return placed(type, notation, { ...place, port: place.port ?? port ?? (hasPort ? after : null) });
}

function ofPlace(type: MonitorTypeInfo, notation: Notation, text: string): Values | null {
  const at = text.search(/[/?#]/);
  const after = at < 0 ? "" : text.slice(at);
  const place = placeIn(at < 0 ? text : text.slice(0, at));
  if (!place) return null;
  const takesUrl = !notation.into && firstOf(type, "url", "host") === firstOf(type, "url");
  if (after && !takesUrl) return null;
  if (place.port !== null) {
    if (!notation.anyPort && !notation.ports?.includes(place.port)) return null;
  } else {
    const bare = V4.test(place.host) || V6.test(place.host) ? "address" : place.host.includes(".") ? "domain" : "label";
    if (!notation.bare?.includes(bare)) return null;
  }
  const server = `${bracketed(place.host)}${place.port === null ? "" : `:${place.port}`}`;
  return placed(type, notation, place, takesUrl ? { whole: `${notation.scheme}://${server}${after || "/"}` } : {});
}

function ofPrefix(notation: Notation, text: string): Values | null {
  if (!notation.prefix || !notation.into || !text.toLowerCase().startsWith(notation.prefix.toLowerCase())) return null;
  return { ...notation.sets, [notation.into]: text };
}

/** Whether a person has something to add before it can be saved. */
export function isComplete(types: MonitorTypes, type: MonitorTypeInfo, said: Values): boolean {
  const fields = fieldsOf(types, type);
  const values = Object.fromEntries(
    fields.map((field) => [field.name, field.name in said ? said[field.name] : startValue(field, type.formDefaults)]),
  );
  return Object.keys(errorsOf(fields, { ...values, name: "-" })).length === 0;
}

/** All that a line may mean, the likeliest first: what needs nothing more, then by rank, then in order. */
export function recognised(line: string, types: MonitorTypes): Guess[] {
  const text = line.trim();
  if (!text) return [];
  const found: { guess: Guess; rank: number }[] = [];
  for (const type of types.types) {
    for (const notation of type.notations ?? []) {
      const values =
        ofAddress(type, notation, text) ?? ofCommand(type, notation, text) ?? ofPrefix(notation, text) ??
        ofPlace(type, notation, text);
      if (!values || found.some(({ guess }) => guess.type === type.name)) continue;
      const rank = (notation.rank ?? 0) + (isComplete(types, type, values) ? 0 : 100);
      found.push({ guess: { type: type.name, values }, rank });
    }
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ guess }) => guess);
}
