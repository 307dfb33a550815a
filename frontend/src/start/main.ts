import { loadWords } from "../words/index.ts";
import "../tokens.css";
import "../base.css";

await loadWords();
await import("./page.ts");
