// Keeps the page for when there is no network, and starts it from what it keeps. VERSION and FILES, each file with
// its hash, are written before this by `cargo xtask dist`.
//
// It answers for the files of that list and nothing else, asks only the server that it came from, and sees nothing
// of what the page asks providers. A newer version waits until no tab streams; then it has the next page that is
// loaded, while pages of an older version keep the files of theirs until the last one is closed.

const OURS = `tutti ${registration.scope} `;
const CACHE = OURS + VERSION;
/// Held, shared, by each tab that streams (src/browser/offline.rs).
const STREAMS = "tutti-streams";
/// What is in a file of such a name never changes.
const NAMED_BY_CONTENT = /^[\w-]*-[0-9a-f]{16}[_./]/;

addEventListener("install", (event) => event.waitUntil(install(event)));
addEventListener("activate", (event) => event.waitUntil(forget()));
addEventListener("message", (event) => {
  if (event.data === "when idle") event.waitUntil(navigator.locks.request(STREAMS, () => skipWaiting()));
});

async function install(event) {
  try {
    // Prompts need not even pass by here.
    await event.addRoutes({ condition: { requestMethod: "POST" }, source: "network" });
  } catch {
    // A browser that has no such thing.
  }
  const cache = await caches.open(CACHE);
  // Who pays for each byte gets the languages of code when they are needed.
  const is_sparing = navigator.connection?.saveData;
  const names = Object.keys(FILES).filter((name) => !is_sparing || !name.endsWith(".pack"));
  // A few at a time: whatever the page itself asks for comes first.
  while (names.length > 0) {
    await Promise.all(names.splice(0, 4).map((name) => keep(cache, name)));
  }
}

async function keep(cache, name) {
  const known = NAMED_BY_CONTENT.test(name) && (await of_any_version(name));
  await cache.put(name, known || (await fetched(name)));
}

/// By its hash: never a file of another version, nor one that was damaged on its way.
async function fetched(name) {
  const cache = NAMED_BY_CONTENT.test(name) ? "default" : "no-cache";
  const answer = await fetch(name, { integrity: FILES[name], cache, priority: "low" });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  // Some hosts lead from one address of a page to another; browsers refuse to show what was led on.
  return answer.redirected ? new Response(answer.body, { headers: answer.headers }) : answer;
}

async function all_versions() {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(OURS));
}

async function of_any_version(name) {
  for (const version of await all_versions()) {
    const found = await (await caches.open(version)).match(name, { ignoreVary: true });
    if (found) return found;
  }
}

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || !url.startsWith(registration.scope)) return;
  const is_visit = mode === "navigate";
  let name = url.slice(registration.scope.length).split("#")[0];
  if (is_visit) {
    name = name.split("?")[0];
    if (name === "" || name === "index.html") name = "./";
  }
  const is_listed = Object.hasOwn(FILES, name);
  if (!is_listed && (is_visit || !NAMED_BY_CONTENT.test(name))) return;
  event.respondWith(answer(event.request, name, is_listed));
  // The first that each page asks for.
  if (/^(boot|recovery)\.js/.test(name)) event.waitUntil(remember(event.clientId));
});

async function answer(request, name, is_listed) {
  const cache = await caches.open(CACHE);
  const found = (await cache.match(name, { ignoreVary: true })) || (!is_listed && (await of_any_version(name)));
  if (found) return found;
  const answer = await fetch(request);
  // What was left out, or cleared by the browser.
  if (is_listed && NAMED_BY_CONTENT.test(name) && answer.ok) await cache.put(name, answer.clone());
  return answer;
}

/// That page is of this version.
async function remember(client) {
  const cache = await caches.open(CACHE);
  await cache.put(`client/${client}`, new Response());
  await forget();
}

/// Removes the versions before this one that no page is of.
async function forget() {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = new Set(pages.filter(({ url }) => url.startsWith(registration.scope)).map(({ id }) => id));
  const known = new Set();
  const unused = [];
  const versions = await all_versions();
  // In the order in which they came: what follows is a newer one that waits.
  const own = versions.indexOf(CACHE);
  for (const version of versions) {
    const cache = await caches.open(version);
    let is_used = versions.indexOf(version) >= own;
    for (const { url } of await cache.keys()) {
      const [, id] = url.split(`${registration.scope}client/`);
      if (open.has(id)) {
        known.add(id);
        is_used = true;
      } else if (id) {
        await cache.delete(url);
      }
    }
    if (!is_used) unused.push(version);
  }
  // A page that came from the network may be of any version.
  if (known.size === open.size) await Promise.all(unused.map((version) => caches.delete(version)));
}
