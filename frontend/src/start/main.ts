import { loadWords } from "../words/index.ts";
import "../tokens.css";
import "../base.css";

// Not awaited here: the page imports the texts from this very file, and would wait for it to end.
void loadWords().then(() => import("./page.ts"));
