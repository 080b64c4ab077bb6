// A map of threats to look at, beside a list with the same content.
import { LngLatBounds, Popup } from "maplibre-gl";
import { POINTED } from "../lists.js";
import { colours } from "./colours.js";
import { calm, ground } from "./ground.js";
import { addMarks, nameOf, MARKS } from "./marks.js";

const NO_FEATURES = { type: "FeatureCollection", features: [] };

export async function draw(element) {
  const [{ map }, threats] = await Promise.all([
    ground(element, { cooperativeGestures: true }),
    features(element.getAttribute("src")),
  ]);
  addThreats(map, element, threats);
  if (!element.hasAttribute("bounds")) showAll(map, threats);
  open(map, element);
  followList(map, threats);
}

async function features(address) {
  if (!address) return [];
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`the threats cannot be loaded (${answer.status})`);
  const { features: all } = await answer.json();
  return all.filter(({ geometry }) => geometry).map((feature) => {
    const properties = { ...feature.properties, id: String(feature.properties?.id ?? feature.id) };
    return { ...feature, properties: { ...properties, mark: nameOf(properties), fill: (MARKS[properties.status] ?? MARKS.joke).fill } };
  });
}

const collection = (all) => ({ type: "FeatureCollection", features: all });
const isPoint = ({ geometry }) => geometry.type === "Point";

function addThreats(map, element, threats) {
  const shade = colours(element);
  addMarks(map, threats);
  map.addSource("areas", { type: "geojson", data: collection(threats.filter((one) => !isPoint(one))) });
  map.addSource("points", { type: "geojson", data: collection(threats.filter(isPoint)), cluster: true, clusterRadius: 38, clusterMaxZoom: 15 });
  map.addSource("pointed", { type: "geojson", data: NO_FEATURES });
  map.addLayer({ id: "areas", type: "fill", source: "areas", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ["get", "fill"], "fill-opacity": 0.22 } }, "names");
  map.addLayer({ id: "casing", type: "line", source: "areas", paint: { "line-color": "#ffffff", "line-width": 4, "line-opacity": 0.75 } }, "names");
  map.addLayer({ id: "edges", type: "line", source: "areas", paint: { "line-color": ["get", "fill"], "line-width": 2, "line-dasharray": [3, 2] } }, "names");
  map.addLayer({
    id: "groups", type: "circle", source: "points", filter: ["has", "point_count"],
    paint: { "circle-color": "#30363d", "circle-radius": ["step", ["get", "point_count"], 15, 10, 19, 100, 24], "circle-stroke-color": "#ffffff", "circle-stroke-width": 2.5 },
  });
  map.addLayer({
    id: "counts", type: "symbol", source: "points", filter: ["has", "point_count"],
    layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 13, "text-font": ["Open Sans Bold"], "text-allow-overlap": true, "text-ignore-placement": true },
    paint: { "text-color": "#ffffff" },
  });
  map.addLayer({
    id: "pointed", type: "circle", source: "pointed",
    paint: { "circle-radius": 21, "circle-color": shade.accent, "circle-opacity": 0.28, "circle-stroke-color": shade.accent, "circle-stroke-width": 3 },
  });
  map.addLayer({
    id: "threats", type: "symbol", source: "points", filter: ["!", ["has", "point_count"]],
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
    if (feature.layer.id === "groups") return enter(map, feature);
    const at = feature.geometry.type === "Point" ? feature.geometry.coordinates : lngLat;
    new Popup({ offset: 14, maxWidth: "280px", focusAfterOpen: true }).setLngLat(at).setDOMContent(card(element, feature.properties)).addTo(map);
  });
}

async function enter(map, group) {
  const zoom = await map.getSource("points").getClusterExpansionZoom(group.properties.cluster_id);
  map[calm() ? "jumpTo" : "easeTo"]({ center: group.geometry.coordinates, zoom: zoom + 0.3 });
}

function tell(id) {
  document.dispatchEvent(new CustomEvent(POINTED, { detail: { id, from: "map" } }));
}

/** What stands in the popup: words of strangers, so only ever as text. */
function card(element, { title, url, status, status_label: words, approximate }) {
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
  box.append(line(words ?? element.say(`status_${status}`)));
  if (approximate === true || approximate === "true") box.append(line(element.say("approximate")));
  return box;
}

const isOwn = (url) => typeof url === "string" && /^\/(?![/\\])/.test(url);

function line(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

function followList(map, threats) {
  const known = new globalThis.Map(threats.map((threat) => [threat.properties.id, threat]));
  document.addEventListener(POINTED, ({ detail }) => {
    if (detail.from !== "list") return;
    const threat = known.get(detail.id);
    const at = threat && middle(threat);
    map.getSource("pointed").setData(at ? { type: "Point", coordinates: at.toArray() } : NO_FEATURES);
    if (at && !map.getBounds().contains(at)) map[calm() ? "jumpTo" : "easeTo"]({ center: at });
  });
}
