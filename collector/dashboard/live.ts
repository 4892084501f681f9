import type { LiveEvent } from './liveEvent.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

export interface LiveListeners {
  /** After every (re)connection: the latest events, oldest first. */
  onHello(events: LiveEvent[]): void;
  /** Newly stored events, oldest first. */
  onEvents(events: LiveEvent[]): void;
  /** Events that a visitor had erased, by id. */
  onErased(ids: string[]): void;
  /** Something else that a report shows has changed, at this time of the collector. */
  onChange(at: number): void;
  onState(state: LiveState): void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 10_000;

/** Follows the events of a site as they are stored, through restarts of the collector too. Returns its undo. */
export function openLive(site: string, { onHello, onEvents, onErased, onChange, onState }: LiveListeners): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;

  const connect = () => {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(`/v1/live?site=${encodeURIComponent(site)}`);
    source.addEventListener('hello', (message) => {
      retryMs = FIRST_RETRY_MS;
      onState('live');
      onHello(eventsOf(message));
    });
    source.addEventListener('events', (message) => onEvents(eventsOf(message)));
    source.addEventListener('erased', (message) => onErased((JSON.parse(message.data) as { ids: string[] }).ids));
    source.addEventListener('change', (message) => onChange((JSON.parse(message.data) as { at: number }).at));
    source.addEventListener('error', () => {
      // Browsers disagree on which errors they retry by themselves, so all are retried here.
      source?.close();
      onState('reconnecting');
      clearTimeout(timer);
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    });
  };

  onState('connecting');
  connect();
  addEventListener('online', connect);
  return () => {
    removeEventListener('online', connect);
    clearTimeout(timer);
    source?.close();
  };
}

function eventsOf(message: MessageEvent<string>): LiveEvent[] {
  return (JSON.parse(message.data) as { events: LiveEvent[] }).events;
}
