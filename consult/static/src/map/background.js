// The background of the installation: pictures, or shapes that we draw quietly, whichever of the two usual schemes
// (OpenMapTiles, Protomaps) their layers are named by. A layer that a tile does not have draws nothing.

export function background(element, shade) {
  const sheet = JSON.parse(element.getAttribute("basemap") || "null");
  if (!sheet) return null;
  const { tiles, vector, minzoom, maxzoom, attribution } = sheet;
  const source = { type: vector ? "vector" : "raster", tiles: [new URL(tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")], minzoom, maxzoom };
  if (!vector) source.tileSize = 256;
  return { attribution, sources: { background: source }, layers: shade ? (vector ? shapes(shade) : pictures(shade)) : [] };
}

/** Pictures keep their own colours, paler by day and darker by night, so that the marks stand out. */
function pictures({ isDark }) {
  const paint = isDark
    ? { "raster-saturation": -0.7, "raster-brightness-max": 0.55, "raster-contrast": -0.1 }
    : { "raster-saturation": -0.45, "raster-opacity": 0.85 };
  return [{ id: "pictures", type: "raster", source: "background", paint }];
}

const WIDE = ["interpolate", ["exponential", 1.5], ["zoom"], 6, 0.6, 12, 2, 18, 14];
const THIN = ["interpolate", ["exponential", 1.5], ["zoom"], 11, 0.4, 14, 1.4, 18, 8];

function shapes(shade) {
  const of = (id, type, layer, paint, more = {}) => ({ id, type, source: "background", "source-layer": layer, paint, ...more });
  const kind = (...names) => ["in", ["coalesce", ["get", "class"], ["get", "kind"], ""], ["literal", names]];
  const wide = kind("motorway", "trunk", "primary", "highway", "major_road");
  const layers = [];
  for (const [scheme, green, water, roads, buildings] of [
    ["openmaptiles", "landcover", "water", "transportation", "building"],
    ["protomaps", "landuse", "water", "roads", "buildings"],
  ]) {
    layers.push(
      of(`${scheme} green`, "fill", green, { "fill-color": shade.green, "fill-opacity": 0.6 }, { filter: kind("wood", "forest", "grass", "park", "nature_reserve") }),
      of(`${scheme} water`, "fill", water, { "fill-color": shade.water }),
      of(`${scheme} buildings`, "fill", buildings, { "fill-color": shade.border, "fill-opacity": 0.35 }, { minzoom: 14 }),
      of(`${scheme} streets`, "line", roads, { "line-color": shade.road, "line-width": THIN }, { filter: ["!", wide], minzoom: 11 }),
      of(`${scheme} roads`, "line", roads, { "line-color": shade.road, "line-width": WIDE }, { filter: wide }),
    );
  }
  // Both schemes call their water "water": it is drawn once.
  return layers.filter(({ id }) => id !== "protomaps water").concat(names(shade));
}

function names(shade) {
  return ["transportation_name", "roads"].map((layer) => ({
    id: `names of ${layer}`, type: "symbol", source: "background", "source-layer": layer, minzoom: 14, filter: ["has", "name"],
    layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-size": 12, "text-font": ["Open Sans"] },
    paint: { "text-color": shade.label, "text-halo-color": shade.halo, "text-halo-width": 1.5 },
  }));
}
