/** Answers with an option that passes its check, else with its default, and then the owner is told the remedy. */
export function checkOption<Value>(
  warn: (text: string) => void,
  option: string,
  given: Value,
  otherwise: Value,
  remedy: string,
  isRight: (given: Value) => unknown,
): Value {
  try {
    if (isRight(given)) return given;
  } catch {
    // What is no selector throws.
  }
  warn(`option "${option}" should be ${remedy}`);
  return otherwise;
}

/** Throws where the browser does not understand it. */
export const isSelector = (selector: string) => !document.createDocumentFragment().querySelector(selector);
