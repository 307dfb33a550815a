/**
 * Parts of a screen that are read from the server before they have their height. A screen shows them together, once all
 * have answered, so that none pushes down what somebody already reads.
 */
import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from "vue";

type Hold = (reading: Promise<unknown>) => void;

const HOLD: InjectionKey<Hold> = Symbol("read first");
const LONGEST_MS = 3000; // what takes longer is shown as it is

/** How many parts below this component are still read; called in its set-up. */
export function holdParts(): Readonly<ShallowRef<number>> {
  const reading = shallowRef(0);
  provide(HOLD, (part) => {
    reading.value += 1;
    const longest = new Promise((resolve) => window.setTimeout(resolve, LONGEST_MS));
    void Promise.race([part.catch(() => undefined), longest]).then(() => (reading.value -= 1));
  });
  return reading;
}

/** Called in the set-up of a part, with its first reading. */
export function readFirst(part: Promise<unknown>): void {
  inject(HOLD, null)?.(part);
}
