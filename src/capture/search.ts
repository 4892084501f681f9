import type { Capture } from './capture.ts';
import { checkOption } from './checkOption.ts';
import { watchPage } from './watchPage.ts';

export interface SearchOptions {
  /** Parameters of an address that hold what was searched for; the first that is there counts. @default ['q', 's', 'query', 'search', 'keyword'] */
  parameters?: string[];
}

const STANDARD = ['q', 's', 'query', 'search', 'keyword'];
const MAX_TERM_LENGTH = 100;

/**
 * Emits `search` for every page, and every change of its query, whose address says what was searched for.
 *
 * The term is scrubbed: visitors search for their orders and themselves.
 */
export function search({ parameters = STANDARD }: SearchOptions = {}): Capture {
  return (context) => {
    const { emit, pages, scrubText, warn } = context;
    const isRight = (given: unknown[]) => given.every((name) => typeof name === 'string');
    const names = checkOption(warn, 'search.parameters', parameters, STANDARD, 'names of parameters', isRight);
    let told: unknown[] = [];
    return watchPage(context, () => {
      const query = new URLSearchParams(location.search);
      const parameter = names.find((name) => query.get(name)?.trim());
      const term = parameter && (query.get(parameter) as string).trim();
      const page = pages.current();
      // Filters and sorting change the address, too.
      if (term && (term !== told[0] || page !== told[1]))
        emit('search', { term: scrubText(term.slice(0, 2 * MAX_TERM_LENGTH)).slice(0, MAX_TERM_LENGTH), parameter });
      told = [term, page];
    });
  };
}
