/** When a key ends, as the wire has it: the last second of a day in the server's zone; null for never. */
export const endOfDay = (day: string): string | null => (day ? `${day} 23:59:59` : null);
