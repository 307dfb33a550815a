/** What page and server say to each other about servers: see "Servers" in docs/page-protocol.md. Times are ms. */

export type Friendly = "cpu" | "ram" | "disk" | "net_in" | "net_out";
export type Cause = Friendly | "downtime";

/** One row of `serversSummary` and of `serverChanges`. */
export interface ServerRow {
  uuid: string;
  name: string;
  status: "online" | "offline";
  maintenance: boolean;
  cpu: number | null; // percent, as ram and disk
  ram: number | null;
  disk: number | null;
  netIn: number | null; // MB/s
  netOut: number | null;
  uptime: number | null; // seconds
  lastSeen: number;
  alerts: Cause[];
  since: number | null; // when what is wrong began
  operatingSystem: string | null;
  project: string;
  thresholds: [cpu: number, ram: number, disk: number]; // percent
  load: number | null; // of one minute
  temperature: number | null; // °C, of the hottest sensor
  agentVersion: string;
  tags: number[]; // ids
}

export interface AlertSettings {
  threshold: Record<Friendly, number>;
  grace_period: Record<Cause, number>; // minutes
  general: { downtime: boolean };
}

/** A process or a container as its agent sent it. */
export interface Consumer {
  name: string | null;
  pid?: number | null;
  image?: string | null; // of a container, as its state in words
  status?: string | null;
  cpu: number | null; // percent of one core
  memory: number | null; // bytes
}

export interface Interface {
  name: string | null;
  received: number | null; // bytes per second
  sent: number | null;
}

export interface Gpu {
  name: string | null;
  load: number | null; // percent
  memory: number | null; // bytes
  memory_total: number | null;
  temperature: number | null; // °C
}

export interface ServerAck {
  server: {
    uuid: string;
    hostname: string | null;
    public_ip: string | null;
    private_ip: string | null;
    mac_address: string | null;
    cpu_cores: number | null;
    cpu_model: string | null;
    operating_system: string | null;
    kernel_version: string | null;
    uptime: number | null;
    alert_settings: AlertSettings;
    last_metrics: { metrics?: Record<string, number> }; // by their stored names
  };
  agentVersion: string;
  memoryTotal: number | null;
  diskTotal: number | null;
  swapTotal: number | null;
  values: Record<Friendly, number | null>;
  metrics: string[];
  processes: Consumer[];
  containers: Consumer[];
  interfaces: Interface[];
  gpus: Gpu[];
  notifications: number[];
  maintenancePlans: number[];
  maintenance: boolean;
  duplicateHost: string | null;
  clockOffset: number | null; // seconds
}

/** One series for a chart: columns of the same length. */
export interface Columns {
  unit: string;
  times: number[];
  min: number[];
  mean: number[];
  max: number[];
}

export interface MetricsAck {
  since: number;
  until: number;
  step: number;
  tier: "raw" | "ten_minutes" | "hour" | "day";
  thresholds: Partial<Record<Friendly, number>>;
  series: Record<string, Columns>;
}

export interface Incident {
  uuid: string;
  monitorable_uuid: string; // of the server
  monitorable_name: string;
  status: "ongoing" | "resolved";
  error_message: string;
  cause: Cause;
  created_at: string;
  closed_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  snooze_until: string | null;
}

export interface Token {
  uuid: string;
  name: string;
  kind: "project" | "user";
  project_uuid: string | null;
  prefix: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface Project {
  uuid: string;
  name: string;
  root: boolean;
}

/** A maintenance plan as `maintenancePlans` has it. */
export interface PlanRow {
  id: number;
  title: string;
  strategy:
    | "manual"
    | "single"
    | "cron"
    | "recurring-interval"
    | "recurring-weekday"
    | "recurring-day-of-month";
  status: "scheduled" | "under-maintenance" | "ended" | "inactive" | "unknown";
  active: boolean;
}

/** A status page, and whether a server stands on it. */
export interface PageRow {
  id: number;
  title: string;
  slug: string;
  shown: boolean;
}

/** How many days each precision is kept, and how large all of it may become. */
export interface Retention {
  raw: number;
  ten_minutes: number;
  hours: number;
  days: number;
  max_bytes: number;
}
