import { describe, expect, it } from "vitest";
import { causeOf, saidOf } from "./cause.ts";

describe("the cause of a failure", () => {
  it.each([
    ["getaddrinfo ENOTFOUND nowhere.example", "Name could not be resolved"],
    ["getaddrinfo EAI_AGAIN nowhere.example", "Name could not be resolved"],
    ["queryA ESERVFAIL example.org", "Name could not be resolved"],
    ["connect ECONNREFUSED 127.0.0.1:41101", "Connection refused"],
    ["connect EHOSTUNREACH 10.0.0.9:80", "Host unreachable"],
    ["connect ETIMEDOUT 10.0.0.9:80", "No answer in time"],
    ["timeout of 48000ms exceeded", "No answer in time"],
    ["PING host (10.0.0.9): 3 packets transmitted, 0 received, 100% packet loss", "No answer in time"],
    [
      "PING host (10.0.0.9): 3 packets transmitted, 0 received, 100% packet loss (Destination Host Unreachable)",
      "Host unreachable",
    ],
    ["read ECONNRESET", "Connection broke off"],
    ["socket hang up", "Connection broke off"],
    ["certificate has expired", "Certificate expired"],
    ["certificate is not yet valid", "Certificate not valid yet"],
    ["self-signed certificate in certificate chain", "Self-signed certificate"],
    ["unable to verify the first certificate", "Certificate not trusted"],
    ["unable to get local issuer certificate", "Certificate not trusted"],
    [
      "Hostname/IP does not match certificate's altnames: Host: a.example. is not in the cert's altnames: DNS:b.example",
      "Certificate of another host",
    ],
    ["write EPROTO SSL routines::wrong version number", "TLS failed"],
    ["Client network socket disconnected before secure TLS connection was established", "TLS failed"],
    ["Request failed with status code 503", "Server error"],
    ["Request failed with status code 404", "Page not found"],
    ["Request failed with status code 401", "Log-in refused"],
    ["Request failed with status code 429", "Too many requests"],
    ["Request failed with status code 302", "Unexpected status code"],
    ["Maximum number of redirects exceeded", "Too many redirects"],
    ["200 - OK, but keyword is not in [<html>]", "Keyword not found"],
    ["200 - OK, but keyword is present in [<html>]", "Unwanted keyword found"],
    ["Socks5 proxy rejected connection - Failure", "The proxy failed"],
    ["Parse Error: Expected HTTP/", "Answer not understood"],
    ["No heartbeat in the time window", "No push came in time"],
    ["Child monitors down: web", "A monitor of the group is down"],
    ["Log-in failed: no such user", "Log-in refused"],
    ["Container State is exited", "Not running"],
    ["Connection failed", "No connection"],
  ])("of “%s” is “%s”", (msg, cause) => expect(causeOf(msg)).toBe(cause));

  it.each(["", "200 - OK", "somebody pulled the plug", "fine"])("of “%s” is not guessed", (msg) =>
    expect(causeOf(msg)).toBeNull());
});

describe("what a beat says", () => {
  const REFUSED = "connect ECONNREFUSED 127.0.0.1:41101";

  it("is the cause and the text of the check, where something is wrong", () => {
    const both = { cause: "Connection refused", text: REFUSED };
    expect([saidOf("down", REFUSED), saidOf("pending", REFUSED)]).toEqual([both, both]);
    expect(saidOf("up", REFUSED)).toEqual({ cause: null, text: REFUSED }); // upside down
  });

  it("is not said twice", () => {
    expect(saidOf("down", "Connection refused")).toEqual({ cause: null, text: "Connection refused" });
  });
});
