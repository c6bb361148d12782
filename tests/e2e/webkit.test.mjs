// The client's pages and the console again, in another engine, which there is for Linux alone.
if (process.env.WEBKIT || process.platform === 'linux') {
  process.env.ENGINE = 'WEBKIT';
  await import('./browser-client.test.mjs');
  await import('./auth.test.mjs');
  await import('./demo.test.mjs');
}
