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

const isCall = ({ name, ph }, names) => names.test(name) && /^[XB]$/.test(ph);

/** Which functions of one script had the page laid out. */
export function readLayouts(events, script) {
  const isOurs = (frame) => frame?.url?.includes(script);
  return events
    .filter((event) => isCall(event, LAYOUT))
    .map(({ name, args, ...rest }) => {
      const ours = (args.beginData?.stackTrace ?? args.data?.stackTrace ?? []).find(isOurs);
      return { ...rest, what: ours && `${name} by ${ours.functionName || 'a function'}` };
    })
    .filter(({ what }) => what);
}

/**
 * Of each event that the page was told of: its type, how many microseconds of CPU each call of one script's functions took
 * in it, and which of them had the page laid out meanwhile.
 */
export function readDispatches(events, script) {
  const layouts = readLayouts(events, script);
  const calls = events.filter((event) => isCall(event, /^FunctionCall$/) && event.args.data?.url?.includes(script));
  return events
    .filter((event) => isCall(event, /^EventDispatch$/))
    .map(({ pid, tid, ts, dur = 0, args }) => {
      const during = (one) => one.pid === pid && one.tid === tid && one.ts >= ts && one.ts <= ts + dur;
      return {
        type: args.data.type,
        // By the thread's own clock: on a busy machine the other one runs on while the thread waits.
        calls: calls.filter(during).map(({ tdur, dur = 0 }) => tdur ?? dur),
        layouts: layouts.filter(during).map(({ what }) => what),
      };
    });
}
