// Starts the WebAssembly module. A file of its own, because the page's CSP allows no inline script.
const query = new URL(import.meta.url).searchParams;
const at = (name) => new URL(query.get(name), document.baseURI).href;
const { default: init } = await import(at("js"));
await init({ module_or_path: at("wasm") });
