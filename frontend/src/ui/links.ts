/** Addresses within a text, which people can follow. Pure. */

export interface Piece {
  text: string;
  href?: string;
}

// An address that is only described (`https://<your site>/…`) is none, nor is one that stands for another: nobody is
// ever at the names below `.example` (RFC 2606), and what an address looks like begins with `https://`.
const ADDRESS = /https?:\/\/(?![\w.-]*\.example(?![\w.-]*\w))[\w-]+(?:\.[\w-]+)+[^\s<>"]*/g;
const END = /[.,;:!?)]+$/; // belongs to the sentence

/** The text cut at its addresses, which are shown without what all of them begin with. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const href = found[0].replace(END, "");
    if (found.index > done) pieces.push({ text: text.slice(done, found.index) });
    pieces.push({ text: href.replace(/^https?:\/\//, ""), href });
    done = found.index + href.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

/** Whether a browser may be sent there: declarations of other packages can say anything. */
export const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text);
