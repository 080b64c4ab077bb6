// A map of counts: how many observations lie in each cell of a tile. The server counts and packs the tiles, so that a
// country of a million is as light as a village; the same numbers stand in the table beneath the map.
import { Popup } from "maplibre-gl";
import { colours } from "./colours.js";
import { calm, ground } from "./ground.js";

const LAYER = "observations";
const CELLS_TO = 14; // beyond this zoom cells are not divided any more
const COUNT = ["get", "count"];

export async function draw(element) {
  const { map } = await ground(element, { cooperativeGestures: true });
  map.addSource(LAYER, { type: "vector", tiles: [address(element)], minzoom: 4, maxzoom: CELLS_TO });
  addLayers(map, colours(element));
  map.on("mouseenter", LAYER, () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", LAYER, () => { map.getCanvas().style.cursor = ""; });
  map.on("click", LAYER, ({ features: [feature] }) => open(map, element, feature));
}

const address = (element) => new URL(element.getAttribute("tiles"), location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");

/** The larger the number, the larger the disc; numbers stand where they fit, the largest first. */
function addLayers(map, shade) {
  map.addLayer({
    id: LAYER, type: "circle", source: LAYER, "source-layer": LAYER,
    layout: { "circle-sort-key": COUNT },
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["log10", COUNT], 0, 4, 1, 8, 2, 12, 3, 17, 5, 26],
      "circle-color": shade.accent, "circle-opacity": 0.35, "circle-stroke-color": shade.accent, "circle-stroke-width": 1.5,
    },
  });
  map.addLayer({
    id: "numbers", type: "symbol", source: LAYER, "source-layer": LAYER,
    layout: { "text-field": ["to-string", COUNT], "text-size": 12, "text-font": ["Open Sans Bold"], "symbol-sort-key": ["-", 0, COUNT] },
    paint: { "text-color": shade.ink, "text-halo-color": shade.paper, "text-halo-width": 1.6 },
  });
}

/** A press looks nearer; where no cell is divided any more it leads to the list of threats there. */
function open(map, element, { geometry: { coordinates } }) {
  if (map.getZoom() < CELLS_TO) return map[calm() ? "jumpTo" : "easeTo"]({ center: coordinates, zoom: map.getZoom() + 2 });
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = listed(element, coordinates);
  link.textContent = element.say("listHere");
  return new Popup({ offset: 14, focusAfterOpen: true }).setLngLat(coordinates).setDOMContent(link).addTo(map);
}

/** The list around a cell: a threat lies in the middle of its observations, not in each of their cells. */
function listed(element, [lon, lat]) {
  const list = new URL(element.getAttribute("listed"), location.href);
  const [east, north] = [0.0015, 0.001];
  list.searchParams.set("bbox", [lon - east, lat - north, lon + east, lat + north].map((degrees) => degrees.toFixed(5)).join(","));
  return list.href;
}
