/** Rows found by a piece of their text: all texts in one, gone through by the browser's own search. Pure. */
interface Searchable {
  text: string; // without line breaks, which part the texts
}

export class TextIndex<T extends Searchable> {
  private readonly starts: Int32Array;
  private readonly whole: string;

  constructor(private readonly rows: readonly T[]) {
    this.starts = new Int32Array(rows.length + 1);
    let whole = "";
    rows.forEach(({ text }, index) => {
      this.starts[index] = whole.length;
      whole += (text.includes("\n") ? text.replaceAll("\n", " ") : text) + "\n";
    });
    this.starts[rows.length] = whole.length;
    this.whole = whole;
  }

  /** Those whose text has the word, in their order. */
  with(word: string): T[] {
    const found: T[] = [];
    let index = 0;
    for (let at = this.whole.indexOf(word); at >= 0; at = this.whole.indexOf(word, this.starts[index])) {
      while ((this.starts[index + 1] ?? Infinity) <= at) index += 1;
      const row = this.rows[index];
      if (row) found.push(row);
      index += 1;
      if (index >= this.rows.length) break;
    }
    return found;
  }
}
