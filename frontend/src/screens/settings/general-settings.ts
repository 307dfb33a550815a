/** What a person has set for the whole server. A tab changes what it shows, and leaves the rest as it is stored now. */
import { call, sentenceOf } from "../../wire/socket.ts";

export type GeneralSettings = Record<string, unknown>;

export const readSettings = async (): Promise<GeneralSettings> =>
  (await call<{ data: GeneralSettings }>("getSettings")).data;

/** Returns the server's sentence. `password` is needed to switch authentication off. */
export async function changeSettings(changes: GeneralSettings, password = ""): Promise<string> {
  return sentenceOf(await call("setSettings", { ...(await readSettings()), ...changes }, password));
}
