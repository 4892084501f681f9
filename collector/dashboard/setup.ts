import { byId } from './element.ts';

export interface Setup {
  /** Shows how to send the first event of a site. */
  show(site: string): void;
  hide(): void;
}

const COPIED_MS = 2_000;

/** What stands in place of the lists while a site has no events: the script tag to paste. */
export function createSetup(): Setup {
  const card = byId('setup', HTMLElement);
  const snippet = byId('snippet', HTMLPreElement);
  const copy = byId('copy', HTMLButtonElement);
  const copied = byId('copied', HTMLElement);

  copy.addEventListener('click', async () => {
    const done = await copyText(snippet);
    copy.textContent = done ? 'Copied' : 'Selected';
    copied.textContent = done ? 'The script tag is on the clipboard.' : 'The script tag is selected; copy it now.';
    setTimeout(() => {
      copy.textContent = 'Copy';
      copied.textContent = '';
    }, COPIED_MS);
  });

  return {
    show(site) {
      const text = scriptTag(location.origin, site);
      if (snippet.textContent !== text) snippet.textContent = text;
      card.hidden = false;
    },
    hide() {
      card.hidden = true;
    },
  };
}

function scriptTag(origin: string, site: string): string {
  const name = site.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return [
    `<script defer src="${origin}/beaconry.js"`,
    `  data-endpoint="${origin}/e"`,
    `  data-site="${name}"`,
    '  data-consent="cookieless"></script>',
  ].join('\n');
}

/** Copies, or selects for the reader to copy where the page may not (the clipboard wants https or localhost). */
async function copyText(source: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    return false;
  }
}
