import { expect, it } from "vitest";
import { isLoopback } from "./loopback-address.ts";

it("knows which addresses no other machine can reach", () => {
  for (const host of ["localhost", "kuma.localhost", "127.0.0.1", "127.3.2.1", "[::1]"]) {
    expect(isLoopback(`http://${host}:3001/kuma`)).toBe(true);
  }
  for (const address of ["", "kuma", "https://status.example.org", "http://10.0.0.1:3001", "http://127.example.org"]) {
    expect(isLoopback(address)).toBe(false);
  }
});
