/** A stored event as the stream tells it. Every text in it was written by a visitor's page: show it as text only. */
export interface LiveEvent {
  id: string;
  name: string;
  at: number;
  site: string;
  path: string;
  title: string;
  session: string;
  visitor?: string;
  data: Record<string, unknown>;
}

export type LiveState = 'connecting' | 'live' | 'reconnecting';

export interface LiveListeners {
  /** After every (re)connection: the latest events, oldest first. */
  onHello(events: LiveEvent[]): void;
  /** Newly stored events, oldest first. */
  onEvents(events: LiveEvent[]): void;
  onState(state: LiveState): void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 10_000;

/** Follows the events of a site as they are stored, through restarts of the collector too. Returns its undo. */
export function openLive(site: string, { onHello, onEvents, onState }: LiveListeners): () => void {
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
