// The client's pages and the console again, in another engine.
process.env.ENGINE = 'FIREFOX';
await import('./browser-client.test.mjs');
await import('./auth.test.mjs');
await import('./demo.test.mjs');
