/** What is asked about in a dialog before it is done with many monitors. */
import type { Right } from "../../state/rights.ts";
import type { IconName } from "../../ui/icons.ts";
import type { Key } from "../../words/index.ts";

export type BulkKind = "tag" | "move" | "notification" | "interval" | "maintenance";

export const DIALOGS: readonly { kind: BulkKind; icon: IconName; label: Key; right: Right }[] = [
  { kind: "tag", icon: "tag", label: "bulk.tag", right: "monitors.edit" },
  { kind: "move", icon: "folder", label: "bulk.move", right: "monitors.edit" },
  { kind: "notification", icon: "bell", label: "bulk.notification", right: "monitors.edit" },
  { kind: "interval", icon: "clock", label: "bulk.interval", right: "monitors.edit" },
  { kind: "maintenance", icon: "wrench", label: "bulk.maintenance", right: "maintenance.edit" },
];
