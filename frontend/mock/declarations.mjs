/** A few declarations in the shape of the HTTP doors; `--server` brings the real ones. */
const text = (name, label, more = {}) => ({ name, label, kind: "text", section: "general", default: "", ...more });
const number = (name, label, value, more = {}) => ({
  name, label, kind: "number", section: "schedule", default: value, minimum: 0, ...more,
});

const url = text("url", "URL", { kind: "url", required: true, placeholder: "https://example.org/" });
const http = [
  url,
  { name: "method", label: "Method", kind: "select", section: "request", default: "GET",
    choices: ["GET", "POST", "HEAD"].map((value) => ({ value, label: value })) },
  { name: "body", label: "Body", kind: "textarea", section: "request", default: "",
    shownWhen: { option: "method", values: ["POST"] } },
  { name: "headers", label: "Headers", kind: "json", section: "request", default: "" },
  { name: "accepted_statuscodes", label: "Accepted status codes", kind: "status-codes", section: "content",
    default: ["200-299"] },
  { name: "authMethod", label: "Authentication", kind: "select", section: "authentication", default: null,
    choices: [{ value: null, label: "None" }, { value: "basic", label: "Basic" }] },
  { name: "basic_auth_pass", label: "Password", kind: "password", secret: true, section: "authentication", default: "",
    shownWhen: { option: "authMethod", values: ["basic"] } },
  { name: "ignoreTls", label: "Ignore TLS errors", kind: "switch", section: "tls", default: false },
];

const type = (name, label, description, fields, group = "general", more = {}) => ({
  name, label, description, group, pushed: false, formDefaults: {}, fields, ...more,
});

export const declarations = {
  "/api/v1/monitor-types": {
    types: [
      type("http", "HTTP(s)", "Asks for a web address and looks at the status of the answer.", http),
      type("keyword", "HTTP(s) – keyword", "Looks for a text in the answer.", [
        ...http,
        text("keyword", "Keyword", { required: true, section: "content" }),
      ]),
      type("ping", "Ping", "Sends ICMP echo requests.", [text("hostname", "Hostname", { kind: "host", required: true })]),
      type("port", "TCP port", "Connects to a port.", [
        text("hostname", "Hostname", { kind: "host", required: true }),
        { name: "port", label: "Port", kind: "port", section: "general", default: null, required: true },
      ]),
      type("push", "Push", "Waits for calls.", [
        { name: "pushToken", label: "Token", kind: "token", section: "general", default: "" },
      ], "passive", { pushed: true }),
      type("group", "Group", "Holds other monitors.", []),
    ],
    common: [
      text("name", "Name", { required: true }),
      number("interval", "Interval", 60, { unit: "s", minimum: 1, required: true, help: "Time between two checks." }),
      number("maxretries", "Retries", 0),
      number("retryInterval", "Retry interval", 60, { unit: "s", minimum: 1 }),
      number("resendInterval", "Send again after", 0, { unit: "checks" }),
      { name: "description", label: "Description", kind: "textarea", section: "place", default: "" },
      { name: "upsideDown", label: "Upside down", kind: "switch", section: "advanced", default: false },
    ],
  },
  "/api/v1/notification-services": {
    services: [
      { name: "ntfy", label: "ntfy", description: "Publishes to an ntfy topic.", groups: ["push"],
        fields: [text("ntfyserverurl", "Server", { kind: "url", default: "https://ntfy.example.org", required: true }),
          text("ntfytopic", "Topic", { required: true })] },
      { name: "smtp", label: "E-mail (SMTP)", description: "Sends e-mail through your server.", groups: ["email"],
        fields: [text("smtpHost", "Host", { kind: "host", required: true }),
          { name: "smtpPort", label: "Port", kind: "port", section: "general", default: 587, required: true },
          text("smtpPassword", "Password", { kind: "password", secret: true })] },
    ],
  },
};
