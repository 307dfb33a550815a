/** Against the declarations of the server: tests/monitors/doors/test_form.py hands them over. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { MonitorTypes } from "../../../wire/types.ts";
import { isComplete, recognised } from "../recognise.ts";
import { typeOf } from "../form-values.ts";

const file = process.env.MONITOR_TYPES;
const types = (file ? JSON.parse(readFileSync(file, "utf8")) : { types: [], common: [] }) as MonitorTypes;
const string = "databaseConnectionString";

const TABLE: [line: string, type: string, values: Record<string, unknown>, also?: string[]][] = [
  ["https://shop.example/cart?x=1#y", "http", { url: "https://shop.example/cart?x=1#y", name: "shop.example" }],
  ["  HTTP://Shop.example:8080 ", "http", { url: "http://Shop.example:8080", name: "Shop.example:8080" }],
  ["https://ann:p%40ss@shop.example/", "http", {
    url: "https://shop.example/", name: "shop.example", authMethod: "basic", basic_auth_user: "ann",
    basic_auth_pass: "p@ss",
  }],
  ["shop.example", "http", { url: "https://shop.example/", name: "shop.example" }, ["ping", "dns", "domain"]],
  ["shop.example/health?deep", "http", { url: "https://shop.example/health?deep", name: "shop.example" }],
  ["shop.example:443", "http", { url: "https://shop.example:443/", name: "shop.example" }, ["port", "tls"]],
  ["nas:8080", "http", { url: "http://nas:8080/", name: "nas:8080" }, ["port"]],
  ["münchen.example", "http", { url: "https://münchen.example/", name: "münchen.example" }],
  ["nas", "ping", { hostname: "nas", name: "nas" }, ["http"]],
  ["192.0.2.7", "ping", { hostname: "192.0.2.7", name: "192.0.2.7" }, ["http"]],
  ["2001:db8::7", "ping", { hostname: "2001:db8::7", name: "2001:db8::7" }],
  ["[2001:db8::7]:22", "ssh", { hostname: "2001:db8::7", port: 22, name: "2001:db8::7" }, ["port"]],
  ["ping nas", "ping", { hostname: "nas", name: "nas" }],
  ["$ ping -c 3 192.0.2.7", "ping", { hostname: "192.0.2.7", name: "192.0.2.7" }],
  ["db.example:5432", "port", { hostname: "db.example", port: 5432, name: "db.example:5432" }, ["postgres"]],
  ["db:3306", "port", { hostname: "db", port: 3306, name: "db:3306" }, ["mysql"]],
  ["192.0.2.7:1883", "port", { hostname: "192.0.2.7", port: 1883, name: "192.0.2.7:1883" }, ["mqtt"]],
  ["tcp://db:9999", "port", { hostname: "db", port: 9999, name: "db:9999" }],
  ["nc -zv db 5432", "port", { hostname: "db", port: 5432, name: "db:5432" }],
  ["telnet mail.example 2525", "port", { hostname: "mail.example", port: 2525, name: "mail.example:2525" }],
  ["udp://log:514", "udp", { hostname: "log", port: 514, name: "log:514" }],
  ["ssh -p 2222 ann@box", "ssh", { hostname: "box", port: 2222, name: "box:2222" }],
  ["ssh box", "ssh", { hostname: "box", name: "box" }],
  ["ssh://box", "ssh", { hostname: "box", port: 22, name: "box" }],
  ["smtp://mail.example", "smtp", { hostname: "mail.example", port: 25, name: "mail.example" }],
  ["smtps://mail.example", "smtp", { hostname: "mail.example", port: 465, smtpSecurity: "secure", name: "mail.example" }],
  ["mail.example:993", "imap", { hostname: "mail.example", port: 993, smtpSecurity: "secure", name: "mail.example" }],
  ["imap://ann:pw@mail.example", "imap", {
    hostname: "mail.example", port: 143, name: "mail.example", basic_auth_user: "ann", basic_auth_pass: "pw",
  }],
  ["pop3s://mail.example", "pop3", { hostname: "mail.example", port: 995, smtpSecurity: "secure", name: "mail.example" }],
  ["ldaps://dir.example", "ldap", { hostname: "dir.example", port: 636, smtpSecurity: "secure", name: "dir.example" }],
  ["ntp://time.example", "ntp", { hostname: "time.example", port: 123, name: "time.example" }],
  ["snmp://switch", "snmp", { hostname: "switch", port: 161, name: "switch" }],
  ["sip://pbx.example", "sip-options", { hostname: "pbx.example", port: 5060, name: "pbx.example" }],
  ["minecraft://play.example", "gamedig", { game: "minecraft", hostname: "play.example", port: 25565, name: "play.example" }],
  ["steam://play.example:27016", "steam", { hostname: "play.example", port: 27016, name: "play.example:27016" }],
  ["tls://shop.example", "tls", { hostname: "shop.example", port: 443, name: "shop.example" }],
  ["wss://chat.example/live", "websocket-upgrade", { url: "wss://chat.example/live", name: "chat.example" }],
  ["dig shop.example", "dns", { hostname: "shop.example", name: "shop.example" }],
  ["whois shop.example", "domain", { hostname: "shop.example", name: "shop.example" }],
  ["tailscale ping laptop", "tailscale-ping", { hostname: "laptop", name: "laptop" }],
  ["systemctl status nginx.service", "system-service", { system_service_name: "nginx.service", name: "nginx.service" }],
  ["pm2 show api", "pm2", { system_service_name: "api", name: "api" }],
  ["postgres://ann:pw@db.example/shop", "postgres", { [string]: "postgres://ann:pw@db.example/shop", name: "db.example" }],
  ["postgresql://ann@db.example:6000/shop", "postgres", {
    [string]: "postgresql://ann@db.example:6000/shop", name: "db.example:6000",
  }],
  ["mysql://ann:pw@db/shop", "mysql", { [string]: "mysql://ann:pw@db/shop", name: "db" }],
  ["mongodb+srv://ann:pw@c.example/?w=1", "mongodb", { [string]: "mongodb+srv://ann:pw@c.example/?w=1", name: "c.example" }],
  ["mongodb://a:1,b:2/x", "mongodb", { [string]: "mongodb://a:1,b:2/x", name: "a:1" }],
  ["rediss://:pw@cache:6380/1", "redis", { [string]: "rediss://:pw@cache:6380/1", name: "cache:6380" }],
  ["Server=db,1433;User Id=sa;Password=x", "sqlserver", { [string]: "Server=db,1433;User Id=sa;Password=x" }],
  ["mqtt://ann:pw@broker/home/door", "mqtt", {
    hostname: "mqtt://broker", port: 1883, name: "broker", mqttUsername: "ann", mqttPassword: "pw",
    mqttTopic: "home/door",
  }],
  ["mqtts://broker.example", "mqtt", { hostname: "mqtts://broker.example", port: 8883, name: "broker.example" }],
  ["docker run -d --name web -p 80:80 nginx", "docker", { docker_container: "web", name: "web" }],
  ["docker run --name=web nginx:1", "docker", { docker_container: "web", name: "web" }],
  ["docker run nginx", "docker", { docker_container: "" }],
  ["docker logs -f web", "docker", { docker_container: "web", name: "web" }],
];

describe.skipIf(!file)("recognised", () => {
  it.each(TABLE)("%s is %s", (line, type, values, also = []) => {
    const found = recognised(line, types);
    expect(found[0]).toEqual({ type, values });
    expect(found.map((guess) => guess.type)).toEqual(expect.arrayContaining(also));
  });

  it.each(["", "  ", "two words", "gopher://old.example", "https://", "host:99999", "dig @1.1.1.1 shop.example", "a b:80",
    "12345", "https://a b", "..", "-x"])("%j is nothing", (line) => {
    expect(recognised(line, types)).toEqual([]);
  });

  it("means every type by each of its schemes and commands", () => {
    for (const type of types.types) {
      for (const { scheme, command, flag, prefix } of type.notations ?? []) {
        const target = flag ? `${flag} x.example` : "x.example";
        const ways = [scheme && `${scheme}://x.example:77`, command && `${command} ${target}`, prefix && `${prefix}x`];
        for (const way of ways) if (way) expect([way, recognised(way, types)[0]?.type]).toEqual([way, type.name]);
      }
    }
  });

  it("says what a person has to add", () => {
    const missing = (line: string): boolean => {
      const [guess] = recognised(line, types);
      const type = typeOf(types, guess?.type ?? "");
      return guess !== undefined && type !== undefined && !isComplete(types, type, guess.values);
    };
    expect(["https://a.example", "mqtt://a", "mqtt://a/topic", "docker run x"].map(missing)).toEqual([false, true, false, true]);
  });
});
