/** To the clipboard, and says whether it worked. */
import { t } from "../words/index.ts";
import { toast } from "./toast.ts";

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("common.copied"));
  } catch {
    // Without HTTPS a browser gives no clipboard: the field is there to copy from.
    toast(t("common.notCopied"), "info");
  }
}
