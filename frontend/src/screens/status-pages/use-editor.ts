/** One page that is edited: what it was, what it is now, what the server says of it, saving, and others who save. */
import { computed, onBeforeUnmount, shallowRef, triggerRef, watch } from "vue";
import { useRouter } from "vue-router";
import { ask } from "../../ui/confirm.ts";
import { toast } from "../../ui/toast.ts";
import type { PageConfig, PageDraft, PageVersion, StatusPageAck, WrittenIncident } from "../../wire/status-page-types.ts";
import { basePath, call, onPush, WireError } from "../../wire/socket.ts";
import { t } from "../../words/index.ts";
import { received, same, sent, type Draft } from "./draft.ts";
import { EditHistory } from "./edit-history.ts";

const LOOK_MS = 250; // without a key pressed, before the server is asked how it looks

export interface Refusal {
  field: string; // "": of none
  text: string;
}

/** What the preview shows. */
export interface Shown {
  path: string;
  draft: Draft;
}

export type Editor = ReturnType<typeof useEditor>;

export function useEditor(slug: string) {
  const router = useRouter();
  const history = shallowRef<EditHistory<Draft> | null>(null);
  const stored = shallowRef<Draft | null>(null);
  const incident = shallowRef<WrittenIncident | null>(null); // one that is being written
  const shown = shallowRef<Shown | null>(null);
  const refusal = shallowRef<Refusal | null>(null);
  const problem = shallowRef("");
  const meanwhile = shallowRef(""); // who has saved it, as a sentence
  const busy = shallowRef(false);
  const saves = shallowRef(0);
  let address = slug; // it may change with a save
  let id = 0;
  let version: number | null = null;
  let known: ReadonlySet<number> = new Set();

  const draft = computed(() => history.value?.present ?? null);
  const dirty = computed(() => !!draft.value && !!stored.value && !same(draft.value, stored.value));
  const errorOf = (field: string): string => (refusal.value?.field === field ? refusal.value.text : "");

  function take(found: StatusPageAck): Draft {
    id = found.id;
    version = found.version;
    known = new Set(found.draft.groups.flatMap((group) => group.id ?? []));
    return received(found.draft, draft.value ?? undefined);
  }

  /** The page as it is stored, in the place of what is here. */
  async function load(): Promise<void> {
    try {
      const fresh = take(await call<StatusPageAck>("statusPage", address));
      stored.value = fresh;
      if (history.value) history.value.replace(fresh);
      else history.value = new EditHistory(fresh);
      triggerRef(history);
      problem.value = "";
      meanwhile.value = "";
    } catch (error) {
      if (!history.value) problem.value = (error as Error).message;
    }
  }

  function set(next: Draft | null, kind = ""): void {
    if (!next || !history.value) return;
    history.value.set(next, kind, performance.now());
    triggerRef(history);
  }

  function setConfig(change: Partial<PageConfig>): void {
    if (draft.value) set({ ...draft.value, config: { ...draft.value.config, ...change } }, Object.keys(change).join());
  }

  function step(way: "undo" | "redo"): void {
    history.value?.[way]();
    triggerRef(history);
  }

  // --- Looking ---

  let timer = 0;
  let asked = 0;

  async function look(): Promise<void> {
    const present = draft.value;
    if (!present) return;
    const turn = (asked += 1);
    const extra = incident.value ? { incident: incident.value } : {};
    try {
      const { path } = await call<{ path: string }>("previewStatusPage", address, { ...sent(present, known), ...extra });
      if (turn !== asked) return; // something was typed meanwhile
      refusal.value = null;
      shown.value = { path: basePath + path, draft: present };
    } catch (error) {
      if (turn === asked) refuse(error);
    }
  }

  function refuse(error: unknown): void {
    const { field, message } = error as WireError;
    refusal.value = { field: field ?? "", text: message };
  }

  watch([draft, incident], ([, written], [before]) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void look(), before || written ? LOOK_MS : 0);
  });

  // --- Saving ---

  async function put(wanted: PageDraft, sentence: string): Promise<boolean> {
    busy.value = true;
    try {
      const reply = await call<{ slug: string; version: number }>("putStatusPage", address, wanted, version);
      const moved = reply.slug !== address;
      address = reply.slug;
      version = reply.version;
      refusal.value = null;
      await load();
      saves.value += 1;
      toast(sentence, "success", { label: t("pages.undoSave"), run: () => void undoSave() });
      if (moved) await router.replace({ name: "page-edit", params: { slug: address } });
      return true;
    } catch (error) {
      if ((error as WireError).reason === "conflict") meanwhile.value = (error as Error).message;
      else refuse(error);
      return false;
    } finally {
      busy.value = false;
    }
  }

  const save = async (): Promise<boolean> => !!draft.value && put(sent(draft.value, known), t("pages.savedNow"));

  /** What was before the last save, unless somebody else has saved the page since. */
  async function undoSave(): Promise<void> {
    try {
      const { versions } = await call<{ versions: PageVersion[] }>("statusPageVersions", address);
      const [latest, before] = versions;
      if (!before || latest?.id !== version) throw new Error(t("pages.nothingToUndo"));
      await put(await versionDraft(before.id), t("pages.undone"));
    } catch (error) {
      toast((error as Error).message, "error");
    }
  }

  const versionDraft = async (number: number): Promise<PageDraft> =>
    (await call<{ draft: PageDraft }>("statusPageVersion", address, number)).draft;

  /** A version as the draft: it is looked at, and stored only by a save. */
  async function openVersion(number: number): Promise<void> {
    try {
      const old = await versionDraft(number);
      set(received(old, draft.value ?? undefined));
    } catch (error) {
      toast((error as Error).message, "error");
    }
  }

  // --- Others ---

  async function notice(): Promise<void> {
    if (busy.value) return;
    try {
      const found = await call<StatusPageAck>("statusPage", address);
      if (found.version === version || busy.value) return;
      if (dirty.value) meanwhile.value ||= t("pages.changedMeanwhile");
      else await load();
    } catch (error) {
      problem.value = (error as Error).message;
    }
  }

  async function takeTheirs(): Promise<void> {
    const { yes } = await ask({
      title: t("pages.takeTheirsTitle"), text: t("form.leaveText"), action: t("pages.takeTheirs"), danger: true,
    });
    if (yes) await load();
  }

  /** On purpose: theirs stays as a version. */
  async function overwrite(): Promise<void> {
    const mine = draft.value;
    if (!mine) return;
    try {
      take(await call<StatusPageAck>("statusPage", address));
      await put(sent(mine, known), t("pages.savedNow"));
    } catch (error) {
      refuse(error);
    }
  }

  const stop = onPush("statusPagesChanged", () => void notice());
  onBeforeUnmount(() => {
    stop();
    window.clearTimeout(timer);
  });
  void load();

  return {
    draft, dirty, shown, incident, refusal, problem, meanwhile, busy, saves, history, errorOf, set, setConfig, save,
    openVersion, takeTheirs, overwrite, look,
    undo: () => step("undo"),
    redo: () => step("redo"),
    slug: () => address,
    page: () => ({ id, slug: address, title: stored.value?.config.title ?? address }),
  };
}
