import type { Guard } from './guard.ts';

/** Tells subscribers by topic. */
export interface Emitter<Topics> {
  on<Topic extends keyof Topics>(topic: Topic, listener: (value: Topics[Topic]) => void): () => void;
  tell<Topic extends keyof Topics>(topic: Topic, value: Topics[Topic]): void;
}

export function createEmitter<Topics>(
  guard: Guard,
  log: false | ((topic: keyof Topics, value: unknown) => void),
): Emitter<Topics> {
  const listeners = new Set<[topic: keyof Topics, listener: (value: never) => void]>();
  return {
    on(topic, listener) {
      // What an error listener throws goes nowhere: telling it would go round in circles.
      const entry: [keyof Topics, (value: never) => void] = [topic, topic === 'error' ? listener : guard(listener)];
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    tell(topic, value) {
      if (log) log(topic, value);
      for (const [wanted, listener] of listeners) if (wanted === topic) listener(value as never);
    },
  };
}
