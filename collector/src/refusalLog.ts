/** What was refused. `site` and `reason` may hold words of the sender. */
export interface RefusedThing {
  /** '' where it is not known. */
  site: string;
  /** Field and reason, as in the answer. */
  reason: string;
  /** Requests, or events of a batch whose others were taken. */
  unit: 'request' | 'event';
}

export interface RefusalLog {
  add(refused: RefusedThing): void;
  /** Writes what is still counted. */
  close(): void;
}

export interface RefusalLogOptions {
  write(line: string): void;
  /** Least time between two lines about the same. @default a minute */
  everyMs?: number;
  now?(): number;
}

/** Kinds of refusals that get lines of their own; senders could make up sites without end. */
const MOST_KINDS = 100;
const LONGEST = 120;

/** Tells the owner what is refused and why: at once the first time, then with a count, one line per reason and minute. */
export function createRefusalLog({ write, everyMs = 60_000, now = Date.now }: RefusalLogOptions): RefusalLog {
  const kinds = new Map<string, { refused: RefusedThing; count: number; writtenAt: number }>();

  const writeDue = (isEnd: boolean) => {
    for (const [key, kind] of kinds) {
      if (!isEnd && now() - kind.writtenAt < everyMs) continue;
      if (kind.count > 0) {
        write(lineOf(kind.refused, kind.count));
        kind.count = 0;
        kind.writtenAt = now();
      } else {
        // A quiet minute: the next one is news again.
        kinds.delete(key);
      }
    }
  };
  const timer = setInterval(() => writeDue(false), everyMs);
  timer.unref();

  return {
    add: (refused) => {
      const { site, reason, unit } = refused;
      const key = JSON.stringify([site, reason, unit]);
      const isOther = !kinds.has(key) && kinds.size >= MOST_KINDS;
      const kind = kinds.get(isOther ? '' : key);
      if (kind) {
        kind.count += 1;
        return;
      }
      const shown = isOther ? { site: '', reason: 'many different reasons', unit } : refused;
      kinds.set(isOther ? '' : key, { refused: shown, count: 0, writtenAt: now() });
      write(lineOf(shown, 1));
    },
    close: () => {
      clearInterval(timer);
      writeDue(true);
      kinds.clear();
    },
  };
}

function lineOf({ site, reason, unit }: RefusedThing, count: number): string {
  const of = site ? ` of site ${quote(site)}` : '';
  return `Refused ${count} ${unit}${count === 1 ? '' : 's'}${of}: ${plain(reason)}`;
}

const quote = (text: string) => `'${plain(text)}'`;

/** One line, whatever a sender put into it. */
function plain(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
