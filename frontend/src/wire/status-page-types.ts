/** What page and server say to each other about status pages: see docs/page-protocol.md. Times are ms. */

export type PageState = "nothing" | "all_down" | "all_up" | "partial" | "maintenance";

/** A row of `statusPages`; numbers say how many. */
export interface StatusPageRow {
  id: number;
  slug: string;
  title: string;
  icon: string;
  published: boolean;
  protected: boolean;
  domains: string[];
  groups: number;
  monitors: number;
  servers: number;
  incidents: number;
  state: PageState;
  saved: number | null;
}

export interface PageConfig {
  slug: string;
  title: string;
  description: string | null;
  autoRefreshInterval: number; // seconds
  theme: string;
  published: boolean;
  showTags: boolean;
  customCSS: string | null;
  footerText: string | null;
  showPoweredBy: boolean;
  analyticsId: string | null;
  analyticsScriptUrl: string | null;
  analyticsType: string | null;
  showCertificateExpiry: boolean;
  showOnlyLastHeartbeat: boolean;
  showResponseTimes?: boolean; // absent: no
  rssTitle: string | null;
  autoIncidentMinutes?: number; // of an outage, before an incident begins by itself; missing or 0: never
  autoIncidentText?: string | null;
  domainNameList: string[];
}

/** A monitor in a group; null: as the page says. */
export interface PageMember {
  id: number;
  sendUrl: boolean;
  url: string | null;
  showCertificate: boolean | null;
  showTags: boolean | null;
  showPing: boolean;
}

export const COMPONENT_RULES = ["all", "any", "share"] as const;

/** Monitors that a page shows as one service. */
export interface PageComponent {
  id: number | null; // null: a new one
  name: string;
  rule: (typeof COMPONENT_RULES)[number]; // how many must be up
  share: number; // percent, of the rule "share"
  monitors: number[];
}

export interface PageGroup<M = PageMember> {
  id: number | null; // null: a new one
  name: string;
  monitorList: M[];
  components: PageComponent[];
}

export interface PageDraft<G = PageGroup> {
  config: PageConfig;
  logo: string; // an address, or a picture as a data: address
  groups: G[];
  servers: string[] | null; // null: those that stand there
}

export interface StatusPageAck {
  id: number;
  version: number | null;
  icon: string;
  draft: PageDraft;
}

export const INCIDENT_STYLES = ["info", "warning", "danger", "primary", "light", "dark"] as const;
export type IncidentStyle = (typeof INCIDENT_STYLES)[number];

export interface PageIncident {
  id: number;
  title: string;
  content: string;
  style: IncidentStyle;
  pin: boolean;
  active: boolean;
  createdDate: string; // UTC, "YYYY-MM-DD HH:mm:ss"
  lastUpdatedDate: string | null;
}

export const INCIDENT_STATES = ["investigating", "identified", "monitoring", "resolved"] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

export interface PageUpdate {
  id: number;
  state: IncidentState;
  content: string; // "": of the first update, what the incident says
  createdDate: string;
}

/** An incident with its timeline, the oldest update first; without one, `state` is null. */
export interface Timeline extends PageIncident {
  state: IncidentState | null;
  updates: PageUpdate[];
  monitors: number[]; // that it affects
}

export interface WrittenUpdate {
  state: IncidentState;
  content: string;
  time?: number | undefined; // undefined: now
}

/** An incident as it is written, with its timeline as it would be; without an id a new one. */
export interface WrittenIncident {
  id?: number;
  title: string;
  content: string;
  style: IncidentStyle;
  monitors?: number[];
  updates?: WrittenUpdate[];
  time?: number | undefined;
}

export interface PageChanges {
  settings: { name: string; from?: unknown; to?: unknown }[];
  groups: { added: string[]; removed: string[]; renamed: [from: string, to: string][] };
  monitors: { added: number[]; removed: number[] };
  moved: boolean;
  components?: boolean;
  options: boolean;
  logo: boolean;
  servers: boolean;
}

export interface PageVersion {
  id: number;
  time: number;
  by: string | null; // null: what was there before versions were kept
  changes: PageChanges | null;
}

export const SET_STATES = ["up", "pending", "down", "maintenance"] as const;

/** What somebody says of a component. */
export interface SetState {
  state: (typeof SET_STATES)[number];
  text: string;
  until: number | null; // null: until somebody ends it
}

export interface ComponentState {
  id: number;
  name: string;
  group: string;
  set: (SetState & { since: number }) | null; // null: its rule decides
}

/** An address that opens a protected page; the address itself is shown once. */
export interface PageLink {
  id: number;
  name: string;
  created: number;
}

export interface PageAccess {
  protected: boolean;
  password: boolean; // whether there is one
  links: PageLink[];
}
