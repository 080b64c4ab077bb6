// Drawing a line or an area corner by corner, by pointer or cross alike; a finished shape can be mended by dragging its corners.
import { TerraDraw, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawSelectMode, ValidateNotSelfIntersecting } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { colours } from "./colours.js";

const LEAST = { line: 2, polygon: 3 };
const MODE = { LineString: "linestring", Polygon: "polygon" };
const NEAR_PIXELS = 12;

export async function sketch(map, element, { drawn, say, changed }) {
  const shade = colours(element);
  const draw = mending(map, shade);
  addLayers(map, shade);
  let shape = "polygon";
  let corners = [];

  map.on("move", () => show());
  map.on("mousemove", ({ lngLat }) => show([lngLat.lng, lngLat.lat]));

  function show(next = map.getCenter().toArray()) {
    const open = corners.length ? [...corners, next] : [];
    const features = corners.map((corner) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: corner } }));
    if (open.length > 1) features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: shape === "polygon" ? [...open, corners[0]] : open } });
    map.getSource("sketch").setData({ type: "FeatureCollection", features });
  }

  function set(list) {
    corners = list;
    changed(corners.length);
    show(corners.at(-1));
  }

  const isNear = (corner, other) => {
    const [a, b] = [map.project(corner), map.project(other)];
    return Math.hypot(a.x - b.x, a.y - b.y) < NEAR_PIXELS;
  };

  function geometry() {
    return shape === "line" ? { type: "LineString", coordinates: corners } : { type: "Polygon", coordinates: [[...corners, corners[0]]] };
  }

  function finish() {
    if (corners.length < LEAST[shape]) return say(element.say("tooFew"));
    const made = geometry();
    if (shape === "polygon" && !ValidateNotSelfIntersecting({ type: "Feature", properties: {}, geometry: made }).valid) return say(element.say("crossing"));
    set([]);
    keep(made);
    drawn(made);
  }

  function keep(made) {
    draw.clear();
    const [{ id, valid }] = draw.addFeatures([{ type: "Feature", properties: { mode: MODE[made.type] }, geometry: made }]);
    if (valid !== false) draw.selectFeature(id);
  }

  draw.on("finish", (id, { action }) => {
    if (action.startsWith("drag")) drawn(draw.getSnapshotFeature(id).geometry);
  });

  return {
    start(chosen) {
      shape = chosen;
      set([]);
    },
    add(corner) {
      if (corners.length && isNear(corner, corners.at(-1))) return corners.length >= LEAST[shape] ? finish() : undefined;
      if (shape === "polygon" && corners.length > 2 && isNear(corner, corners[0])) return finish();
      if (!corners.length) draw.clear();
      set([...corners, corner]);
      say(element.say("cornerAdded", { number: corners.length }));
    },
    undo() {
      if (!corners.length) return false;
      set(corners.slice(0, -1));
      say(element.say("undone"));
      return true;
    },
    finish,
    clear() {
      draw.clear();
      set([]);
    },
    restore: keep,
  };
}

function mending(map, shade) {
  const flags = { feature: { draggable: false, coordinates: { midpoints: true, draggable: true, deletable: true } } };
  const look = { fillColor: "#0052a5", fillOpacity: 0.18, outlineColor: "#0052a5", outlineWidth: 3 };
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map }),
    modes: [
      new TerraDrawLineStringMode({ keyEvents: null, styles: { lineStringColor: "#0052a5", lineStringWidth: 4 } }),
      new TerraDrawPolygonMode({ keyEvents: null, styles: look, validation: ValidateNotSelfIntersecting }),
      new TerraDrawSelectMode({ keyEvents: null, allowManualSelection: true, flags: { linestring: flags, polygon: flags }, styles: { selectedPolygonColor: "#0052a5", selectedLineStringColor: "#0052a5", selectionPointColor: shade.paper, selectionPointOutlineColor: "#0052a5", selectionPointWidth: 7, selectionPointOutlineWidth: 3 } }),
    ],
  });
  draw.start();
  draw.setMode("select");
  return draw;
}

function addLayers(map, shade) {
  map.addSource("sketch", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: "sketch-line", type: "line", source: "sketch", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": shade.accent, "line-width": 3, "line-dasharray": [2, 1.5] } });
  map.addLayer({ id: "sketch-corners", type: "circle", source: "sketch", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 6, "circle-color": shade.paper, "circle-stroke-color": shade.accent, "circle-stroke-width": 3 } });
}
