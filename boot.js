// Starts the WebAssembly module, or says that it cannot. A file of its own, because the page's CSP
// allows no inline script; a classic script, because from file:// no module loads to say anything.
(async ({ src }) => {
  const query = new URL(src).searchParams;
  const at = (name) => new URL(query.get(name), document.baseURI).href;
  try {
    const { default: init } = await import(at("js"));
    await init({ module_or_path: at("wasm") });
    document.getElementById("cannot-start")?.remove();
  } catch (error) {
    document.getElementById("cannot-start").hidden = false;
    throw error;
  } finally {
    document.getElementById("loading")?.remove();
  }
})(document.currentScript);
