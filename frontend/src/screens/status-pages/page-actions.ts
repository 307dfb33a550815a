/** What can be done with a status page from the list and from its editor. Each says how it ended. */
import { perform } from "../../live/actions.ts";
import { usersOf } from "../../live/users.ts";
import { folded } from "../../ui/combobox.ts";
import { ask } from "../../ui/confirm.ts";
import { basePath } from "../../wire/socket.ts";
import { t } from "../../words/index.ts";

const MOST = 60; // characters of a slug that is suggested

/** Where visitors find it. */
export const addressOf = (slug: string): string => `${basePath}/status/${slug}`;

/** `begins` is called when that is wanted, before anything is gone. */
export async function deletePage(
  page: { id: number; slug: string; title: string }, begins?: () => void,
): Promise<boolean> {
  const users = await usersOf("status_page", page.id);
  const { yes } = await ask({
    title: t("delete.title", { name: page.title }),
    text: [t("pages.deleteText"), users].filter(Boolean).join(" "),
    action: t("common.delete"),
    danger: true,
  });
  if (!yes) return false;
  begins?.();
  return perform("deleteStatusPage", page.slug);
}

/** A slug of what somebody typed: small letters, digits and single hyphens. */
export const slugOf = (title: string): string =>
  folded(title).replace(/[^a-z0-9]+/g, "-").slice(0, MOST).replace(/^-|-$/g, "");
