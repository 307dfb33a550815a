/** A form whose words are posted at once: what is missing is said, what is refused is shown. */
import { shallowRef } from "vue";

export function usePosting(complete: () => boolean, send: () => Promise<void>) {
  const tried = shallowRef(false);
  const busy = shallowRef(false);
  const refused = shallowRef("");

  async function post(): Promise<void> {
    tried.value = true;
    refused.value = "";
    if (!complete()) return;
    busy.value = true;
    try {
      await send();
    } catch (error) {
      refused.value = (error as Error).message;
    } finally {
      busy.value = false;
    }
  }
  return { tried, busy, refused, post };
}
