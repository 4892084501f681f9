const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];
const STACKS = 'disabled-by-default-devtools.timeline.stack';
/** What a browser does when it is asked for the size or place of something that has changed. */
const LAYOUT = /^(Layout|UpdateLayoutTree)$/;

/** Has Chromium write down what its page does during `act`; with stacks, which take their time, also who had it do so. */
export async function trace(page, act, hasStacks = false) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: hasStacks ? [...CATEGORIES, STACKS] : CATEGORIES },
  });
  await act();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return events;
}

/**
 * Of each event that the page was told of: its type, how many microseconds of CPU each call of one script's functions took
 * in it, and which of them had the page laid out meanwhile.
 */
export function readDispatches(events, script) {
  const isOurs = (frame) => frame?.url?.includes(script);
  const inside = (names) => events.filter(({ name, ph }) => names.test(name) && /^[XB]$/.test(ph));
  const calls = inside(/^FunctionCall$/).filter(({ args }) => isOurs(args.data));
  const layouts = inside(LAYOUT)
    .map(({ args, ...rest }) => ({ ...rest, stack: args.beginData?.stackTrace ?? args.data?.stackTrace ?? [] }))
    .filter(({ stack }) => stack.some(isOurs));
  return inside(/^EventDispatch$/).map(({ pid, tid, ts, dur = 0, args }) => {
    const during = (one) => one.pid === pid && one.tid === tid && one.ts >= ts && one.ts <= ts + dur;
    return {
      type: args.data.type,
      // By the thread's own clock: on a busy machine the other one runs on while the thread waits.
      calls: calls.filter(during).map(({ tdur, dur = 0 }) => tdur ?? dur),
      layouts: layouts
        .filter(during)
        .map(({ name, stack }) => `${name} by ${stack.find(isOurs).functionName || 'a function'}`),
    };
  });
}
