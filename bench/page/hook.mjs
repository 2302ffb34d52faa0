// How the benchmark's driver (TUTTI_FIXTURES/bench, harness/driver.mjs) meets our page: what a person would have
// set up by hand stands in the page's storage before it is opened, and one click on `#send` starts all streams.
// No line of the page knows of the benchmark.

/** As many panels as streams, each asking the mock by the origin that served the page (HTTP/2). The driver
    watches the last panels: one that only keeps the page busy comes first. */
const workspace = ({ models, https }) => ({
  version: 1,
  panels: [process.env.TUTTI_BENCH_BESIDE, ...models].filter(Boolean).map(model => ({
    provider: 'custom-openai', dialect: 'openai_chat', model, base_url: `${https}/v1`,
  })),
  view: 'columns',
  confirm_above: 1000000,
  // The queue lets all of them go at once, as the other pages do.
  connections: 1000,
  language: 'en',
});

export const prepare = (page, options) => page.addInitScript(
  ([workspace, draft]) => {
    // Also runs in frames of other origins and in blank documents, where there may be no storage.
    try {
      localStorage.setItem('tutti.workspace', workspace);
      localStorage.setItem('tutti.draft', draft);
    } catch {}
  },
  [JSON.stringify(workspace(options)), 'hello'],
);
