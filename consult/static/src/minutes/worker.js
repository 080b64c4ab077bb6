// The service worker of the minutes: an officer's pages of a meeting open without a connection, as they were last seen.
// It keeps only what those pages need, and only on the device of who is signed in: signing out empties everything.
const KEPT = "minutes";
const PAGE = /^\/debates\/\d+\/statements$/;
const NEEDED = /^\/(static\/|districts\/(boundaries|map\.svg)|basemap\/|debates\/\d+\/statements\.(geojson|svg))/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep(request, answer) {
  // Whoever is sent to the sign-in is not signed in any more: what was kept for reading goes, lines that wait stay.
  if (answer.type === "opaqueredirect" && PAGE.test(new URL(request.url).pathname)) await caches.delete(KEPT);
  if (answer.ok && answer.type === "basic" && !answer.redirected) await (await caches.open(KEPT)).put(request, answer.clone());
  return answer;
}

async function newest(request) {
  try {
    return await keep(request, await fetch(request));
  } catch (offline) {
    const known = await caches.match(request, { ignoreVary: true });
    if (known) return known;
    throw offline;
  }
}

async function known(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? keep(request, await fetch(request));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(search || pathname.includes("/parts/") ? known(request) : newest(request));
  else if (PAGE.test(pathname) || NEEDED.test(pathname)) event.respondWith(newest(request));
});

// What the page had loaded before this worker watched over it; the page hears whether all of it is here.
self.addEventListener("message", (event) => {
  const urls = new Set((event.data?.keep ?? []).map((url) => new URL(url, self.location.origin)).filter(({ pathname }) => PAGE.test(pathname) || NEEDED.test(pathname)).map(String));
  const kept = Promise.allSettled([...urls].map((url) => newest(new Request(url, { credentials: "same-origin" }))));
  event.waitUntil(kept.then((all) => event.ports[0]?.postMessage({ isKept: all.every(({ status, value }) => status === "fulfilled" && value.ok) })));
});
