/** Tests read English, as the page does after its start. */
import { loadWords } from "../src/words/index.ts";

await loadWords("en");
