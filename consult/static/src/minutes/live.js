// The live minutes: Enter saves and begins the next line; places and categories are offered while one types; lines wait
// on the device when there is no connection. The page is whole without this: then each line is sent by its button.
import { flush, lines, newKey, put, remove } from "./outbox.js";

const TYPING_MS = 350;
const LOOK_MS = 5_000;
const RETRY_MS = 15_000;

export async function runMinutes(panel) {
  const form = panel.querySelector("form");
  const text = form.elements.text;
  const said = words(panel);
  const outbox = listOf(panel, said, { correct });
  const account = Number(panel.dataset.account);
  const update = followMinutes();
  panel.querySelector("[data-live-keys]").hidden = false;

  async function send() {
    await flush(panel.dataset.outbox, (news) => {
      outbox.hear(news);
      if (news.token) form.elements.csrf_token.value = news.token;
      if (news.sent) update();
      if (news.refused) replaceNews();
      if (news.sent && news.line.meeting === Number(panel.dataset.meeting)) replaceNews(said("saved", { number: news.sent }));
    });
    await outbox.show(account);
  }

  async function keep() {
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrf_token", "key"].includes(name));
    if (!text.value.trim()) return text.focus();
    await put({
      key: newKey(),
      order: Date.now(),
      account,
      meeting: Number(panel.dataset.meeting),
      url: form.getAttribute("action"),
      fields,
      said: text.value.trim(),
    });
    fresh(form);
    offers.clear();
    await outbox.show(account);
    await send();
  }

  async function correct(line) {
    if (text.value.trim()) await keep(); // nothing typed is lost for the sake of an older line
    fill(form, line.fields);
    const faulty = showFaults(form, line.faults ?? {}, reasons(line, said));
    await remove(line.key);
    await outbox.show(account);
    (faulty ?? text).focus();
  }

  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    // A button of the place question (a search, a click on the drawn map) asks the server and saves nothing.
    if (submitter?.name?.startsWith("place")) return;
    event.preventDefault();
    keep();
  });
  text.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      keep();
    } else if (event.key === "ArrowDown" && text.selectionStart === text.value.length && offers.focusFirst()) {
      event.preventDefault();
    }
  });
  const offers = offerWhileTyping(panel, form, said);
  markKinds(form, text);

  await outbox.show(account);
  await send();
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
  setInterval(async () => (await lines()).length && send(), RETRY_MS);
  panel.querySelector(".outbox__send").addEventListener("click", send);
  await keepForLater(panel, said);
}

const words = (panel) => {
  const texts = new Map([...panel.querySelector("#live-words").content.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
  return (word, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), texts.get(word) ?? "");
};

// Why a line was not taken, in sentences; for some answers the server has none.
const reasons = (line, said) => (line.refused.length ? line.refused : [said(`status${line.status}`) || said("status")]);

// What stands on top of the page is news of an earlier press: a save puts its own in its place.
function replaceNews(text = "") {
  const [first, ...older] = document.querySelectorAll(".govuk-notification-banner");
  for (const one of text ? older : [first, ...older]) one?.remove();
  if (!text || !first) return;
  first.classList.replace("govuk-notification-banner--error", "govuk-notification-banner--success");
  first.querySelector(".govuk-notification-banner__heading").textContent = text;
}

const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

// What waits on the device, was just sent or was not accepted, line by line, and one sentence about all of it.
function listOf(panel, said, acts) {
  const box = panel.querySelector("[data-outbox-list]");
  const state = box.querySelector(".outbox__state");
  const list = box.querySelector(".outbox__lines");
  const button = box.querySelector(".outbox__send");
  const sent = [];
  let connection = true;

  const row = (line, mark, detail = "") => {
    const item = document.createElement("li");
    item.className = `outbox__line outbox__line--${mark}`;
    item.append(Object.assign(document.createElement("span"), { className: "plain-text", textContent: line.said }));
    item.append(Object.assign(document.createElement("strong"), { textContent: detail || said(mark) }));
    return item;
  };
  const refused = (line) => {
    const item = row(line, "refused");
    for (const sentence of reasons(line, said)) item.append(Object.assign(document.createElement("span"), { className: "govuk-error-message", textContent: sentence }));
    const correct = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: said("correct") });
    correct.addEventListener("click", () => acts.correct(line));
    item.append(correct);
    return item;
  };

  return {
    hear(news) {
      if ("connection" in news) connection = news.connection;
      if (news.sent) sent.unshift({ line: news.line, at: clock() });
      sent.splice(3);
    },
    async show(account) {
      const known = await lines();
      const mine = known.filter((line) => line.account === account);
      const others = known.length - mine.length;
      const waits = mine.filter((line) => !line.refused).length;
      const unsaved = mine.length - waits;
      list.replaceChildren(
        ...mine.map((line) => (line.refused ? refused(line) : row(line, "kept"))),
        ...sent.map(({ line, at }) => row(line, "sent", said("sent", { time: at }))),
      );
      const sentences = [];
      if (connection === false) sentences.push(said("offline"));
      if (waits) sentences.push(said(connection === null ? "signin" : "waiting", { number: waits }));
      if (unsaved) sentences.push(said("unsaved", { number: unsaved }));
      if (others) sentences.push(said("others", { number: others }));
      const now = sentences.join(" ") || said("all");
      if (state.textContent !== now) state.textContent = now;
      box.hidden = !known.length && !sent.length && connection === true;
      button.hidden = !waits;
      panel.dataset.waits = waits;
    },
  };
}

