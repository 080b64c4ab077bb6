// A map of threats to look at, beside a list with the same content. Each view is asked for anew: the server counts
// together what would cover one another, so a country of threats is as light as a village.
import { LngLatBounds, Popup } from "maplibre-gl";
import { POINTED } from "../lists.js";
import { colours } from "./colours.js";
import { calm, ground } from "./ground.js";
import { addMarks, nameOf, MARKS } from "./marks.js";

const NO_FEATURES = { type: "FeatureCollection", features: [] };
const SETTLE_MS = 120;
const IS_GROUP = ["any", ["has", "point_count"], ["has", "count"]];
const TOTAL = ["coalesce", ["get", "total"], ["get", "count"]];

export async function draw(element) {
  const { map } = await ground(element, { cooperativeGestures: true });
  addLayers(map, element);
  const known = new globalThis.Map();
  const first = await features(element, map);
  show(map, first, known);
  if (!element.hasAttribute("bounds")) showAll(map, first);
  open(map, element);
  followList(map, known);
  followView(map, element, known);
}

/** What lies in the view now; `src` may answer with more than that, never with less. */
async function features(element, map, signal) {
  const address = new URL(element.getAttribute("src"), location.href);
  address.searchParams.set("view", map.getBounds().toArray().flat().map((degrees) => degrees.toFixed(5)).join(","));
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" }, signal });
  if (!answer.ok) throw new Error(`the threats cannot be loaded (${answer.status})`);
  const { features: all } = await answer.json();
  return all.filter(({ geometry }) => geometry).map((feature) => {
    const properties = { ...feature.properties };
    if (!properties.count) properties.id = String(properties.id ?? feature.id);
    return { ...feature, properties: { ...properties, mark: nameOf(properties), fill: (MARKS[properties.status] ?? MARKS.joke).fill } };
  });
}

/** Ask again when the map has come to rest somewhere else; only the last view asked for is shown. */
function followView(map, element, known) {
  let asked = new AbortController();
  let timer;
  map.on("moveend", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      asked.abort();
      asked = new AbortController();
      element.setAttribute("aria-busy", "true");
      try {
        show(map, await features(element, map, asked.signal), known);
      } catch (error) {
        if (error.name === "AbortError") return; // a later view is on its way
        console.warn("map:", error.message); // what was loaded before stays on the map
      }
      element.removeAttribute("aria-busy");
    }, SETTLE_MS);
  });
}

const collection = (all) => ({ type: "FeatureCollection", features: all });
const isPoint = ({ geometry }) => geometry.type === "Point";

function show(map, threats, known) {
  known.clear();
  for (const threat of threats) if (threat.properties.id) known.set(threat.properties.id, threat);
  addMarks(map, threats.filter(({ properties }) => !properties.count));
  map.getSource("areas").setData(collection(threats.filter((one) => !isPoint(one))));
  map.getSource("points").setData(collection(threats.filter(isPoint)));
}

function addLayers(map, element) {
  const shade = colours(element);
  for (const name of ["areas", "pointed"]) map.addSource(name, { type: "geojson", data: NO_FEATURES });
  map.addSource("points", {
    type: "geojson", data: NO_FEATURES, cluster: true, clusterRadius: 34, clusterMaxZoom: 17,
    clusterProperties: { total: ["+", ["coalesce", ["get", "count"], 1]] },
  });
  map.addLayer({ id: "areas", type: "fill", source: "areas", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ["get", "fill"], "fill-opacity": 0.22 } }, "names");
  map.addLayer({ id: "casing", type: "line", source: "areas", paint: { "line-color": "#ffffff", "line-width": 4, "line-opacity": 0.75 } }, "names");
  map.addLayer({ id: "edges", type: "line", source: "areas", paint: { "line-color": ["get", "fill"], "line-width": 2, "line-dasharray": [3, 2] } }, "names");
  map.addLayer({
    id: "groups", type: "circle", source: "points", filter: IS_GROUP,
    paint: { "circle-color": "#30363d", "circle-radius": ["step", TOTAL, 13, 10, 15, 100, 18, 1000, 21, 10000, 25], "circle-stroke-color": "#ffffff", "circle-stroke-width": 2.5 },
  });
  map.addLayer({
    id: "counts", type: "symbol", source: "points", filter: IS_GROUP,
    layout: { "text-field": ["to-string", TOTAL], "text-size": 12, "text-font": ["Open Sans Bold"], "text-allow-overlap": true, "text-ignore-placement": true },
    paint: { "text-color": "#ffffff" },
  });
  map.addLayer({
    id: "pointed", type: "circle", source: "pointed",
    paint: { "circle-radius": 21, "circle-color": shade.accent, "circle-opacity": 0.28, "circle-stroke-color": shade.accent, "circle-stroke-width": 3 },
  });
  map.addLayer({
    id: "threats", type: "symbol", source: "points", filter: ["!", IS_GROUP],
    layout: { "icon-image": ["get", "mark"], "icon-allow-overlap": true, "icon-ignore-placement": true },
  });
}

