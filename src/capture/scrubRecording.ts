import type { CaptureContext } from './capture.ts';

/** Attributes that hold an address, those that hold several, and those that a page's styles and pictures go by. */
const ADDRESS = /(^|[:_-])(href|src)$|^(action|formaction|poster|cite|data|background)$/i;
const ADDRESSES = /srcset$|^ping$/i;
const STYLED = /^(class|id)$/;
const DRAWN = /^(d|points)$/;
/** Which boxes are ticked and which options chosen is a visitor's answer; a document in an attribute is recorded by itself. */
const LEFT_OUT = /^(checked|isChecked|selected|srcdoc)$/;
/** Where style rules stand, as attributes and in the increments of a recording. */
const CSS = /^(style|_cssText|rule|replace|replaceSync)$/;
/** Inputs whose value is written on them. */
const WRITTEN = /^(submit|button|reset)$/i;
/** In style rules: an address, as text or bare, or another text. */
const CSS_TEXT = /(url\(\s*)?("[^"\n]*"|'[^'\n]*')|(url\(\s*)([^"')][^)]*)/gi;
/** Small pictures and fonts that are their own address. */
const INLINE = /^data:(image|font)\//i;
/** Without any of these a text holds nothing that is scrubbed: a page has thousands of such. */
const RISKY = /[\d@%=:/&#+]|eyJ|[\w-]{20}/;
/** What rrweb calls an increment that tells of an input. */
const INPUT = 5;

type Holder = Record<string, unknown>;

/**
 * Makes a replacer for `JSON.stringify` that takes secrets and personal data out of what rrweb has recorded: addresses
 * as addresses, style rules but for addresses and texts in them left as they are, and every other text as a text.
 */
export function scrubRecording({ scrubUrl, scrubText }: Pick<CaptureContext, 'scrubUrl' | 'scrubText'>) {
  /** Attributes, by the tag they belong to where that is told. */
  const tags = new WeakMap<object, unknown>();
  /** What holds style rules. */
  const styles = new WeakSet<object>();

  const scrubAddress = (address: string) => {
    if (INLINE.test(address)) return address;
    // Parts of the same document, such as symbols.
    return address[0] === '#' ? scrubText(address) : scrubUrl(address, true);
  };
  const scrubCss = (css: string) =>
    css.replace(CSS_TEXT, (_, opening = '', quoted?: string, bareOpening = '', bare = '') => {
      if (!quoted) return bareOpening + scrubAddress(bare.trim());
      const text = quoted.slice(1, -1);
      return opening + quoted[0] + (opening ? scrubAddress(text) : scrubText(text)) + quoted[0];
    });

  return function scrub(this: Holder, key: string, value: unknown): unknown {
    const isAttribute = tags.has(this);
    if (LEFT_OUT.test(key)) return undefined;
    if (value && typeof value === 'object') {
      if (key === 'attributes' && !Array.isArray(value)) tags.set(value, this.tagName);
      if (styles.has(this) || key === 'style' || (key === 'childNodes' && this.tagName === 'style')) styles.add(value);
      return value;
    }
    if (typeof value !== 'string') return value;

    if (this.isStyle || styles.has(this) || CSS.test(key) || (this.property && key === 'value')) return scrubCss(value);
    // rrweb masks what is typed; not what a field began with, and not the value of every kind of input.
    const isInput = tags.get(this) === 'input' && key === 'value' && !WRITTEN.test(`${this.type}`);
    if (isInput || (this.source === INPUT && key === 'text')) return '*'.repeat(value.length);
    if (!RISKY.test(value)) return value;
    if (!isAttribute) return key === 'href' ? scrubUrl(value, true) : scrubText(value);
    if (ADDRESSES.test(key))
      return value.replace(/[^\s,]\S*[^\s,]/g, (part) => (/^[\d.]+[wx]$/.test(part) ? part : scrubAddress(part)));
    if (ADDRESS.test(key)) return scrubAddress(value);
    return DRAWN.test(key) ? value : scrubText(value, STYLED.test(key));
  };
}
