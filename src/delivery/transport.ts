import type { DropReason } from '../outbox/outbox.ts';
import type { Rejection } from '../protocol/event.ts';

/** What an attempt to send came to. `afterMs` is the server's wish, in milliseconds from now. */
export type SendResult =
  | { kind: 'accepted'; rejected?: Promise<Rejection[]> }
  | { kind: 'retry'; afterMs?: number; configuration?: string }
  | { kind: 'split'; reason: DropReason }
  | { kind: 'rejected'; reason: DropReason };
