import { type SnippetOptions, snippet } from './snippet.ts';

/** Where the tag may go, and what may hold text that only looks like such a place. */
const MARKS = /<!--|<(script|style|title|textarea|noscript|template)(?=[\s/>])|<\/head\s*>|<body(?=[\s/>])/gi;
/** In a page without head and body the tag goes behind this: before a doctype, it would change how the page is laid out. */
const FRONT = /^\uFEFF?(?:\s|<!doctype[^>]*>|<html(?:\s[^>]*)?>)*/i;
const SRC = /\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i;

/**
 * Puts the tag of `snippet()` into a page: at the end of its head, else at the start of its body, else at its front. A
 * page that has a script of that `src` stays as it is.
 *
 * @example
 * html = injectScript(html, { src: '/beaconry.js', endpoint: '/e', site: 'shop', consent: 'cookieless' });
 */
export function injectScript(html: string, options: SnippetOptions): string {
  const marks = new RegExp(MARKS);
  let head: number | undefined;
  let body: number | undefined;
  for (let mark = marks.exec(html); mark; mark = marks.exec(html)) {
    const [text, container] = mark;
    if (text === '<!--') {
      marks.lastIndex = endOf(html, /-->/g, marks.lastIndex);
    } else if (text[1] === '/') {
      head ??= mark.index;
    } else {
      marks.lastIndex = endOfTag(html, marks.lastIndex);
      if (container) {
        if (sourceOf(html.slice(mark.index, marks.lastIndex)) === options.src) return html;
        marks.lastIndex = endOf(html, new RegExp(`</${container}`, 'gi'), marks.lastIndex);
      } else body ??= marks.lastIndex;
    }
  }
  const place = head ?? body ?? (FRONT.exec(html)?.[0].length as number);
  return html.slice(0, place) + snippet(options) + html.slice(place);
}

/** Past the pattern's next match, or the end of the page. */
function endOf(html: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(html) ? pattern.lastIndex : html.length;
}

/** Past a start tag, whose attributes may hold a `>`. */
function endOfTag(html: string, from: number): number {
  const marks = /["'>]/g;
  marks.lastIndex = from;
  for (let mark = marks.exec(html); mark; mark = marks.exec(html)) {
    if (mark[0] === '>') return marks.lastIndex;
    marks.lastIndex = endOf(html, new RegExp(mark[0], 'g'), marks.lastIndex);
  }
  return html.length;
}

function sourceOf(tag: string): string | undefined {
  const [, double, single, bare] = SRC.exec(tag) ?? [];
  return (double ?? single ?? bare)?.replace(/&(?:amp|#38);/g, '&');
}
