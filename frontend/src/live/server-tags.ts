/** The tags of servers by name and colour, from their ids. */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from "vue";
import { may } from "../state/rights.ts";
import type { ServerRow } from "../wire/server-types.ts";
import { useResources } from "./resources.ts";

interface TagRow {
  id: number;
  name: string;
  values: { color: string };
}

export type ShownTag = readonly [name: string, value: string, colour: string];

export interface ServerTags {
  of: ComputedRef<(row: ServerRow) => ShownTag[]>;
  all: Readonly<ShallowRef<readonly TagRow[] | null>>;
}

/** Followed as long as the component lives; without the right to see tags there are none. */
export function useServerTags(): ServerTags {
  const rows = may("tags.view") ? useResources<TagRow>("tag").rows : shallowRef<readonly TagRow[] | null>([]);
  const known = computed(() => new Map((rows.value ?? []).map((tag) => [tag.id, tag])));
  const of = computed(() => {
    const tags = known.value;
    return (row: ServerRow): ShownTag[] =>
      row.tags.flatMap((id): ShownTag[] => {
        const tag = tags.get(id);
        return tag ? [[tag.name, "", tag.values.color]] : [];
      });
  });
  return { of, all: rows };
}
