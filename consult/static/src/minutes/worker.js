// The service worker of the minutes: an officer's pages of a meeting open without a connection, as they were last seen.
// It keeps only what those pages need, and only on the device of who is signed in: signing out empties everything.
const KEPT = "minutes";
const WHOSE = "/debates/outbox"; // under this address stands whose pages are kept
const MOST = 800;
const PAGE = /^\/debates\/\d+\/statements$/;
const NEEDED = /^\/(static\/|districts\/(boundaries|map\.svg)|basemap\/|debates\/\d+\/statements\.(geojson|svg))/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// Another person who signs in on the same device finds nothing of the one before.
async function keepFor(account) {
  const cache = await caches.open(KEPT);
  if ((await (await cache.match(WHOSE))?.text()) === String(account)) return;
  await caches.delete(KEPT);
  await (await caches.open(KEPT)).put(WHOSE, new Response(String(account)));
}

// The oldest go first, but whose it is stays.
async function trim() {
  const cache = await caches.open(KEPT);
  const all = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== WHOSE);
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((one) => cache.delete(one)));
}

async function keep(request, answer) {
  // Whoever is sent to the sign-in is not signed in any more: what was kept for reading goes, lines that wait stay.
  if (answer.type === "opaqueredirect" && PAGE.test(new URL(request.url).pathname)) await caches.delete(KEPT);
  if ([403, 404, 410].includes(answer.status)) await (await caches.open(KEPT)).delete(request); // not this person's any more
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
  const work = async () => {
    await keepFor(event.data.account);
    const all = await Promise.allSettled([...urls].map((url) => newest(new Request(url, { credentials: "same-origin" }))));
    await trim();
    event.ports[0]?.postMessage({ isKept: all.every(({ status, value }) => status === "fulfilled" && value.ok) });
  };
  event.waitUntil(work());
});