// An empty form for the next line. Not the form's own reset: where the server has drawn the page with answers in it,
// that would bring the last line's place and category back.
function fresh(form) {
  empty(form);
  form.elements.kind.value = "threat";
  form.elements.voices.value = "1";
  count(form);
  form.elements.text.focus();
}

// The number of characters that are left follows what is typed, and nobody has typed this.
const count = (form) => form.querySelectorAll("textarea").forEach((area) => area.dispatchEvent(new Event("input", { bubbles: true })));

const KEPT_HIDDEN = ["csrf_token", "key", "place-view"];

function empty(form) {
  for (const field of form.elements) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = false;
    else if (field.tagName === "SELECT") field.selectedIndex = 0;
    else if (field.type !== "submit" && field.type !== "image" && field.type !== "button" && !KEPT_HIDDEN.includes(field.name)) field.value = "";
  }
  const chosen = document.getElementById("place-chosen-words");
  if (chosen) {
    chosen.textContent = chosen.dataset.none;
    chosen.parentElement.parentElement.dataset.empty = "";
  }
  for (const old of form.querySelectorAll("[data-fault]")) old.remove();
  for (const group of form.querySelectorAll(".govuk-form-group--error")) group.classList.remove("govuk-form-group--error");
  form.dispatchEvent(new Event("reset")); // the map takes its mark away
}

function fill(form, fields) {
  empty(form);
  for (const [name, value] of fields) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
      else if (field.type !== "submit" && field.type !== "image") field.value = value;
    }
  }
  count(form);
}

// What the server said against a line stands at its fields while one corrects it; what is said of no field, at the text.
// Gives the first of these fields.
function showFaults(form, faults, sentences) {
  const told = Object.keys(faults).length ? Object.entries(faults) : [["text", sentences]];
  const shown = told.map(([name, why]) => {
    const seen = `[name="${CSS.escape(name)}"]:not([type=hidden]), [name="${CSS.escape(name)}-words"]`;
    const control = form.querySelector(seen) ?? form.elements.text;
    const group = control.closest(".govuk-form-group");
    const message = Object.assign(document.createElement("p"), { className: "govuk-error-message", id: `fault-${name}`, textContent: why.join(" ") });
    message.dataset.fault = name;
    group.classList.add("govuk-form-group--error");
    (control.closest(".place-search, .govuk-radios, .govuk-checkboxes") ?? control).before(message);
    const described = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== message.id);
    control.setAttribute("aria-describedby", [...described, message.id].join(" "));
    for (let folded = control.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
    return control;
  });
  return shown[0];
}

// The first character of a line says what it was; the choice above follows, the server takes the mark off.
function markKinds(form, text) {
  const kinds = new Map([...document.querySelectorAll("[data-mark]")].map(({ dataset }) => [dataset.mark, dataset.kind]));
  text.addEventListener("input", () => {
    const kind = kinds.get(text.value[0]);
    if (kind) form.querySelector(`input[name=kind][value=${kind}]`).checked = true;
  });
}

