// What an import may weigh in a page: minified by esbuild, compressed by brotli, in bytes (1 KB = 1000).
// `imports` are named exports of the package; `file` is a file of its dist as it is.
export const budgets = [
  { name: '`createTracker`', imports: ['createTracker'], limit: 3800 },
  { name: '+ `pageViews`, `clicks`', imports: ['createTracker', 'pageViews', 'clicks'], limit: 4800 },
  { name: 'script tag, `beaconry.js`', file: 'beaconry.js', limit: 5500 },
];
