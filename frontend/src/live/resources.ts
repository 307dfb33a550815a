/** All things of one kind with what can be chosen for each, as long as a component shows them. */
import { onBeforeUnmount, shallowRef, type ShallowRef } from "vue";
import { readFirst } from "../ui/read-first.ts";
import { call, onPush } from "../wire/socket.ts";
import { onRefresh } from "./updates.ts";

export interface Resources<Row> {
  rows: ShallowRef<readonly Row[] | null>; // null until the server has answered
  problem: ShallowRef<string>; // why it has not
  load: () => Promise<void>;
}

export function useResources<Row>(kind: string): Resources<Row> {
  const rows = shallowRef<readonly Row[] | null>(null);
  const problem = shallowRef("");
  async function load(): Promise<void> {
    try {
      rows.value = (await call<{ resources: Row[] }>("resources", kind)).resources;
      problem.value = "";
    } catch (error) {
      if (!rows.value) problem.value = (error as Error).message;
    }
  }
  const stops = [
    onPush<{ kind: string }>("resourcesChanged", (message) => message.kind === kind && void load()),
    onRefresh(() => void load()),
  ];
  onBeforeUnmount(() => stops.forEach((stop) => stop()));
  readFirst(load());
  return { rows, problem, load };
}
