import { QueryError } from './api.ts';
import { byId } from './element.ts';

export interface Problem {
  show(error: unknown): void;
  hide(): void;
}

/** The line that says what went wrong, and tries again on request. */
export function createProblem(onRetry: () => void): Problem {
  const line = byId('problem', HTMLElement);
  const title = byId('problem-title', HTMLElement);
  const text = byId('problem-text', HTMLElement);
  const retry = byId('retry', HTMLButtonElement);
  retry.addEventListener('click', onRetry);
  return {
    show(error) {
      const answered = error instanceof QueryError;
      const newTitle = answered ? 'The collector could not answer.' : 'The collector cannot be reached.';
      const newText = answered ? error.message : 'Trying again every few seconds.';
      // An alert is read out when it changes: once is enough.
      if (!line.hidden && text.textContent === newText) return;
      title.textContent = newTitle;
      text.textContent = newText;
      line.hidden = false;
    },
    hide() {
      line.hidden = true;
    },
  };
}
