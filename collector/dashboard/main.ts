import { fetchReport, fetchSites, type Report, type Site } from './api.ts';
import { createBarList } from './barList.ts';
import { createChart } from './chart.ts';
import { byId } from './element.ts';
import { createHeadlines } from './headlines.ts';
import { type LiveEvent, type LiveState, openLive } from './live.ts';
import { createLiveFeed } from './liveFeed.ts';
import { createRangePicker, createSitePicker } from './pickers.ts';
import { createProblem } from './problem.ts';
import { createRefresher } from './refresher.ts';
import { keepSelection, readSelection, type Selection, spanOf } from './selection.ts';
import { createSetup } from './setup.ts';

/** Live numbers are asked for at most this often. */
const REFRESH_GAP_MS = 1_000;
/** Without events: moves the window on, and sees a collector that came back or a first site. */
const IDLE_REFRESH_MS = 15_000;
const WAITING_REFRESH_MS = 1_500;
const RETRY_MS = 4_000;
const CLOCK_DIFFERENCE_MS = 600_000;
const ROWS = 8;

const CONNECTION_WORDS: Record<LiveState, string> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting…',
};

startDashboard();

/** Wires the page. Data flows one way: choice → query → parts; an event of the stream only asks for a new query. */
function startDashboard(): void {
  const board = byId('report', HTMLElement);
  const headlines = createHeadlines(board);
  const chart = createChart(byId('plot', HTMLElement), byId('plot-readout', HTMLElement));
  const plotNote = byId('plot-note', HTMLElement);
  const interval = byId('chart-interval', HTMLElement);
  const pages = createBarList(byId('pages-list', HTMLElement), byId('pages-nothing', HTMLElement), 'view');
  const events = createBarList(byId('events-list', HTMLElement), byId('events-nothing', HTMLElement), 'event');
  const rate = byId('feed-rate', HTMLElement);
  const feed = createLiveFeed(byId('feed', HTMLElement), byId('feed-nothing', HTMLElement), rate);
  const connection = byId('connection', HTMLElement);
  const connectionText = byId('connection-text', HTMLElement);
  const setup = createSetup();
  const refresher = createRefresher(refresh, REFRESH_GAP_MS);
  const problem = createProblem(refresher.restart);

  let selection: Selection = readSelection(location.search);
  let sites: Site[] = [];
  let sitesAt = 0;
  let newestAt = 0;
  let closeLive: (() => void) | undefined;
  let followed: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const sitePicker = createSitePicker(byId('site', HTMLSelectElement), (site) => select({ ...selection, site }));
  createRangePicker(byId('ranges', HTMLElement), selection.range, (range) => select({ ...selection, range }));
  refresher.request();

  function select(next: Selection): void {
    selection = next;
    keepSelection(next);
    // With something to show, that stays until the new numbers are there.
    if (board.dataset.state === 'ready') board.dataset.state = 'changing';
    refresher.restart();
  }

  async function refresh(signal: AbortSignal): Promise<void> {
    clearTimeout(timer);
    let nextMs = IDLE_REFRESH_MS;
    try {
      // Sites change seldom, but the first event of one must end the waiting.
      if (!hasEvents(selection.site) || performance.now() - sitesAt > IDLE_REFRESH_MS) {
        sites = await fetchSites(signal);
        sitesAt = performance.now();
      }
      const site = selection.site ?? sites[0]?.site;
      if (site !== undefined && site !== selection.site) {
        selection = { ...selection, site };
        keepSelection(selection);
      }
      if (site === undefined) connectionText.textContent = 'Waiting';
      else follow(site);
      sitePicker.show(sites, site);
      document.title = site ? `${site} · beaconry` : 'beaconry';
      if (site === undefined || !hasEvents(site)) {
        showWaiting(site ?? 'default');
        nextMs = WAITING_REFRESH_MS;
      } else {
        const { range } = selection;
        // A stored event counts even when the collector's clock is a little ahead of the reader's.
        const now = Date.now();
        const span = spanOf(range, Math.min(Math.max(now, newestAt), now + CLOCK_DIFFERENCE_MS));
        showReport(await fetchReport(site, span, { interval: range.interval, limit: ROWS }, signal), range.words);
      }
      problem.hide();
    } catch (error) {
      if (signal.aborted) return;
      problem.show(error);
      if (board.dataset.state !== 'ready' && board.dataset.state !== 'waiting') board.dataset.state = 'failed';
      nextMs = RETRY_MS;
    }
    timer = setTimeout(refresher.request, nextMs);
  }

  function hasEvents(site: string | undefined): boolean {
    return sites.some((row) => row.site === site && row.events > 0);
  }

  function follow(site: string): void {
    if (site === followed) return;
    closeLive?.();
    feed.clear();
    followed = site;
    closeLive = openLive(site, {
      onHello: hear,
      onEvents: hear,
      onState(state) {
        connection.dataset.state = state;
        connectionText.textContent = CONNECTION_WORDS[state];
      },
    });
  }

  function hear(heard: LiveEvent[]): void {
    for (const { at } of heard) newestAt = Math.max(newestAt, at);
    feed.add(heard);
    refresher.request();
  }

  function showReport({ summary, timeseries, pages: pageRows, events: eventRows }: Report, words: string): void {
    setup.hide();
    board.dataset.state = 'ready';
    headlines.show(summary);
    chart.show(timeseries);
    interval.textContent = timeseries.interval === 'day' ? 'by day (UTC)' : `by ${timeseries.interval}`;
    plotNote.hidden = summary.events > 0;
    plotNote.textContent = `Nothing in the last ${words}.`;
    pages.show(
      pageRows.map(({ path, title, views, visitors }) => ({ label: path, note: title, value: views, visitors })),
    );
    events.show(eventRows.map(({ name, count, visitors }) => ({ label: name, value: count, visitors })));
  }

  function showWaiting(site: string): void {
    board.dataset.state = 'waiting';
    headlines.show({ visitors: 0, sessions: 0, pageViews: 0, events: 0 });
    setup.show(site);
  }
}
