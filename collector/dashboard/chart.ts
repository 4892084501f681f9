import uPlot from 'uplot';
import type { Interval, Timeseries } from './api.ts';
import { element } from './element.ts';
import { formatCount, formatPoint, formatShort, formatTick } from './format.ts';

export interface Chart {
  show(timeseries: Timeseries): void;
}

/** Steps of the value axis. Whole numbers only: half a visitor makes no mark. */
const STEPS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].flatMap((ten) => [ten, 2 * ten, 5 * ten]);

/** Highest value of the axis when there is little to show, so that one visit is not a mountain. */
const LOWEST_TOP = 4;

/**
 * Visitors and page views over time, in the colours of the style sheet, made anew when those change.
 *
 * The arrow keys walk through the points; `readout` then says each one.
 */
export function createChart(plot: HTMLElement, readout: HTMLElement): Chart {
  let drawn: uPlot | undefined;
  let shown: Timeseries | undefined;

  const draw = () => {
    drawn?.destroy();
    drawn =
      shown &&
      new uPlot(
        optionsOf(plot, () => shown),
        dataOf(shown),
        plot,
      );
  };

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(() => drawn?.setSize(sizeOf(plot))).observe(plot);
  plot.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !drawn || !shown?.points.length) return;
    event.preventDefault();
    const last = shown.points.length - 1;
    const at = Math.min(last, Math.max(0, (drawn.cursor.idx ?? last + (step < 0 ? 1 : 0)) + step));
    const left = drawn.valToPos((shown.points[at]?.at ?? 0) / 1000, 'x');
    drawn.setCursor({ left, top: 0 });
    readout.textContent = sentenceOf(shown, at);
  });
  plot.addEventListener('blur', () => drawn?.setCursor({ left: -10, top: -10 }));

  return {
    show(timeseries) {
      const redraw = !drawn || shown?.interval !== timeseries.interval;
      shown = timeseries;
      plot.ariaLabel = labelOf(timeseries);
      if (redraw) draw();
      else drawn?.setData(dataOf(timeseries));
    },
  };
}

function optionsOf(plot: HTMLElement, current: () => Timeseries | undefined): uPlot.Options {
  const style = getComputedStyle(plot);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const interval = (): Interval => current()?.interval ?? 'hour';
  const font = `12px ${style.fontFamily}`;
  const line = (name: string): uPlot.Series => ({
    stroke: colour(`--${name}`),
    fill: colour(`--${name}-fill`),
    width: 2,
    paths: uPlot.paths.spline?.(),
    points: { show: false },
  });
  const axis: uPlot.Axis = { stroke: colour('--muted'), font, ticks: { show: false }, gap: 8 };
  const grid: uPlot.Axis.Grid = { stroke: colour('--line'), width: 1 };

  return {
    ...sizeOf(plot),
    padding: [10, 22, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: {
        size: 9,
        width: 2,
        fill: (_u, at) => colour(at === 1 ? '--views' : '--visitors'),
        stroke: () => colour('--panel'),
      },
    },
    scales: { y: { range: (_u, _low, high) => [0, Math.max(LOWEST_TOP, (high ?? 0) * 1.1)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 64,
        size: 32,
        values: (_u, ticks) => ticks.map((tick) => formatTick(tick * 1000, interval())),
      },
      {
        ...axis,
        grid,
        space: 44,
        size: 48,
        incrs: STEPS,
        values: (_u, ticks) => ticks.map((tick) => formatShort(tick)),
      },
    ],
    series: [{}, line('views'), line('visitors')],
    // Days are counted in UTC, so their marks stand at midnight UTC; everything shorter is in the reader's time.
    tzDate: (seconds) => {
      const date = new Date(seconds * 1000);
      return interval() === 'day' ? uPlot.tzDate(date, 'Etc/UTC') : date;
    },
    plugins: [tooltip(current)],
  };
}

/** A small card beside the point under the cursor. */
function tooltip(current: () => Timeseries | undefined): uPlot.Plugin {
  const time = element('strong', 'tip-time');
  const visitors = element('span', 'key key-visitors');
  const views = element('span', 'key key-views');
  const card = element('div', 'tip', time, visitors, views);
  card.hidden = true;
  card.ariaHidden = 'true';
  return {
    hooks: {
      init: (u) => u.over.append(card),
      setCursor: (u) => {
        const timeseries = current();
        const point = timeseries?.points[u.cursor.idx ?? -1];
        card.hidden = !point || (u.cursor.left ?? -1) < 0;
        if (!timeseries || !point || card.hidden) return;
        time.textContent = formatPoint(point.at, timeseries.interval);
        visitors.textContent = formatCount(point.visitors, 'visitor');
        views.textContent = formatCount(point.pageViews, 'page view');
        const x = u.valToPos(point.at / 1000, 'x');
        const flip = x > u.over.clientWidth / 2;
        card.style.setProperty('--x', `${x}px`);
        card.classList.toggle('tip-left', flip);
      },
    },
  };
}

function dataOf({ points }: Timeseries): uPlot.AlignedData {
  return [
    points.map((point) => point.at / 1000),
    points.map((point) => point.pageViews),
    points.map((point) => point.visitors),
  ];
}

const sizeOf = (plot: HTMLElement) => ({ width: plot.clientWidth, height: plot.clientHeight });

function labelOf({ points, interval }: Timeseries): string {
  const views = points.reduce((sum, point) => sum + point.pageViews, 0);
  const most = points.reduce<Timeseries['points'][number] | undefined>(
    (best, point) => (point.pageViews > (best?.pageViews ?? 0) ? point : best),
    undefined,
  );
  const peak = most ? `, most at ${formatPoint(most.at, interval)} (${most.pageViews})` : '';
  return `Visitors and page views by ${interval}: ${formatCount(views, 'page view')}${peak}. Arrow keys read the points.`;
}

function sentenceOf({ points, interval }: Timeseries, at: number): string {
  const point = points[at];
  if (!point) return '';
  const { visitors, pageViews } = point;
  return `${formatPoint(point.at, interval)}: ${formatCount(visitors, 'visitor')}, ${formatCount(pageViews, 'page view')}`;
}
