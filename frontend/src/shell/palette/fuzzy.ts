/** How well a text fits what was typed. Pure. */

const WORD = 8; // a letter that begins a word
const NEXT = 5; // one right after the last that was found
const GAP = 1; // every letter that is passed over, up to MOST_GAP
const MOST_GAP = 6;
const WHOLE = 40; // all that was typed stands there as it is
const START = 20; // and at the beginning

const begins = (text: string, at: number): boolean => at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? "");

function scoreOfWord(word: string, text: string): number | null {
  const whole = text.indexOf(word);
  if (whole >= 0) {
    const at = begins(text, whole) ? whole : atWord(word, text, whole);
    return WHOLE + word.length * NEXT + (at === 0 ? START : begins(text, at) ? WORD : 0);
  }
  let score = 0;
  let last = -1;
  for (const letter of word) {
    const at = text.indexOf(letter, last + 1);
    if (at < 0) return null;
    if (last >= 0 && at === last + 1) score += NEXT;
    else if (begins(text, at)) score += WORD;
    else score -= Math.min(MOST_GAP, at - last - 1) * GAP;
    last = at;
  }
  return score;
}

/** Where it begins a word, if it does anywhere. */
function atWord(word: string, text: string, first: number): number {
  for (let at = first; at >= 0; at = text.indexOf(word, at + 1)) if (begins(text, at)) return at;
  return first;
}

/**
 * Every word must be there: as it is, or by its letters in their order. More is better; null: it does not fit.
 * @param words in lower case, without accents, as the text
 */
export function scoreOf(words: readonly string[], text: string): number | null {
  let score = -text.length / 100; // of two that fit equally, the shorter one
  for (const word of words) {
    const own = scoreOfWord(word, text);
    if (own === null) return null;
    score += own;
  }
  return score;
}

export interface Findable {
  text: string; // in lower case, without accents
}

/** The best `most` of them, best first; of equals the first one. */
export function best<T extends Findable>(items: Iterable<T>, words: readonly string[], most: number): T[] {
  const found: { item: T; score: number }[] = [];
  for (const item of items) {
    const score = scoreOf(words, item.text);
    if (score !== null) found.push({ item, score });
  }
  return found.sort((a, b) => b.score - a.score).slice(0, most).map(({ item }) => item);
}
