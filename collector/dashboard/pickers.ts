import type { Site } from './api.ts';
import { element } from './element.ts';
import { type Range, rangeOf } from './selection.ts';

export interface SitePicker {
  show(sites: Site[], chosen: string | undefined): void;
}

/** The list of sites. A site that has no events yet can be chosen too, when the address names it. */
export function createSitePicker(select: HTMLSelectElement, onPick: (site: string) => void): SitePicker {
  let listed: string | undefined;
  select.addEventListener('change', () => onPick(select.value));
  return {
    show(sites, chosen) {
      const names = sites.map(({ site }) => site);
      if (chosen !== undefined && !names.includes(chosen)) names.unshift(chosen);
      // An open list must not be rebuilt under the reader's hand.
      if (listed !== names.join('\n')) {
        listed = names.join('\n');
        select.replaceChildren(...(names.length > 0 ? names : ['No site yet']).map(createOption));
      }
      select.disabled = names.length === 0;
      if (chosen !== undefined) select.value = chosen;
    },
  };
}

function createOption(name: string): HTMLOptionElement {
  const option = element('option', '', name);
  option.value = name;
  return option;
}

/** The time ranges: the radio buttons of index.html. */
export function createRangePicker(fieldset: HTMLElement, chosen: Range, onPick: (range: Range) => void): void {
  for (const radio of fieldset.querySelectorAll('input')) radio.checked = radio.value === chosen.key;
  fieldset.addEventListener('change', (event) => {
    if (event.target instanceof HTMLInputElement) onPick(rangeOf(event.target.value));
  });
}
