/** "Test now": one check of what stands in the form. The answer to an older question never takes a newer one's place. */
import { shallowRef } from "vue";
import { call } from "../../wire/socket.ts";
import type { TestAck } from "../../wire/types.ts";

export function useTrial() {
  const shown = shallowRef(false);
  const busy = shallowRef(false);
  const found = shallowRef<TestAck | null>(null);
  const problem = shallowRef("");
  let asked = ""; // what the answer is about
  let running: Promise<void> | null = null;

  function forget(): void {
    asked = "";
    running = null;
    busy.value = false;
    found.value = null;
    problem.value = "";
  }

  async function run(wire: Record<string, unknown>, untestable: string): Promise<void> {
    const question = JSON.stringify(wire);
    forget();
    asked = question;
    shown.value = true;
    problem.value = untestable;
    if (untestable) return;
    busy.value = true;
    let answer: TestAck | null = null;
    let error = "";
    try {
      answer = await call<TestAck>("testMonitor", wire);
    } catch (refusal) {
      error = (refusal as Error).message;
    }
    if (asked !== question) return;
    busy.value = false;
    found.value = answer;
    problem.value = error;
  }

  /** The answer about exactly this, asked for where nobody has; false when it was there before. */
  async function settled(wire: Record<string, unknown>, untestable: string): Promise<boolean> {
    if (asked === JSON.stringify(wire) && !busy.value) return false;
    if (asked !== JSON.stringify(wire)) start(wire, untestable);
    await running;
    return true;
  }

  function start(wire: Record<string, unknown>, untestable: string): void {
    running = run(wire, untestable);
  }

  return { shown, busy, found, problem, run, start, settled, forget };
}
