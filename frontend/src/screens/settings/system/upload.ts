/** Sends a file in pieces, each small enough for the server and for a slow line. */
import { authorization } from "../../../wire/session.ts";
import { basePath, WireError } from "../../../wire/socket.ts";
import { loadSentences, translateServer } from "../../../words/server.ts";

export const PIECE_BYTES = 900_000; // the server takes a million in one request
const TRIES = 5; // of one piece, while the line is bad
const PAUSE_MS = 1000;

type Send = (offset: number, piece: Blob) => Promise<number>; // → how many bytes the server has

/** @param said hears how many bytes are there; @throws what `send` throws for a piece that never gets through */
export async function sendInPieces(
  file: Blob, send: Send, said: (received: number) => void, signal: AbortSignal, pauseMs = PAUSE_MS,
): Promise<void> {
  let offset = 0;
  let tries = 0;
  while (offset < file.size && !signal.aborted) {
    try {
      const received = await send(offset, file.slice(offset, offset + PIECE_BYTES));
      tries = received > offset ? 0 : tries + 1;
      offset = received;
      said(offset);
    } catch (error) {
      tries += 1;
      if (error instanceof WireError || tries >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    if (tries >= TRIES) throw new WireError(translateServer("noAnswer"));
  }
}

/** To the upload `id` of an import or a restore. A refusal is a WireError; a line that breaks is not. */
export const toServer = (what: "import" | "restore", id: string): Send => async (offset, piece) => {
  const response = await fetch(`${basePath}/api/v1/${what}?id=${encodeURIComponent(id)}&offset=${offset}`, {
    method: "PUT",
    headers: { ...authorization(), "Content-Type": "application/octet-stream" },
    body: piece,
  });
  if (!response.ok) await loadSentences();
  const answer = (await response.json()) as { received?: number; error?: string; errors?: string[] };
  if (!response.ok) throw new WireError(translateServer(answer.error ?? answer.errors?.[0] ?? "unknownError"));
  return answer.received ?? 0;
};
