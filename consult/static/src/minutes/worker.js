// The service worker of the minutes: an officer's pages of a meeting open without a connection, as they were last seen.
// It keeps only what those pages need, and only on the device of who is signed in: signing out empties everything.
const KEPT = "minutes";
const MAP = "minutes-map"; // the background of the districts of the last meeting
const WHOSE = "/debates/outbox"; // under this address stands whose pages are kept
const MOST = 800;
const AT_ONCE = 6;
const FRESH_MS = 30 * 24 * 3600 * 1000;
const PAGE = /^\/debates\/\d+\/statements$/;
const NEEDED = /^\/(static\/|districts\/(boundaries|map\.svg)|basemap\/|debates\/\d+\/(statements\.(geojson|svg)|ahead$))/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// Another person who signs in on the same device finds nothing of the one before.
async function keepFor(account) {
  const cache = await caches.open(KEPT);
  if ((await (await cache.match(WHOSE))?.text()) === String(account)) return;
  await forget();
  await (await caches.open(KEPT)).put(WHOSE, new Response(String(account)));
}

const forget = () => Promise.all([caches.delete(KEPT), caches.delete(MAP)]);

// The oldest go first, but whose it is stays.
async function trim() {
  const cache = await caches.open(KEPT);
  const all = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== WHOSE);
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((one) => cache.delete(one)));
}

async function keep(request, answer) {
  // Whoever is sent to the sign-in is not signed in any more: what was kept for reading goes, lines that wait stay.
  if (answer.type === "opaqueredirect" && PAGE.test(new URL(request.url).pathname)) await forget();
  // What comes after somebody signed out, late as it is, is kept for nobody.
  if (!(await caches.has(KEPT))) return answer;
  if ([403, 404, 410].includes(answer.status)) await (await caches.open(KEPT)).delete(request); // not this person's any more
  if (answer.ok && answer.type === "basic" && !answer.redirected) await (await caches.open(KEPT)).put(request, answer.clone());
  return answer;
}

async function newest(request) {
  try {
    return await keep(request, await fetch(request));
  } catch (offline) {
    // Whatever part of the minutes a map asks for, it gets all that was said.
    const ignoreSearch = new URL(request.url).pathname.endsWith("/statements.geojson");
    const known = await caches.match(request, { ignoreVary: true, ignoreSearch });
    if (known) return known;
    throw offline;
  }
}

async function known(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? keep(request, await fetch(request));
}

async function ahead(request) {
  return (await caches.match(request, { cacheName: MAP, ignoreVary: true })) ?? newest(request);
}

// One tile for later: its size, or null where there is no connection.
async function size(cache, url) {
  const kept = await cache.match(url, { ignoreVary: true });
  if (kept && Number(kept.headers.get("kept-at")) > Date.now() - FRESH_MS) return (await kept.blob()).size;
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) return kept ? (await kept.blob()).size : null;
  const tile = await answer.blob();
  const headers = { "content-type": answer.headers.get("content-type") ?? "", "kept-at": String(Date.now()) };
  await cache.put(url, new Response(tile.size ? tile : null, { status: answer.status, headers }));
  return tile.size;
}

// A stated number of bytes at most, and a tenth of what the device has free.
async function room(bytes) {
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
  return Math.min(bytes, (quota - usage) / 10);
}

// The background of one meeting's districts; what was kept of other districts goes. Tells how many tiles are here.
async function fetchTiles({ tiles, bytes }) {
  const urls = tiles.map((url) => new URL(url, self.location.origin)).filter(({ pathname, origin }) => origin === self.location.origin && pathname.startsWith("/basemap/")).map(String);
  const cache = await caches.open(MAP);
  // Whoever has signed out meanwhile, while borders were still coming, leaves no map behind.
  if (!(await caches.has(KEPT))) {
    await caches.delete(MAP);
    return 0;
  }
  const wanted = new Set(urls);
  await Promise.all((await cache.keys()).filter(({ url }) => !wanted.has(url)).map((one) => cache.delete(one)));
  let left = await room(bytes);
  for (let start = 0; start < urls.length; start += AT_ONCE) {
    const part = urls.slice(start, start + AT_ONCE);
    const sizes = await Promise.all(part.map((url) => size(cache, url)));
    for (const [number, taken] of sizes.entries()) {
      if (taken !== null && taken <= left) left -= taken;
      else {
        await Promise.all(urls.slice(start + number).map((url) => taken !== null && cache.delete(url)));
        return start + number;
      }
    }
  }
  return urls.length;
}

async function fetchAhead({ boundaries, ...background }) {
  const borders = await Promise.allSettled(boundaries.map((url) => newest(new Request(new URL(url, self.location.origin), { credentials: "same-origin" }))));
  const hasBorders = borders.length > 0 && borders.every(({ status, value }) => status === "fulfilled" && value.ok);
  return { hasBorders, tiles: await fetchTiles(background).catch(() => 0) };
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(search || pathname.includes("/parts/") ? known(request) : newest(request));
  else if (pathname.startsWith("/basemap/")) event.respondWith(ahead(request));
  else if (PAGE.test(pathname) || NEEDED.test(pathname)) event.respondWith(newest(request));
});

// What the page had loaded before this worker watched over it; the page hears whether all of it is here.
self.addEventListener("message", (event) => {
  const urls = new Set((event.data?.keep ?? []).map((url) => new URL(url, self.location.origin)).filter(({ pathname }) => PAGE.test(pathname) || NEEDED.test(pathname)).map(String));
  const work = async () => {
    await keepFor(event.data.account);
    if (event.data.ahead) return event.ports[0]?.postMessage(await fetchAhead(event.data.ahead));
    const all = await Promise.allSettled([...urls].map((url) => newest(new Request(url, { credentials: "same-origin" }))));
    await trim();
    event.ports[0]?.postMessage({ isKept: all.every(({ status, value }) => status === "fulfilled" && value.ok) });
  };
  event.waitUntil(work());
});
