/** Ids behind switches: a switch shows its new place at once, and the old one again when the change failed. */
import { nextTick, type ShallowRef } from "vue";

export const withId = (ids: readonly number[], id: number, on: boolean): readonly number[] =>
  on ? [...ids.filter((one) => one !== id), id] : ids.filter((one) => one !== id);

/** @param change is told the ids as they shall be, and resolves to whether they are */
export async function switchId(
  held: ShallowRef<readonly number[]>,
  id: number,
  on: boolean,
  change: (ids: readonly number[]) => Promise<boolean>,
): Promise<boolean> {
  held.value = withId(held.value, id, on);
  const did = await change(held.value);
  if (did) return true;
  await nextTick(); // a value that went there and back unseen would leave the checkbox where it was clicked to
  held.value = withId(held.value, id, !on); // others may have been switched meanwhile
  return false;
}
