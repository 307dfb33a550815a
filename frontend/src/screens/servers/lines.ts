/** What the list of servers shows: the view, which lives in the address, and the lines it makes. */
import { computed, onBeforeUnmount, shallowRef, watch, type ComputedRef, type ShallowRef } from "vue";
import { useRoute, useRouter, type LocationQueryRaw } from "vue-router";
import { servers } from "../../state/servers.ts";
import { arranged, byName, isLive, queryOfView, viewFromQuery, type View } from "./order.ts";

const SETTLE_MS = 1000; // a list ordered by live values must not jump faster than one can read

/** The server the keyboard is at, or that was opened last. */
export const cursor = shallowRef<string | null>(null);

/** How the list was left: what its address said, and how far it was scrolled. */
export const left = shallowRef<{ query: LocationQueryRaw; top: number }>({ query: {}, top: 0 });
/** Set by whoever leads back to the list: it shall be as it was left. */
export const returning = shallowRef(false);

export interface Lines {
  view: ShallowRef<View>;
  lines: ComputedRef<readonly string[]>; // uuids
  show: (change: Partial<View>) => Promise<void>;
}

export function useLines(): Lines {
  const route = useRoute();
  const router = useRouter();
  const view = shallowRef<View>(viewFromQuery(route.query));
  const settled = shallowRef(0);
  let settling = 0;

  const named = computed(() => {
    void servers.structure.value;
    return byName(servers.rows);
  });
  const lines = computed(() => {
    void settled.value;
    return arranged(servers.rows, named.value, view.value);
  });

  watch(servers.version, () => {
    if (settling || !isLive(view.value)) return;
    settling = window.setTimeout(() => {
      settling = 0;
      settled.value += 1;
    }, SETTLE_MS);
  });
  onBeforeUnmount(() => window.clearTimeout(settling));

  watch(() => route.query, (query) => {
    if (route.name === "servers") view.value = viewFromQuery(query);
  });

  async function show(change: Partial<View>): Promise<void> {
    view.value = { ...view.value, ...change };
    await router.replace({ query: queryOfView(view.value, route.query) });
  }

  return { view, lines, show };
}
