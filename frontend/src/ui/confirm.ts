/** "Are you sure?": `await ask({…})` shows a dialog and resolves to the answer. */
import { shallowRef } from "vue";

export interface Question {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  option?: string; // a switch in the dialog, off at first
}

export interface Answer {
  yes: boolean;
  option: boolean;
}

interface Open extends Question {
  answer: (answer: Answer) => void;
}

export const question = shallowRef<Open | null>(null);

export function ask(asked: Question): Promise<Answer> {
  question.value?.answer({ yes: false, option: false });
  return new Promise((resolve) => {
    question.value = {
      ...asked,
      answer(answer) {
        question.value = null;
        resolve(answer);
      },
    };
  });
}