function showAll(map, threats) {
  const bounds = new LngLatBounds();
  for (const threat of threats) bounds.extend(middle(threat));
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 48, maxZoom: 15, animate: false });
}

function middle({ geometry }) {
  const positions = geometry.coordinates.flat(Infinity);
  const bounds = new LngLatBounds();
  for (let n = 0; n + 1 < positions.length; n += 2) bounds.extend([positions[n], positions[n + 1]]);
  return bounds.getCenter();
}

const CLICKABLE = ["threats", "groups", "areas", "edges"];

function open(map, element) {
  for (const layer of CLICKABLE) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; tell(null); });
    map.on("mousemove", layer, ({ features: [feature] }) => tell(feature.properties.id ?? null));
  }
  map.on("click", async ({ point, lngLat }) => {
    const [feature] = map.queryRenderedFeatures(point, { layers: CLICKABLE });
    if (!feature) return;
    if (feature.properties.total ?? feature.properties.count) {
      if (mayEnter(map)) return enter(map, feature);
      if (!feature.properties.url) return;
    }
    const at = feature.geometry.type === "Point" ? feature.geometry.coordinates : lngLat;
    new Popup({ offset: 14, maxWidth: "280px", focusAfterOpen: true }).setLngLat(at).setDOMContent(card(element, feature.properties)).addTo(map);
  });
}

/** Threats of one spot stay together however near one looks: then the popup leads to their list. */
const mayEnter = (map) => map.getZoom() < map.getMaxZoom() - 0.5;

async function enter(map, { geometry, properties }) {
  if (properties.bounds) return map.fitBounds(JSON.parse(properties.bounds), { padding: 24, animate: !calm() });
  const zoom = await map.getSource("points").getClusterExpansionZoom(properties.cluster_id);
  map[calm() ? "jumpTo" : "easeTo"]({ center: geometry.coordinates, zoom: Math.min(zoom + 0.3, map.getMaxZoom()) });
}

function tell(id) {
  document.dispatchEvent(new CustomEvent(POINTED, { detail: { id, from: "map" } }));
}

/** What stands in the popup: words of strangers, so only ever as text. */
function card(element, { title, url, count, status, status_label: words, approximate }) {
  const box = document.createElement("div");
  box.className = "map-card";
  const heading = box.appendChild(document.createElement("p"));
  heading.className = "map-card__title";
  if (isOwn(url)) {
    const link = heading.appendChild(document.createElement("a"));
    link.className = "govuk-link";
    link.href = url;
    link.textContent = title || element.say("details");
  } else heading.textContent = title ?? "";
  if (!count) box.append(line(words ?? element.say(`status_${status}`)));
  if (approximate === true || approximate === "true") box.append(line(element.say("approximate")));
  return box;
}

const isOwn = (url) => typeof url === "string" && /^\/(?![/\\])/.test(url);

function line(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

/** The entry of a list may tell its place itself: on the map it may be counted together with others. */
function followList(map, known) {
  document.addEventListener(POINTED, ({ detail }) => {
    if (detail.from !== "list") return;
    const threat = known.get(detail.id);
    const at = detail.at ?? (threat && middle(threat).toArray());
    map.getSource("pointed").setData(at ? { type: "Point", coordinates: at } : NO_FEATURES);
    if (at && !map.getBounds().contains(at)) map[calm() ? "jumpTo" : "easeTo"]({ center: at });
  });
}