// Places and categories that the words may mean, as buttons; whoever takes none loses nothing.
function offerWhileTyping(panel, form, said) {
  const box = panel.querySelector(".live__offers");
  const { text, offered } = form.elements;
  let timer;
  let asked = "";

  const button = (label, isChosen, take) => {
    const one = Object.assign(document.createElement("button"), { type: "button", className: "offer govuk-button govuk-button--secondary", textContent: label });
    one.setAttribute("aria-pressed", String(isChosen));
    one.addEventListener("click", () => {
      const wasChosen = one.getAttribute("aria-pressed") === "true";
      for (const other of one.parentElement.querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
      one.setAttribute("aria-pressed", String(!wasChosen));
      take(!wasChosen);
      text.focus();
    });
    return one;
  };
  const group = (name, buttons) => {
    if (!buttons.length) return [];
    const row = Object.assign(document.createElement("div"), { className: "live__offer-row" });
    row.append(Object.assign(document.createElement("span"), { textContent: said(name) }), ...buttons);
    return [row];
  };
  const show = ({ places, categories }) => {
    if (!places.some(({ label }) => label === offered.value)) offered.value = "";
    const category = form.elements.category_code;
    box.replaceChildren(
      ...group("places", places.map(({ label }) => button(label, label === offered.value, (isTaken) => { offered.value = isTaken ? label : ""; }))),
      ...group("categories", categories.map(({ code, name }) => button(name, code === category.value, (isTaken) => { category.value = isTaken ? code : ""; }))),
    );
  };
  const ask = async () => {
    const now = text.value.trim();
    if (now === asked) return;
    asked = now;
    if (now.length < 4) return show({ places: [], categories: [] });
    try {
      const body = new URLSearchParams({ text: now, csrf_token: form.elements.csrf_token.value });
      const answer = await fetch(panel.dataset.offers, { method: "POST", body, redirect: "manual" });
      if (answer.ok && asked === now) show(await answer.json());
    } catch {
      show({ places: [], categories: [] }); // without a connection the list asks for the place later
    }
  };
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, TYPING_MS);
  });
  box.addEventListener("keydown", (event) => {
    const all = [...box.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape" || (step === -1 && all[0] === document.activeElement)) text.focus();
    else if (step) all[Math.min(all.indexOf(document.activeElement) + step, all.length - 1)]?.focus();
    else return;
    event.preventDefault();
  });
  return {
    clear() {
      clearTimeout(timer);
      asked = "";
      show({ places: [], categories: [] });
    },
    focusFirst() {
      box.querySelector("button")?.focus();
      return Boolean(box.querySelector("button"));
    },
  };
}

// What somebody else writes appears here, unless one is just working in the list.
function followMinutes() {
  const refresh = async (isForced) => {
    const shown = document.querySelector("[data-minutes]");
    if (!isForced && (shown.contains(document.activeElement) || document.visibilityState !== "visible")) return;
    try {
      if (!isForced) {
        const answer = await fetch(shown.dataset.stateUrl, { cache: "no-store", redirect: "manual" });
        if (!answer.ok || (await answer.json()).state === shown.dataset.state) return;
      }
      const page = await fetch(location.pathname, { cache: "no-store", redirect: "manual" });
      if (!page.ok) return;
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-minutes]");
      if (fresh && !shown.contains(document.activeElement)) shown.replaceWith(document.adoptNode(fresh));
    } catch {
      // no connection: the list stays as it is, and the outbox says so
    }
  };
  setInterval(refresh, LOOK_MS);
  return () => refresh(true);
}

// The page, its scripts and the map of its districts stay on the device, for a hall without a signal.
async function keepForLater(panel, said) {
  if (!navigator.serviceWorker) return;
  // Without a connection the worker that is here already goes on; there is none to register anew.
  const registration = await navigator.serviceWorker.register(panel.dataset.worker).catch(() => navigator.serviceWorker.getRegistration());
  if (!registration) return;
  await navigator.serviceWorker.ready.catch(() => registration);
  await navigator.storage?.persist?.();
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  const map = await mapItself();
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.startsWith(location.origin));
  if (!worker) return;
  const account = Number(panel.dataset.account);
  const { isKept } = await asked(worker, { account, keep: [location.pathname, panel.dataset.keep, ...map, ...loaded] });
  panel.querySelector(".live__ready").hidden = !isKept;
  await watchOverMap(panel, map);
  await fetchAhead(panel, worker, account, said);
}

// The map draws in a worker of its own, which a browser lets only the service worker of its own folder serve.
async function watchOverMap(panel, map) {
  if (map.length) await navigator.serviceWorker.register(panel.dataset.worker, { scope: new URL(".", map[0]).pathname }).catch(() => null);
}

const savesData = () => Boolean(navigator.connection?.saveData);

// The scripts of the map, which comes only when a reader turns to it, what it loads beside them, and what it shows.
async function mapItself() {
  if (savesData()) return [];
  try {
    const [{ files }] = await Promise.all([import("../map/ground.js"), import("../map/viewing.js"), import("../map/picking.js")]);
    return [...files(), ...[...document.querySelectorAll("kmzb-map[src]")].map((one) => one.getAttribute("src"))];
  } catch {
    return []; // no connection, and the map was not here yet
  }
}

const asked = (worker, question) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(question, [port2]);
  });

// Borders and background of the meeting's districts, as far as the device has room for them; a reader who saves data
// gets the borders alone. The page says what the device has.
async function fetchAhead(panel, worker, account, said) {
  const answer = await fetch(panel.dataset.ahead, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const ahead = await answer.json();
  if (savesData()) ahead.tiles = [];
  const { hasBorders, tiles } = await asked(worker, { account, ahead });
  if (!hasBorders) return;
  const what = tiles === 0 ? "borders" : tiles < ahead.tiles.length ? "part" : "map";
  panel.querySelector(".live__map").textContent = said(what, { area: ahead.area });
}
