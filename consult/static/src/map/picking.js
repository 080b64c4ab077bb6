// A map to mark a place on: by pointer, or with the keyboard and on phones by moving the map under a cross.
// What is marked goes as GeoJSON into the hidden field that the attribute `for` names.
import { Marker } from "maplibre-gl";
import { calm, ground } from "./ground.js";
import { toolbar } from "./toolbar.js";

const LEAST_ACCURACY_M = 30;
const ROUGH_M = 150;
const CLICK_PIXELS = 8;
const BORDERS_SEEN = 11; // the zoom at which a commune fills the map of a telephone
const POLAND = [14.0, 48.9, 24.2, 55.0];

export async function draw(element) {
  const answer = new Answer(element);
  const { map, place, canvas } = await ground(element);
  map.scrollZoom.disable();
  canvas.addEventListener("focus", () => map.scrollZoom.enable());
  const cross = place.querySelector(".map-canvas").appendChild(document.createElement("div"));
  cross.className = "map-cross";
  const picker = new Picker(element, map, answer);
  const tools = toolbar(element, picker);
  place.append(tools.bar, tools.status, tools.keys);
  picker.tools = tools;
  picker.restore();
  map.on("click", ({ lngLat }) => picker.mark(lngLat.wrap()));
  canvas.addEventListener("keydown", (event) => picker.key(event));
}

/** The fields of the place question in the form. */
class Answer {
  constructor(element) {
    const id = element.getAttribute("for");
    const root = element.getRootNode();
    this.geometry = root.getElementById(id);
    this.accuracy = root.getElementById(`${id}-accuracy`);
    this.box = root.getElementById(`${id}-chosen`);
    this.words = root.getElementById(`${id}-chosen-words`);
    this.commune = root.getElementById(`${id}-commune`);
    this.texts = ["words", "described"].map((part) => root.getElementById(`${id}-${part}`)).filter(Boolean);
    this.choices = [...root.querySelectorAll(`input[type=radio][name="${this.geometry.name}-choice"]`)];
    this.clear = this.box?.querySelector("button");
    this.notice = root.getElementById(`${id}-answer`);
  }

  read() {
    try {
      return JSON.parse(this.geometry.value);
    } catch {
      return null;
    }
  }

  write(geometry, accuracy, words) {
    this.geometry.value = geometry ? JSON.stringify(geometry) : "";
    if (accuracy) this.accuracy.value = Math.round(accuracy);
    this.show(words);
    this.geometry.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show(words) {
    if (!this.box) return;
    this.words.textContent = words || this.words.dataset.none;
    this.box.toggleAttribute("data-empty", !words); // it keeps its room, so that nothing below moves
  }

  /** Say something of the place, with the number to call behind it as a link. */
  tell(text, number) {
    if (!this.notice) return;
    const said = document.createElement("p");
    said.className = "govuk-inset-text";
    said.textContent = text;
    if (number) said.append(" ", callLink(number));
    this.notice.replaceChildren(...(text ? [said] : []));
  }

  /** What was typed beside the mark and goes with it. */
  typed() {
    return this.texts.map(({ value }) => value.trim()).filter(Boolean).join(", ");
  }

  /** Tells whether a name was cleared: words that named a chosen place do not go with a mark that left it. */
  forgetOthers() {
    const named = this.choices.some(({ checked }) => checked);
    if (named) this.texts[0].value = "";
    for (const choice of this.choices) choice.checked = false;
    if (this.commune) this.commune.value = "";
    return named;
  }
}

class Picker {
  constructor(element, map, answer) {
    Object.assign(this, { element, map, answer });
    this.shapes = (element.getAttribute("shapes") || "point").split(/\s+/);
    this.shape = this.shapes[0];
    this.marker = new Marker({ color: getComputedStyle(element).getPropertyValue("--danger-strong").trim(), draggable: true });
    this.marker.on("dragend", () => this.point(this.marker.getLngLat(), this.exactness()));
    this.follow();
  }

  /** Listen to the other ways of answering: the search's results, the commune, the button that removes. */
  follow() {
    for (const choice of this.answer.choices) {
      choice.addEventListener("change", () => {
        this.preview(choice);
        this.ask(choice.dataset);
      });
    }
    this.answer.commune?.addEventListener("change", ({ target }) => {
      if (!target.value) return;
      for (const choice of this.answer.choices) choice.checked = false;
      this.blank();
      this.answer.write(null, null, target.selectedOptions[0].textContent.trim());
    });
    this.answer.clear?.addEventListener("click", (event) => {
      event.preventDefault();
      this.remove();
    });
    for (const text of this.answer.texts) text.addEventListener("input", () => this.spot && this.answer.show(this.described()));
    this.answer.geometry.form?.addEventListener("reset", () => this.remove());
  }

  restore() {
    const geometry = this.answer.read();
    const chosen = this.answer.choices.find(({ checked }) => checked);
    if (chosen) this.preview(chosen);
    else if (geometry?.type === "Point") {
      const [lon, lat] = geometry.coordinates;
      this.spot = this.spotAt({ lat: lat.toFixed(5), lon: lon.toFixed(5) });
      this.marker.setLngLat(geometry.coordinates).addTo(this.map);
    }
    else if (geometry) this.sketch().then((drawing) => drawing.restore(geometry));
  }

