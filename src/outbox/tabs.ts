import { createGuard } from '../platform/guard.ts';
import { createListen } from '../platform/listen.ts';
import type { Lock, seekLock } from '../platform/locks.ts';
import type { DropReason } from './outbox.ts';

/** What the tabs of an origin tell each other. Without any of these: that there are new events in the store. */
export interface Message {
  /** Settled events. */
  ids?: string[];
  /** Why they were dropped, or withdrawn. */
  reason?: DropReason;
  /** A batch that its sender has in hand now, so that the tab it came from neither adds to it nor sends it as it leaves. */
  taken?: string;
  /** Withdraws what is stored under names that sort before this. */
  wipe?: string;
}

type Channel = Pick<BroadcastChannel, 'postMessage' | 'onmessage' | 'close'>;

/** The tabs of an origin that keep one outbox: one at a time sends, and each hears of it. */
export interface Tabs {
  /** The right to send. Asking for it joins the tabs; `undefined` for one that has left them. */
  lock(): Lock | undefined;
  tell(message: Message): void;
  leave(): void;
}

/** A page that rests in the back/forward cache hears nothing: a message would throw it out. */
export function createTabs(
  name: string,
  seek: typeof seekLock,
  openChannel: (name: string) => Channel,
  onError: (error: unknown) => void,
  hear: (message: Message) => void,
  onRest: () => void,
  onReturn: () => void,
): Tabs {
  let lock: Lock | undefined;
  let channel: Channel | undefined;
  let hasLeft = false;

  const open = () => {
    channel = openChannel(name);
    channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data);
  };
  return {
    lock() {
      if (!lock && !hasLeft) {
        // Unless there are no channels.
        hasLeft = true;
        open();
        hasLeft = false;
        const rest = () => {
          channel?.close();
          channel = undefined;
          onRest();
        };
        const comeBack = () => {
          open();
          onReturn();
        };
        lock = seek(name, createListen(createGuard(onError)), rest, comeBack);
      }
      return lock;
    },
    tell: (message) => channel?.postMessage(message),
    leave() {
      hasLeft = true;
      lock?.release();
    },
  };
}
