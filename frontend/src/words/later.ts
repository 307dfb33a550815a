/**
 * The texts that the first screens do not show. The build lets every file that needs one of them import this, which makes
 * it wait (`build/words.ts`); where nothing is built, all texts are there from the start.
 */
import { loadLater } from "./index.ts";

await loadLater();
