/** The states things can be in. Each has a word, `status.<name>`, and a mark of its own shape and colour. */
export type Status = "down" | "up" | "pending" | "maintenance" | "paused" | "unchecked" | "unknown";
