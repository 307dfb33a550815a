/** What the list of servers shows: the view, which lives in the address, and the servers in it. */
import { computed, onBeforeUnmount, shallowRef, watch, type ComputedRef, type ShallowRef } from "vue";
import { useRoute, useRouter } from "vue-router";
import {
  arranged, byName, byTag, isLive, queryOfView, viewFromQuery, type Group, type TagNames, type View,
} from "../../state/server-filters.ts";
import { servers } from "../../state/servers.ts";

const SETTLE_MS = 1000; // a list ordered by live values must not jump faster than one can read

export interface ServerList {
  view: ShallowRef<View>;
  groups: ComputedRef<readonly Group[]>; // one, where they are not grouped
  uuids: ComputedRef<readonly string[]>; // in their order; a server may stand in several groups
  show: (change: Partial<View>) => Promise<void>;
}

/** @param tagsOf the names of a server's tags */
export function useServerList(tagsOf: TagNames): ServerList {
  const route = useRoute();
  const router = useRouter();
  const view = shallowRef<View>(viewFromQuery(route.query));
  const settled = shallowRef(0);
  let settling = 0;

  const named = computed(() => {
    void servers.structure.value;
    return byName(servers.rows);
  });
  const groups = computed(() => {
    void settled.value;
    const found = arranged(servers.rows, named.value, view.value, tagsOf);
    return view.value.grouped ? byTag(servers.rows, found, tagsOf) : [{ tag: null, uuids: found }];
  });
  const uuids = computed(() => groups.value.flatMap((group) => group.uuids));

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

  return { view, groups, uuids, show };
}
