/** What a form of settings does: it shows what is stored once it was read, and stores what was chosen. */
import { shallowRef, type ShallowRef } from "vue";
import { readFirst } from "../../ui/read-first.ts";
import { toast } from "../../ui/toast.ts";
import type { WireError } from "../../wire/socket.ts";
import { changeSettings, readSettings, type GeneralSettings } from "./general-settings.ts";

export interface StoredForm {
  ready: ShallowRef<boolean>;
  busy: ShallowRef<boolean>;
  problem: ShallowRef<string>; // of the whole form
  refused: ShallowRef<{ field: string; message: string } | null>; // where the server names a setting
  save: (changes: GeneralSettings) => Promise<void>;
}

/** @param take puts what is stored into the form; it is called again with what was saved */
export function storedForm(take: (stored: GeneralSettings) => void): StoredForm {
  const ready = shallowRef(false);
  const busy = shallowRef(false);
  const problem = shallowRef("");
  const refused = shallowRef<{ field: string; message: string } | null>(null);

  async function attempt(work: () => Promise<void>): Promise<void> {
    problem.value = "";
    refused.value = null;
    try {
      await work();
    } catch (error) {
      const { field, message } = error as WireError;
      if (field) refused.value = { field, message };
      else problem.value = message;
    }
  }

  async function load(): Promise<void> {
    take(await readSettings());
    ready.value = true;
  }

  async function save(changes: GeneralSettings): Promise<void> {
    busy.value = true;
    await attempt(async () => {
      const said = await changeSettings(changes);
      await load();
      toast(said);
    });
    busy.value = false;
  }

  readFirst(attempt(load));
  return { ready, busy, problem, refused, save };
}
