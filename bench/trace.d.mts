import type { Page } from 'playwright-core';

export function trace(page: Page, act: () => Promise<unknown>, hasStacks?: boolean): Promise<object[]>;

export function readLayouts(events: object[], script: string): { what: string }[];

export function readDispatches(
  events: object[],
  script: string,
): { type: string; calls: number[]; layouts: string[] }[];
