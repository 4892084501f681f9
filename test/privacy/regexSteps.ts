import ts from 'typescript';

/** Every regular expression of a source file, as it stands there. */
export function regexesIn(source: string): RegExp[] {
  const found: RegExp[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push(new RegExp(node.text.slice(1, end), node.text.slice(end + 1)));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true));
  return found;
}

/** Answers where a part matches from `at`, as told by `next` for what follows it. */
type Part = (at: number, next: (at: number) => boolean) => boolean;

interface Search {
  text: string;
  steps: number;
  groups: (string | undefined)[];
}

/**
 * A backtracking search for all matches, or for the first one without the flag `g`, that counts its steps: what a
 * browser's engine does, slower by far, and on every machine the same. Knows what the scrubber's expressions are made
 * of, and throws at anything else.
 */
export function stepsOf(regex: RegExp, text: string): { steps: number; matches: [at: number, text: string][] } {
  const search: Search = { text, steps: 0, groups: [] };
  const pattern = compile(regex, search);
  const matches: [number, string][] = [];
  for (let at = 0; at <= text.length; ) {
    let end = -1;
    search.groups = [];
    pattern(at, (reached) => {
      end = reached;
      return true;
    });
    if (end >= 0) matches.push([at, text.slice(at, end)]);
    if (end >= 0 && !regex.global) break;
    at = Math.max(at + 1, end);
  }
  return { steps: search.steps, matches };
}

function compile({ source, flags }: RegExp, search: Search): Part {
  let position = 0;
  let groupCount = 0;
  const take = (shape: RegExp) => {
    const [found] = new RegExp(`^(?:${shape.source})`).exec(source.slice(position)) ?? [];
    if (found !== undefined) position += found.length;
    return found;
  };

  const alternatives = (): Part => {
    const options = [sequence()];
    while (take(/\|/)) options.push(sequence());
    if (options.length === 1) return options[0] as Part;
    return (at, next) => options.some((option) => option(at, next));
  };

  const sequence = (): Part => {
    const parts: Part[] = [];
    while (position < source.length && !/[|)]/.test(source[position] as string)) parts.push(quantified());
    const from = (index: number, at: number, next: (at: number) => boolean): boolean =>
      index === parts.length ? next(at) : (parts[index] as Part)(at, (reached) => from(index + 1, reached, next));
    return (at, next) => from(0, at, next);
  };

  const quantified = (): Part => {
    const start = position;
    const single = take(/\\[dDwWsS]|\\[^\w]|\[(?:\\.|[^\]\\])*\]|[^()[\]{}|*+?^$\\]|\\\//);
    const character = single === undefined ? undefined : characterTest(single);
    const part = character ? onCharacter(character) : group();
    if (position === start) throw Error(`not understood: ${source.slice(start)}`);
    const quantifier = take(/[*+?]|\{\d+(?:,\d*)?\}/);
    if (!quantifier) return part;
    if (take(/\?/)) throw Error('lazy quantifiers are not understood');
    const [least = 0, most = Infinity] = { '*': [0], '+': [1], '?': [0, 1] }[quantifier] ?? boundsOf(quantifier);
    return character ? repeatedCharacter(character, least, most) : repeated(part, least, most);
  };

  const group = (): Part => {
    if (take(/\^/)) return (at, next) => at === 0 && next(at);
    if (take(/\$/)) return (at, next) => at === search.text.length && next(at);
    const edge = take(/\\[bB]/);
    if (edge) {
      return (at, next) => {
        const isWord = (index: number) => /\w/.test(search.text[index] ?? '');
        return (isWord(at - 1) !== isWord(at)) === (edge === '\\b') && next(at);
      };
    }
    const reference = take(/\\\d/);
    if (reference) {
      return (at, next) => {
        const group = search.groups[Number(reference[1])] ?? '';
        search.steps += group.length;
        return search.text.startsWith(group, at) && next(at + group.length);
      };
    }
    const opening = take(/\((?:\?[:=!])?/);
    if (!opening) throw Error(`not understood: ${source.slice(position)}`);
    const number = opening === '(' ? ++groupCount : 0;
    const inner = alternatives();
    if (!take(/\)/)) throw Error(`no end of group in ${source}`);
    if (opening === '(?:') return inner;
    if (opening !== '(') return (at, next) => inner(at, () => true) === (opening === '(?=') && next(at);
    return (at, next) =>
      inner(at, (reached) => {
        const before = search.groups[number];
        search.groups[number] = search.text.slice(at, reached);
        if (next(reached)) return true;
        search.groups[number] = before;
        return false;
      });
  };

  const onCharacter =
    (test: (character: string) => boolean): Part =>
    (at, next) => {
      search.steps++;
      return at < search.text.length && test(search.text[at] as string) && next(at + 1);
    };

  const repeatedCharacter =
    (test: (character: string) => boolean, least: number, most: number): Part =>
    (at, next) => {
      let count = 0;
      while (count < most && at + count < search.text.length && test(search.text[at + count] as string)) count++;
      search.steps += count + 1;
      for (; count >= least; count--) {
        search.steps++;
        if (next(at + count)) return true;
      }
      return false;
    };

  const repeated = (part: Part, least: number, most: number): Part => {
    const again = (count: number, at: number, next: (at: number) => boolean): boolean => {
      search.steps++;
      if (count < most && part(at, (reached) => reached > at && again(count + 1, reached, next))) return true;
      return count >= least && next(at);
    };
    return (at, next) => again(0, at, next);
  };

  const characterTest = (single: string) => {
    const regex = new RegExp(`^${single}$`, flags.replace('g', ''));
    const known = new Map<string, boolean>();
    return (character: string) => {
      let answer = known.get(character);
      if (answer === undefined) {
        answer = regex.test(character);
        known.set(character, answer);
      }
      return answer;
    };
  };

  const whole = alternatives();
  if (position < source.length) throw Error(`not understood: ${source.slice(position)}`);
  return whole;
}

function boundsOf(quantifier: string): [number, number] {
  const [least = '', most] = quantifier.slice(1, -1).split(',');
  return [Number(least), most === undefined ? Number(least) : most ? Number(most) : Infinity];
}
