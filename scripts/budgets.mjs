// What an import may weigh in a page: minified by esbuild, compressed by brotli, in bytes (1 KB = 1000).
// `imports` are named exports of the package; `file` is a file of its dist as it is.
// A limit is what was reached, with a little room for brotli's moods; raising one needs a reason in its commit.
export const budgets = [
  { name: '`createTracker`', imports: ['createTracker'], limit: 6450 },
  { name: '+ `pageViews`, `clicks`', imports: ['createTracker', 'pageViews', 'clicks'], limit: 7700 },
  { name: '+ `durableOutbox`', imports: ['createTracker', 'pageViews', 'clicks', 'durableOutbox'], limit: 11_400 },
  { name: 'script tag, `beaconry.js`: all of these', file: 'beaconry.js', limit: 10_900 },
];
