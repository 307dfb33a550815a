/** Undo and redo: the states something had, none of them ever changed. Pure. */

const MERGE_MS = 1000; // what is typed into one field without such a pause is one step
const MOST = 200; // steps back

export class EditHistory<T> {
  private past: T[] = [];
  private future: T[] = [];
  private kind = "";
  private changed = -Infinity;

  constructor(public present: T) {}

  get undoes(): boolean {
    return this.past.length > 0;
  }

  get redoes(): boolean {
    return this.future.length > 0;
  }

  /** @param kind what is typed into: changes of one kind that follow each other are one step; "": a step of its own */
  set(next: T, kind: string, now: number): void {
    const merges = kind !== "" && kind === this.kind && now - this.changed < MERGE_MS;
    if (!merges) this.past = [...this.past.slice(1 - MOST), this.present];
    this.present = next;
    this.future = [];
    this.kind = kind;
    this.changed = now;
  }

  /** What is now, as somebody else knows it: no step. */
  replace(next: T): void {
    this.present = next;
    this.kind = "";
  }

  undo(): void {
    const before = this.past.pop();
    if (before === undefined) return;
    this.future.push(this.present);
    this.present = before;
    this.kind = "";
  }

  redo(): void {
    const after = this.future.pop();
    if (after === undefined) return;
    this.past.push(this.present);
    this.present = after;
    this.kind = "";
  }
}
