/**
 * Why a check failed, in words for people: the one place that reads the texts of beats, which are those of Uptime Kuma's
 * runtime. The first line that fits counts.
 */
import { t } from "../words/index.ts";
import { translateServer } from "../words/server.ts";
import type { Status } from "../words/status.ts";

const CAUSES = [
  ["silence", /^No heartbeat in the time window/],
  ["membersPending", /^Pending child monitors?: /],
  ["members", /^Child monitors? |^Child inaccessible/],
  ["proxy", /proxy (connection|rejected)|Socks5/i],
  ["expired", /certificate has expired|CERT_HAS_EXPIRED|alert certificate expired/i],
  ["early", /certificate is not yet valid|CERT_NOT_YET_VALID/i],
  ["otherName", /does not match certificate's altnames|ERR_TLS_CERT_ALTNAME_INVALID/],
  ["selfSigned", /self[- ]signed certificate/i],
  ["untrusted", /unable to (get|verify) .*certificate|certificate (not trusted|rejected|revoked|signature failure)/i],
  ["untrusted", /certificate chain too long|invalid CA certificate/i],
  ["tls", /SSL routines|EPROTO|before secure TLS connection|TLS alert|The server offers no TLS|STARTTLS failed/i],
  ["name", /getaddrinfo|ENOTFOUND|EAI_AGAIN|ENODATA|ESERVFAIL|NXDOMAIN|No addresses found|Name or service not known/i],
  ["refused", /ECONNREFUSED|Connection refused/i],
  ["unreachable", /EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|(Host|Net|Network|Port)( is)? unreachable|No route to/i],
  ["login", /Log-?in failed|authentication failed|Access denied|Bind failed|Access-Reject|status code 401|^401 - /i],
  ["timeout", /ETIMEDOUT|ETIMEOUT|time-?out|timed out|No message received|100% packet loss|Request timed out/i],
  ["reset", /ECONNRESET|EPIPE|ECONNABORTED|socket hang up|response stream aborted|Closed connection|connection .* closed/i],
  ["redirects", /Maximum number of redirects exceeded/],
  ["notFound", /status code (404|410)|^(404|410) - /],
  ["tooMany", /status code 429|^429 - /],
  ["serverError", /status code 5\d\d|^5\d\d - /],
  ["status", /status code \d{3}/],
  ["keywordFound", /but keyword is (present )?in /],
  ["keyword", /but keyword is not in |keyword .*not found/i],
  ["value", /query does not pass|not equal to expected value|did not meet the specified|Conditions not met/i],
  ["value", /Message Mismatch|Queried value not found/i],
  ["unknownAnswer", /Parse Error|Unexpected (answer|response)|Invalid message size|is no message of|HPE_/i],
  ["container", /^Container |PM2 process/],
  ["noConnection", /^Connection failed/],
] as const satisfies readonly (readonly [string, RegExp])[];

/** Null for a text that speaks for itself, or is not known here. */
export function causeOf(msg: string): string | null {
  const found = CAUSES.find(([, text]) => text.test(msg));
  return found ? t(`failure.${found[0]}`) : null;
}

export interface Said {
  cause: string | null; // for people
  text: string; // what the check said, ours in the language of the reader
}

/** The words of a beat as every screen shows them: the cause first, the text of the check behind it. */
export function saidOf(status: Status, msg: string): Said {
  const text = translateServer(msg);
  const cause = status === "down" || status === "pending" ? causeOf(msg) : null;
  return { cause: cause?.toLowerCase() === text.toLowerCase() ? null : cause, text };
}
