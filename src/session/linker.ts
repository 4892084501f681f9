import type { Enricher } from './enricher.ts';
import type { SessionRecord } from './session.ts';

export interface LinkerOptions {
  /** Hosts that are yours as well, with their subdomains: `['shop.example', 'pay.example']`. */
  domains: string[];
}

const PARAMETER = '_by';
/** A link is followed within this time, or it was passed on to someone else. */
const FRESH_MS = 2 * 60_000;
const FORM = /^([\da-z]+)\.([\da-f-]{36})\.([\da-f-]{36})?$/;

/**
 * Takes the session along to other domains of yours, by a parameter on links that are clicked there, and takes it up where
 * the visitor arrives; with consent on both sides. The link is as it was once the click is over.
 */
export function linker({ domains = [] }: LinkerOptions): Enricher {
  return ({ stored, clock, listen, guard }) => {
    const kept = stored<SessionRecord>('');
    let now: Pick<SessionRecord, 'id' | 'visitor'> | undefined;

    if (kept) {
      const [, at = '', id, visitor] = FORM.exec(new URLSearchParams(location.search).get(PARAMETER) ?? '') ?? [];
      const age = clock.now() - Number.parseInt(at, 36);
      // A session of its own stays.
      if (id && age >= 0 && age < FRESH_MS && !kept.read())
        kept.write({ id, visitor, startedAt: clock.now(), lastAt: clock.now() });
      const decorate = (event: MouseEvent) => {
        const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
        const { hostname = '', href = '' } = link ?? {};
        const isOurs = domains.some((domain) => `.${hostname}`.endsWith(`.${domain}`));
        if (!link || !now || !isOurs || hostname === location.hostname) return;
        const written = link.getAttribute('href') as string;
        const url = new URL(href);
        url.searchParams.set(PARAMETER, `${clock.now().toString(36)}.${now.id}.${now.visitor ?? ''}`);
        link.href = url.href;
        clock.after(
          0,
          guard(() => link.setAttribute('href', written)),
        );
      };
      listen(window, 'click', decorate, { capture: true });
      listen(window, 'auxclick', decorate, { capture: true });
    }
    return (event) => {
      now = { id: event.session, visitor: event.visitor };
      // It names a visitor, and has no place in reports.
      event.page.url = event.page.url.replace(/([?&])_by=[^&]*&?/, '$1').replace(/[?&]$/, '');
      return event;
    };
  };
}