  preview(choice) {
    const at = [Number(choice.dataset.lon), Number(choice.dataset.lat)];
    this.blank();
    this.answer.write(null, null, choice.dataset.label);
    if (this.answer.commune) this.answer.commune.value = "";
    this.marker.setLngLat(at).addTo(this.map);
    this.go(at, Number(choice.dataset.accuracy) > 1000 ? 11 : 13);
  }

  /** Without a background there is nothing to see closer than the borders of communes. */
  go(center, zoom) {
    const closest = this.element.hasAttribute("basemap") ? zoom : Math.min(zoom, BORDERS_SEEN);
    this.map[calm() ? "jumpTo" : "easeTo"]({ center, zoom: Math.max(closest, this.map.getZoom()) });
  }

  choose(shape) {
    this.shape = shape;
    if (shape !== "point") this.sketch().then((drawing) => drawing.start(shape));
  }

  mark(position, accuracy = this.exactness()) {
    if (!isInPoland(position)) return this.tools.say(this.element.say("outside"));
    if (this.shape === "point") return this.point(position, accuracy);
    return this.sketch().then((drawing) => drawing.add([round(position.lng), round(position.lat)]));
  }

  point(position, accuracy) {
    this.drawing?.clear();
    this.marker.setLngLat(position).addTo(this.map);
    const spot = { lat: position.lat.toFixed(5), lon: position.lng.toFixed(5) };
    const left = this.answer.forgetOthers() ? this.element.say("wordsLeft") : "";
    this.spot = this.spotAt(spot);
    this.answer.write({ type: "Point", coordinates: [round(position.lng), round(position.lat)] }, accuracy, this.described());
    const rough = accuracy > ROUGH_M ? this.element.say("zoomForMore", { metres: Math.round(accuracy / 50) * 50 }) : "";
    this.tools.say([this.element.say("pointMarked", spot), left, rough].filter(Boolean).join(" "));
    this.ask(spot);
  }

  spotAt({ lat, lon }) {
    return `${this.element.say("onMap")} (${lat}, ${lon})`;
  }

  /** The mark with the words that go with it, so that both are read together. */
  described() {
    const words = this.answer.typed();
    return words ? this.element.say("described", { spot: this.spot, words }) : this.spot;
  }

  /** Ask at once whether the service takes this place; without an answer the form says it when it is sent. */
  async ask({ lon, lat }) {
    const url = this.element.getAttribute("answers");
    if (!url) return;
    const asked = `${url}?lon=${lon}&lat=${lat}`;
    this.asked = asked;
    const answer = await fetch(asked).then((got) => (got.ok ? got.json() : null), () => null);
    if (asked !== this.asked) return;
    this.answer.tell(answer?.said ?? "", answer?.call);
    if (answer?.named && this.spot) {
      this.spot = `${answer.named} (${lat}, ${lon})`;
      this.answer.show(this.described());
    }
  }

  forgetQuestion() {
    this.asked = null;
    this.answer.tell("");
  }

  /** A finished line or area, or one whose corner was moved. */
  drawn(geometry) {
    this.marker.remove();
    const left = this.answer.forgetOthers() ? this.element.say("wordsLeft") : "";
    const isArea = geometry.type === "Polygon";
    this.spot = this.element.say(isArea ? "areaOnMap" : "lineOnMap");
    this.answer.write(geometry, this.exactness(), this.described());
    this.tools.say([this.element.say(isArea ? "areaMarked" : "lineMarked"), left].filter(Boolean).join(" "));
  }

  centre() {
    return this.mark(this.map.getCenter());
  }

  undo() {
    if (this.shape === "point" || !this.drawing?.undo()) this.remove();
  }

  finish() {
    this.drawing?.finish();
  }

  blank() {
    this.spot = "";
    this.forgetQuestion();
    this.marker.remove();
    this.drawing?.clear();
  }

  remove() {
    this.blank();
    this.answer.forgetOthers();
    this.answer.write(null, null, "");
    this.tools.say(this.element.say("removed"));
  }

  key(event) {
    const acts = { Enter: () => this.centre(), Backspace: () => this.undo(), Delete: () => this.undo() };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  }

  locate() {
    this.tools.say(this.element.say("locating"));
    const failed = () => this.tools.say(this.element.say("notLocated"));
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const position = { lng: coords.longitude, lat: coords.latitude };
      this.go([position.lng, position.lat], 16);
      if (this.shape === "point") this.mark(position, Math.max(coords.accuracy, LEAST_ACCURACY_M));
    }, failed, { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 });
  }

  /** How exactly the map now tells a place, in metres. */
  exactness() {
    const metresPerPixel = (40_075_017 * Math.cos((this.map.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** this.map.getZoom());
    return Math.max(LEAST_ACCURACY_M, CLICK_PIXELS * metresPerPixel);
  }

  async sketch() {
    this.sketching ??= import("./sketch.js").then(({ sketch }) => sketch(this.map, this.element, {
      drawn: (geometry) => this.drawn(geometry),
      say: (text) => this.tools.say(text),
      changed: (corners) => this.tools.corners(corners),
    }));
    this.drawing = await this.sketching;
    return this.drawing;
  }
}

function callLink(number) {
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = `tel:${number}`;
  link.textContent = number;
  return link;
}

const round = (degrees) => Math.round(degrees * 1e6) / 1e6;

function isInPoland({ lng, lat }) {
  return lng >= POLAND[0] && lng <= POLAND[2] && lat >= POLAND[1] && lat <= POLAND[3];
}
