// The quiet ground under every map: land, borders and names of districts and communes from our own data, over the
// background that the installation has, if any. Its tiles come from our own server.
import { AttributionControl, Map, NavigationControl, ScaleControl, getVersion, setWorkerUrl } from "maplibre-gl";
import { background } from "./background.js";
import { colours } from "./colours.js";

const built = (path) => new URL(`../map/${path}?v=${getVersion()}`, import.meta.url).href;
/** What a map loads beside its scripts. */
export const files = () => [built("worker.mjs"), built("maplibre.css")];

const POLAND = [14.0, 48.9, 24.2, 55.0];
const EMPTY = { type: "FeatureCollection", features: [] };

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Make the map inside the element; resolves when its ground is drawn. `options` are MapLibre's own. */
export async function ground(element, options = {}) {
  setWorkerUrl(built("worker.mjs"));
  await styled();
  const boundaries = await boundariesOf(element);
  const frame = document.createElement("div");
  frame.className = "map-canvas";
  const place = document.createElement("div");
  place.className = "map-frame";
  place.append(frame);
  element.append(place);
  try {
    const map = new Map({
      container: frame,
      style: style(element, boundaries),
      bounds: boundsOf(element),
      fitBoundsOptions: { padding: 24 },
      maxBounds: [[POLAND[0] - 4, POLAND[1] - 3], [POLAND[2] + 4, POLAND[3] + 3]],
      minZoom: 4,
      maxZoom: 19,
      dragRotate: false,
      touchPitch: false,
      pitchWithRotate: false,
      fadeDuration: calm() ? 0 : 200,
      attributionControl: false,
      locale: locale(element),
      ...options,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ maxWidth: 110 }), "top-left");
    const credits = credit(element, boundaries);
    if (credits) map.addControl(new AttributionControl({ compact: false, customAttribution: credits }), "bottom-right");
    await new Promise((resolve, reject) => {
      map.once("load", resolve);
      map.once("error", ({ error }) => reject(error));
    });
    map.on("error", ({ error }) => console.warn("map:", error?.message));
    for (const child of [...element.children]) if (child !== place) child.remove();
    return { map, place, canvas: map.getCanvas() };
  } catch (error) {
    place.remove();
    throw error;
  }
}

let sheet;
function styled() {
  sheet ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = built("maplibre.css");
    link.onload = resolve;
    link.onerror = () => reject(new Error("the styles of the map cannot be loaded"));
    document.head.prepend(link);
  });
  return sheet;
}

async function boundariesOf(element) {
  const address = element.getAttribute("boundaries");
  if (!address) return EMPTY;
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  return answer.ok ? answer.json() : EMPTY;
}

function boundsOf(element) {
  const degrees = (element.getAttribute("bounds") ?? "").split(",").map(Number);
  return degrees.length === 4 && degrees.every(Number.isFinite) ? degrees : POLAND;
}

function credit(element, { features, approximate, attribution }) {
  const texts = [background(element)?.attribution].filter(Boolean);
  if (attribution) texts.push(attribution);
  if (approximate || features.some(({ properties }) => properties?.approximate)) texts.push(element.say("approximateBoundaries"));
  return texts.map(escaped).join(" · ");
}

/** The attribution control takes HTML; a text from our data is made harmless first. */
function escaped(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}

function locale(element) {
  return {
    "Map.Title": `${element.say("map")}. ${element.say(element.getAttribute("mode") === "pick" ? "pickKeys" : "keys")}`,
    "NavigationControl.ZoomIn": element.say("zoomIn"),
    "NavigationControl.ZoomOut": element.say("zoomOut"),
    "Popup.Close": element.say("close"),
    "Marker.Title": element.say("chosen"),
    "AttributionControl.ToggleAttribution": element.say("attribution"),
    "CooperativeGesturesHandler.WindowsHelpText": element.say("ctrlScroll"),
    "CooperativeGesturesHandler.MacHelpText": element.say("cmdScroll"),
    "CooperativeGesturesHandler.MobileHelpText": element.say("twoFingers"),
  };
}

const isPolygon = ["==", ["geometry-type"], "Polygon"];
const isLine = ["==", ["geometry-type"], "LineString"];
const isDistrict = ["==", ["get", "level"], "district"];

function style(element, boundaries) {
  const shade = colours(element);
  const under = background(element, shade);
  return {
    version: 8,
    sources: { boundaries: { type: "geojson", data: boundaries }, ...under?.sources },
    layers: [
      { id: "land", type: "background", paint: { "background-color": shade.land } },
      ...(under?.layers ?? []),
      {
        id: "own", type: "fill", source: "boundaries", filter: ["all", isPolygon, ["==", ["get", "own"], true]],
        paint: { "fill-color": shade.own, "fill-opacity": under ? 0.35 : 1 },
      },
      {
        id: "communes", type: "line", source: "boundaries", filter: ["all", isLine, ["!", isDistrict]],
        layout: { "line-join": "round" }, paint: { "line-color": shade.border, "line-width": 1, "line-dasharray": [4, 3] },
      },
      {
        id: "districts", type: "line", source: "boundaries", filter: ["all", isLine, isDistrict],
        layout: { "line-join": "round" }, paint: { "line-color": shade.edge, "line-width": ["case", ["==", ["get", "own"], true], 2.5, 1.2] },
      },
      {
        id: "names", type: "symbol", source: "boundaries", filter: ["==", ["geometry-type"], "Point"],
        layout: {
          "text-field": ["get", "label"], "text-size": ["case", isDistrict, 15, 13], "text-font": ["Open Sans"],
          "text-max-width": 8, "text-padding": 6, "symbol-sort-key": ["coalesce", ["get", "rank"], 9],
        },
        paint: { "text-color": shade.label, "text-halo-color": shade.halo, "text-halo-width": 1.5 },
      },
    ],
  };
}
