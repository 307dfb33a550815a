import { effectScope } from "vue";
import { expect, it, vi } from "vitest";
import { servers } from "../../state/servers.ts";
import { useServer } from "./use-server.ts";

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock("../../wire/socket.ts", () => ({ call, onPush: () => () => undefined, WireError: Error }));
vi.mock("../../live/updates.ts", () => ({ onRefresh: () => () => undefined }));

it("a server is gone when all are known and it is not among them", () => {
  call.mockResolvedValue({});
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const scope = effectScope();
  const { gone, row } = scope.run(() => useServer("a")) as ReturnType<typeof useServer>;
  expect(gone.value).toBe(false);
  servers.load({ columns: ["uuid", "name", "alerts"], rows: [["a", "one", []]] } as never);
  expect([gone.value, row.value?.name]).toEqual([false, "one"]);
  servers.change({ rows: [], deleted: ["a"] });
  expect(gone.value).toBe(true);
  scope.stop();
});
