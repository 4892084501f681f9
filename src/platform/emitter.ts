import type { Guard } from './guard.ts';

/** How deep listeners may answer with what is told again: one that makes a mistake in answer to a mistake is cut short. */
const MAX_DEPTH = 3;

/** Tells subscribers by topic. */
export interface Emitter<Topics> {
  on<Topic extends keyof Topics>(topic: Topic, listener: (value: Topics[Topic]) => void): () => void;
  tell<Topic extends keyof Topics>(topic: Topic, value: Topics[Topic]): void;
}

export function createEmitter<Topics>(guard: Guard, isLogged?: boolean): Emitter<Topics> {
  const listeners = new Set<[topic: keyof Topics, listener: (value: never) => void]>();
  let depth = 0;
  return {
    on(topic, listener) {
      const entry: [keyof Topics, (value: never) => void] = [topic, guard(listener)];
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    tell(topic, value) {
      if (isLogged) console.debug('beaconry', topic, value);
      if (depth < MAX_DEPTH) {
        depth++;
        for (const [wanted, listener] of listeners) if (wanted === topic) listener(value as never);
        depth--;
      }
    },
  };
}
