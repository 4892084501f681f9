import { type Details, fetchDetails, fetchReport, fetchSites, type Report, type Site } from './api.ts';
import { createBarList } from './barList.ts';
import { createChart } from './chart.ts';
import { createConsentPanel } from './consentPanel.ts';
import { byId } from './element.ts';
import { createHeadlines } from './headlines.ts';
import { type LiveState, openLive } from './live.ts';
import type { LiveEvent } from './liveEvent.ts';
import { createLiveFeed } from './liveFeed.ts';
import { createLossPanel } from './lossPanel.ts';
import { createRangePicker, createSitePicker } from './pickers.ts';
import { createProblem } from './problem.ts';
import { createPurchasesPanel } from './purchasesPanel.ts';
import { createRefresher } from './refresher.ts';
import { keepSelection, readSelection, type Selection, spanOf } from './selection.ts';
import { createSetup } from './setup.ts';
import { createVitalsPanel } from './vitalsPanel.ts';

/** Live numbers are asked for at most this often. */
const REFRESH_GAP_MS = 1_000;
/** The details ask more of the collector, and less of them is watched by the second. */
const DETAILS_GAP_MS = 3_000;
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
  const details = byId('details', HTMLElement);
  const referrers = createBarList(byId('referrers-list', HTMLElement), byId('referrers-nothing', HTMLElement), 'view');
  const errorPanel = byId('errors', HTMLElement);
  const errors = createBarList(byId('errors-list', HTMLElement), byId('errors-nothing', HTMLElement), 'error');
  const consent = createConsentPanel();
  const loss = createLossPanel();
  const vitals = createVitalsPanel();
  const purchases = createPurchasesPanel();
  const rate = byId('feed-rate', HTMLElement);
  const feed = createLiveFeed(byId('feed', HTMLElement), byId('feed-nothing', HTMLElement), rate);
  const connection = byId('connection', HTMLElement);
  const connectionText = byId('connection-text', HTMLElement);
  const setup = createSetup();
  const refresher = createRefresher(refresh, REFRESH_GAP_MS);
  const detailsRefresher = createRefresher(refreshDetails, DETAILS_GAP_MS);
  const problem = createProblem(refresher.restart);

  let selection: Selection = readSelection(location.search);
  let sites: Site[] = [];
  let sitesAt = 0;
  let newestAt = 0;
  let closeLive: (() => void) | undefined;
  let followed: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The details on show are of another choice. */
  let isChanging = false;

  const sitePicker = createSitePicker(byId('site', HTMLSelectElement), (site) => select({ ...selection, site }));
  createRangePicker(byId('ranges', HTMLElement), selection.range, (range) => select({ ...selection, range }));
  refresher.request();

  function select(next: Selection): void {
    selection = next;
    keepSelection(next);
    // With something to show, that stays until the new numbers are there.
    if (board.dataset.state === 'ready') board.dataset.state = 'changing';
    isChanging = true;
    details.dataset.state = 'changing';
    refresher.restart();
  }

  async function refresh(signal: AbortSignal): Promise<void> {
    clearTimeout(timer);
    let nextMs = IDLE_REFRESH_MS;
    try {
      // Sites change seldom, but the first event of one must end the waiting.
      if (!isKnown(selection.site) || performance.now() - sitesAt > IDLE_REFRESH_MS) {
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
      if (site === undefined || !isKnown(site)) {
        showWaiting(site ?? 'default');
        nextMs = WAITING_REFRESH_MS;
      } else {
        const { range } = selection;
        const span = spanOf(range, latest());
        showReport(await fetchReport(site, span, { interval: range.interval, limit: ROWS }, signal), range.words);
        if (isChanging) detailsRefresher.restart();
        else detailsRefresher.request();
        isChanging = false;
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

  async function refreshDetails(signal: AbortSignal): Promise<void> {
    const { site, range } = selection;
    if (site === undefined) return;
    const columns = { interval: range.columns, span: spanOf({ ...range, interval: range.columns }, latest()) };
    try {
      const found = await fetchDetails(site, spanOf(range, latest()), columns, ROWS, signal);
      if (selection.site === site && selection.range === range) showDetails(found, site, range.words);
    } catch (error) {
      if (!signal.aborted) problem.show(error);
    }
  }

  /** A stored event counts even when the collector's clock is a little ahead of the reader's. */
  function latest(): number {
    const now = Date.now();
    return Math.min(Math.max(now, newestAt), now + CLOCK_DIFFERENCE_MS);
  }

  function isKnown(site: string | undefined): boolean {
    return sites.some((row) => row.site === site && row.events + row.choices > 0);
  }

  function follow(site: string): void {
    if (site === followed) return;
    closeLive?.();
    feed.clear();
    followed = site;
    closeLive = openLive(site, {
      onHello: hear,
      onEvents: hear,
      onErased(ids) {
        feed.remove(ids);
        refresher.request();
      },
      onChange(at) {
        newestAt = Math.max(newestAt, at);
        refresher.request();
      },
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

  function showDetails(found: Details, site: string, words: string): void {
    details.hidden = false;
    details.dataset.state = 'ready';
    referrers.show(
      found.referrers.map(({ referrer, views, visitors }) => ({ label: referrer, value: views, visitors })),
    );
    const hasChoices = found.consent.visitors > 0 || sites.some((row) => row.site === site && row.choices > 0);
    consent.show(found.consent, { site, isKnown: hasChoices, words });
    loss.show(found.loss);
    vitals.show(found.vitals);
    errorPanel.hidden = found.errors.length === 0;
    errors.show(
      found.errors.map(({ message, path, count, visitors }) => ({
        label: message || 'without a message',
        note: path,
        value: count,
        visitors,
      })),
    );
    purchases.show(found.purchases);
  }

  function showWaiting(site: string): void {
    board.dataset.state = 'waiting';
    details.hidden = true;
    headlines.show({ visitors: 0, sessions: 0, pageViews: 0, events: 0 });
    setup.show(site);
  }
}
