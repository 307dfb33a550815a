/** The chain of a certificate as a list, from the server's own to the root. Pure. */
import type { CertificateInfo } from "../wire/types.ts";

export interface Link {
  key: string;
  subject: string;
  issuer: string;
  validTo: number | null; // milliseconds since 1970
}

const LONGEST_CHAIN = 10; // real ones have two to four links

const nameIn = (parts: Record<string, string> | undefined): string => parts?.CN ?? parts?.O ?? "–";

export function chainOf(info: CertificateInfo | null | undefined): Link[] {
  const links: Link[] = [];
  let current = info;
  while (current && links.length < LONGEST_CHAIN) {
    const end = Date.parse(current.validTo ?? current.valid_to ?? "");
    links.push({
      key: `${links.length}-${current.fingerprint256 ?? ""}`,
      subject: nameIn(current.subject),
      issuer: nameIn(current.issuer),
      validTo: Number.isNaN(end) ? null : end,
    });
    current = current.issuerCertificate;
  }
  return links;
}
