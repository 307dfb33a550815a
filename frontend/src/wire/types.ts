/** What page and server say to each other: see docs/page-protocol.md. Times are milliseconds since 1970. */

import type * as Wire from "./generated.ts";

/** 0 down, 1 up, 2 pending, 3 under maintenance. */
export type StatusCode = 0 | 1 | 2 | 3;

export interface Hello {
  version: string;
  needSetup: boolean;
  loginRequired: boolean;
  serverTimezone: string;
  primaryBaseURL: string | null;
}

export type Tag = [name: string, value: string, color: string];

/** One live beat of any monitor. `msg` null: the same as before. */
export type LiveBeat = [
  id: number,
  time: number,
  status: StatusCode,
  ping: number | null,
  msg: string | null,
  important: 0 | 1,
  uptime24: number | null,
];

/** One beat of a known monitor, as a bar shows it. */
export type BarBeat = [time: number, status: StatusCode, ping: number | null];
export type DetailBeat = [time: number, status: StatusCode, ping: number | null, msg: string];
export type EventRow = [id: number, time: number, status: StatusCode, msg: string];

export interface SummaryAck {
  columns: string[];
  rows: unknown[][];
  serverTime: number;
}

export interface CertificateInfo {
  subject?: Record<string, string>;
  issuer?: Record<string, string>;
  validTo?: string;
  valid_to?: string;
  daysRemaining?: number;
  certType?: string;
  fingerprint256?: string;
  validFor?: string[];
  issuerCertificate?: CertificateInfo | null;
}

export interface Certificate {
  valid: boolean;
  certInfo?: CertificateInfo;
  hostnameMatchMonitorUrl?: boolean;
}

/** The flat monitor object of the wire: declared options lie beside the common keys. */
export interface Monitor extends Record<string, unknown> {
  id: number;
  name: string;
  type: string;
}

/** The registration of a monitor's domain. */
export interface Domain {
  domain: string;
  days: number; // left; negative once it has ended
  expiry: string;
}

export interface MonitorAck {
  monitor: Monitor;
  uptime: Record<"24" | "720" | "1y", number | null>;
  averagePing: number | null;
  certificate: Certificate | null;
  domain: Domain | null;
  beats: DetailBeat[];
}

export type Phase = "dns" | "connect" | "tls" | "firstByte" | "answer" | "total";

/** What one check gave that was made out of a form. Times in milliseconds. */
export interface TestAck {
  status: StatusCode;
  msg: string;
  ping: number | null;
  cannot: boolean; // it could not be checked, for the reason in `msg`
  timeout: number; // seconds
  address: string | null;
  timings: Record<Phase, number | null>;
  answer: TestAnswer | null;
  certificate: Certificate | null;
}

export interface TestAnswer {
  httpVersion: string;
  status: number;
  reason: string;
  url: string;
  headers: [name: string, value: string][];
  body: string | null; // null: no text
  bodyBytes: number;
  cut: boolean;
}

export interface ChartBucket {
  up: number;
  down: number;
  avgPing: number | null;
  minPing: number | null;
  maxPing: number | null;
  timestamp: number; // seconds
  maintenance?: number;
}

export type FieldKind =
  | "text"
  | "password"
  | "textarea"
  | "json"
  | "url"
  | "host"
  | "port"
  | "number"
  | "reference"
  | "switch"
  | "select"
  | "status-codes"
  | "token"
  | "list"
  | "limits"
  | "push-subscription"
  | "conditions";

export type ChoiceValue = Wire.FieldChoice["value"];

export interface Operator {
  id: string;
  caption: string;
}

/** What conditions can be about. */
export interface Variable {
  id: string;
  operators: Operator[];
}

export type Field = Omit<Wire.Field, "kind" | "shownWhen"> & {
  kind: FieldKind;
  variables?: Variable[];
  shownWhen?: { option: string; values: unknown[]; orFilled?: string }; // also while the other one has a value
  follows?: { option: string; share: number }; // until somebody touches it
};

/** One way in which people write down what a type checks (kuma_lite/core/notations.py). */
export interface Notation {
  scheme?: string;
  command?: string;
  flag?: string;
  prefix?: string;
  ports?: number[];
  anyPort?: boolean;
  bare?: ("domain" | "label" | "address")[];
  rank?: number;
  into?: string;
  keepScheme?: boolean;
  parts?: { user?: string; password?: string; path?: string };
  sets?: Record<string, unknown>;
  withUser?: Record<string, unknown>;
}

export interface MonitorTypeInfo {
  name: string;
  label: string;
  description: string;
  group: string;
  pushed: boolean;
  untestable?: string; // why a test says nothing
  formDefaults: Record<string, unknown>;
  notations?: Notation[];
  fields: Field[];
}

export interface MonitorTypes {
  types: MonitorTypeInfo[];
  common: Field[];
}

export type ServiceInfo = Omit<Wire.DescribedService, "fields"> & { fields: Field[] };

export interface NotificationRow {
  id: number;
  name: string;
  type: string;
  label: string; // what people call the service
  isDefault: boolean;
  active: boolean;
  waiting: number; // messages on their way
  dead: number; // messages given up
  lastSuccess: number | null;
  lastError: string | null;
  lastErrorAt: number | null;
}

/** A message on its way to a notification, or at its end; times in ms since 1970. */
export interface Delivery {
  id: number;
  notification: number;
  notificationName: string;
  type: string;
  monitor: number | null;
  monitorName: string | null; // null: of none, or it is gone
  created: number;
  ended: number | null;
  due: number | null; // the next attempt, while it waits
  attempts: number;
  outcome: "delivered" | "waiting" | "given_up";
  error: string | null;
  answer: string | null;
  text: string;
  status: number | null;
}

/** Stands for a stored secret the server does not show; sent back unchanged it keeps what is stored. */
export const KEEP_SECRET = "\u0000keep";

export interface Sentence {
  key: string;
  arguments: Record<string, string | number>;
}

/** What is wrong with Kuma Lite itself. */
export interface Problem {
  key: string;
  msg: string;
  sentence: Sentence;
  meaning: Sentence;
  since: number;
  help: "history" | "notifications" | "monitors" | "backups" | "certificate" | null;
  members: [name: string, sentence: string][]; // monitors that cannot be checked, and why
}
