import { make } from '../banner/make.ts';
import { toIso, toWords } from './words.ts';

/** Keys whose numbers are times. */
const TIME = /^(at|until|silentSince|\w+At)$/;

/** A name from code in plain letters: `engaged_ms`, `startedAt`. */
export function readable(name: string): string {
  const words = name
    .replace(/_/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Shows a value as a list of its parts, times as times. */
export function describe(value: unknown, language: string, name = ''): HTMLElement | string {
  if (typeof value === 'object' && value) {
    const parts = Object.entries(value).filter(([, part]) => part !== undefined);
    if (!parts.length) return '–';
    const list = make('dl', { class: 'facts' });
    for (const [key, part] of parts) {
      const shown = describe(part, language, key);
      const isList = typeof shown === 'object' && shown.localName === 'dl';
      list.append(make('dt', {}, readable(key)), make('dd', { class: isList && 'part' }, shown));
    }
    return list;
  }
  const time = TIME.test(name) ? (typeof value === 'number' ? toIso(value) : `${value}`) : undefined;
  return time && !Number.isNaN(Date.parse(time))
    ? make('time', { datetime: time }, toWords(time, language, 'medium'))
    : `${value}`;
}
