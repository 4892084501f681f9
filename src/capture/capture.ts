import type { Listen } from '../platform/listen.ts';
import type { OnNavigate } from '../platform/onNavigate.ts';
import type { Page } from '../protocol/event.ts';

/** Undoes all that a capture or a subscription set up. */
export type Teardown = () => void;

/** Watches something on the page and emits events. Returns what leaves no trace of it. */
export type Capture = (context: CaptureContext) => Teardown;

/** All that a capture may touch. */
export interface CaptureContext {
  /** Sends an event on its way, as of now on the current page unless said otherwise. */
  emit(name: string, data: Record<string, unknown>, moment?: { at?: number; page?: Page }): void;
  /** Adds a passive listener whose errors never reach the page. Returns its undo. */
  listen: Listen;
  /** Wraps a callback that the browser will call, so that its errors never reach the page. */
  guard<Args extends unknown[]>(callback: (...args: Args) => void): (...args: Args) => void;
  /** Tells of every change of the address without a page load. Returns its undo. */
  onNavigate: OnNavigate;
  /** Makes a new page with the current address the current one; its events follow with `emit`. */
  enterPage(): Page;
  /** Takes secrets and personal data out of an address; keeps `#/…` routes when `keepRoute` is set. */
  scrubUrl(url: string, keepRoute?: boolean): string;
  /** Takes secrets and personal data out of a text. */
  scrubText(text: string): string;
}
