import { expect, test } from "vitest";
import { alertText } from "./alert-text.ts";

// As `tests/servers/alerting/test_texts.py` has them.
test.each([
  ["ram", "Memory is at 96.2 %, above 90 % for 5 minutes", "Memory is at 96.2%, above 90% for 5 min"],
  ["cpu", "CPU is at 95.0 %, above 90 %", "CPU is at 95%, above 90%"],
  ["cpu", "CPU is at 95.0 %, above 90 % for 2 hours 15 minutes", "CPU is at 95%, above 90% for 2 h 15 min"],
  ["net_out", "Network out is at 0.031 MB/s, above 0.03 MB/s for 3 minutes",
    "Network out is at 31 kB/s, above 30 kB/s for 3 min"],
  ["net_in", "Network in is at 1500000.0 MB/s, above 1e+06 MB/s", "Network in is at 1.5 TB/s, above 1 TB/s"],
  ["net_out", "Network out is above 10 MB/s for 3 minutes", "Outgoing traffic above its threshold"],
  ["downtime", "No reports for 1 hour 1 minute", "No reports for 1 h 1 min"],
  ["downtime", "Nothing was heard from it for 5 minutes", "No reports for 5 min"],
] as const)("%s: %s", (cause, error_message, expected) => {
  expect(alertText({ cause, error_message })).toBe(expected);
});
