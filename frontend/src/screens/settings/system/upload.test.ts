import { describe, expect, it, vi } from "vitest";
import { WireError } from "../../../wire/socket.ts";
import { PIECE_BYTES, sendInPieces } from "./upload.ts";

const file = (bytes: number) => new Blob([new Uint8Array(bytes)]);
const never = new AbortController().signal;

describe("an upload in pieces", () => {
  it("sends all of it, and goes on where the server is", async () => {
    const offsets: number[] = [];
    const said = vi.fn();
    const send = (offset: number, piece: Blob) => {
      offsets.push(offset);
      return Promise.resolve(offset + piece.size);
    };
    await sendInPieces(file(2 * PIECE_BYTES + 7), send, said, never);
    expect(offsets).toEqual([0, PIECE_BYTES, 2 * PIECE_BYTES]);
    expect(said).toHaveBeenLastCalledWith(2 * PIECE_BYTES + 7);
  });

  it("tries again while the line is bad", async () => {
    let broken = 3;
    const send = (offset: number, piece: Blob) =>
      broken-- > 0 ? Promise.reject(new TypeError("failed")) : Promise.resolve(offset + piece.size);
    await sendInPieces(file(10), send, vi.fn(), never, 0);
    expect(broken).toBe(-1);
  });

  it("gives up in the end, and at once where it is refused", async () => {
    const broken = vi.fn(() => Promise.reject(new TypeError("failed")));
    await expect(sendInPieces(file(10), broken, vi.fn(), never, 0)).rejects.toThrow("failed");
    expect(broken).toHaveBeenCalledTimes(5);
    const refused = vi.fn(() => Promise.reject(new WireError("No.")));
    await expect(sendInPieces(file(10), refused, vi.fn(), never, 0)).rejects.toThrow("No.");
    expect(refused).toHaveBeenCalledTimes(1);
    const deaf = vi.fn(() => Promise.resolve(0));
    await expect(sendInPieces(file(10), deaf, vi.fn(), never, 0)).rejects.toThrow();
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const send = vi.fn((offset: number, piece: Blob) => {
      stop.abort();
      return Promise.resolve(offset + piece.size);
    });
    await sendInPieces(file(3 * PIECE_BYTES), send, vi.fn(), stop.signal);
    expect(send).toHaveBeenCalledTimes(1);
  });
});
