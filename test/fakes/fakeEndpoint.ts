import type { Batch, WireEvent } from '../../src/protocol/event.ts';

/** What the server does with one request. `'hang'`: never answers. `'unreachable'`: no connection. */
export type Answer =
  | { status?: number; headers?: Record<string, string>; body?: unknown }
  | 'hang'
  | 'unreachable'
  | 'redirect';

export interface FakeRequest {
  url: string;
  init: RequestInit;
  headers: Headers;
  keepalive: boolean;
  batch: Batch;
  ids: string[];
  /** Epoch milliseconds. */
  at: number;
}

export interface FakeEndpoint {
  requests: FakeRequest[];
  /** Answers to the next requests, in order; afterwards `usual` applies. */
  script: Answer[];
  /** The answer to a request that the script has none for. */
  usual: Answer | ((request: FakeRequest) => Answer);
  /** Requests under way. */
  open(): number;
  /** The most requests that were ever under way at once. */
  mostOpen(): number;
  /** Lets the requests that hang be answered, oldest first. */
  answerHanging(answer: Answer): void;
  /** Events of requests that were answered with 2xx, each once, as they arrived. */
  events(): WireEvent[];
  /** Events by name, as `events()`. */
  named(name: string): WireEvent[];
  restore(): void;
}

/** A server behind `fetch`: takes batches, answers as told, remembers everything. */
export function fakeEndpoint(): FakeEndpoint {
  const original = globalThis.fetch;
  const requests: FakeRequest[] = [];
  const stored = new Map<string, WireEvent>();
  const hanging = new Set<(answer: Answer) => void>();
  let open = 0;
  let mostOpen = 0;

  const respond = (request: FakeRequest, answer: Answer): Response => {
    if (answer === 'unreachable' || answer === 'hang') throw new TypeError('Failed to fetch');
    // As browsers show it: a response without status, headers or body.
    if (answer === 'redirect') return Object.defineProperty(new Response(null), 'status', { value: 0 }) as Response;
    const { status = 200, headers, body = '' } = answer;
    if (status >= 200 && status < 300) for (const event of request.batch.events) stored.set(event.id, event);
    const text = status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body);
    return new Response(text, { status, headers });
  };

  const endpoint: FakeEndpoint = {
    requests,
    script: [],
    usual: {},
    open: () => open,
    mostOpen: () => mostOpen,
    answerHanging(answer) {
      for (const settle of hanging) settle(answer);
    },
    events: () => [...stored.values()],
    named: (name) => [...stored.values()].filter((event) => event.name === name),
    restore() {
      globalThis.fetch = original;
    },
  };

  globalThis.fetch = async (input, init = {}) => {
    const batch = JSON.parse(String(init.body)) as Batch;
    const request: FakeRequest = {
      url: String(input),
      init,
      headers: new Headers(init.headers),
      keepalive: !!init.keepalive,
      batch,
      ids: batch.events.map(({ id }) => id),
      at: Date.now(),
    };
    requests.push(request);
    const { usual } = endpoint;
    let answer = endpoint.script.shift() ?? (typeof usual === 'function' ? usual(request) : usual);
    open++;
    mostOpen = Math.max(mostOpen, open);
    try {
      if (answer === 'hang') {
        answer = await new Promise<Answer>((resolve, reject) => {
          hanging.add(resolve);
          init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
        });
      } else await Promise.resolve();
      const response = respond(request, answer);
      if (answer === 'redirect') Object.defineProperty(response, 'ok', { value: false });
      return response;
    } finally {
      open--;
    }
  };
  return endpoint;
}
