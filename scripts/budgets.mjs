// What an import may weigh in a page: minified by esbuild, compressed by brotli, in bytes (1 KB = 1000).
// `imports` are named exports of the package, or of the entry `from`; `over` is what they come on top of: then their own
// bytes count alone. `file` is a file of its dist as it is, `folder` the largest in one. What `import()` brings is not in it.
// A limit is what was reached, with a little room for brotli's moods; raising one needs a reason in its commit.
const visits = ['createTracker', 'pageViews', 'clicks'];
const auto = ['createTracker', 'autocapture'];

const capture = (name, limit = 700) => ({ name: `\`${name}\` adds`, imports: [...visits, name], over: visits, limit });

export const budgets = [
  { name: '`createTracker`', imports: ['createTracker'], limit: 8380 },
  { name: '+ `pageViews`, `clicks`', imports: visits, limit: 9810 },
  { name: '+ the rest of `autocapture`', imports: auto, limit: 11_570 },
  { name: '+ `durableOutbox`', imports: [...auto, 'durableOutbox'], limit: 15_380 },
  {
    name: '+ `createConsent`, without its banner',
    imports: [...auto, 'durableOutbox', 'createConsent'],
    limit: 18_010,
  },
  { name: 'the banner, when it is shown', imports: ['attachBanner'], from: 'beaconry/banner', limit: 4600 },
  { name: 'the page of a visitor’s own data', imports: ['defineMyData'], from: 'beaconry/my-data', limit: 8790 },
  { name: 'a language', folder: 'locales', limit: 600 },
  { name: 'script tag, `beaconry.js`: all of these', file: 'beaconry.js', limit: 21_400 },
  ...['cta', 'sessionStart', 'sections', 'requests', 'search', 'copy', 'notFound', 'media'].map((name) =>
    capture(name),
  ),
  // Every attribute, address and style rule of a page is looked at; the recorder that comes with it weighs fifty times that.
  capture('replay', 1100),
  capture('errors', 780),
  capture('heatmap', 780),
  // Three kinds of clicks, each with what is no false alarm.
  capture('frustration', 1100),
  capture('webVitals', 3600),
  capture('vitalsWithAttribution', 580),
];
