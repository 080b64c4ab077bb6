// <kmzb-map>: a map to look at (mode "view", or "counts" for tiles of counts) or to mark a place on (mode "pick").
// What stands inside it in the page serves readers without scripts or WebGL2; it gives way only once the map is drawn.
// The map weighs four times as much as a page, so a drawing keeps its place until a reader asks for more: points at it,
// comes to it by keyboard, taps it, or begins to fill in the form in which it stands.

const MODES = { view: () => import("./viewing.js"), pick: () => import("./picking.js"), counts: () => import("./counting.js") };

class KmzbMap extends HTMLElement {
  connectedCallback() {
    this.dataset.state = "waiting";
    if (this.querySelector(":scope > img")) this.append(this.opener());
    this.addEventListener("click", (event) => this.holdBack(event), { capture: true });
    if (this.isAsked()) this.whenSeen();
    else this.listen();
  }

  /** Nothing is drawn that could serve meanwhile, or a place stands in the form already. */
  isAsked() {
    if (!this.querySelector("img, input[type=image]")) return true;
    return Boolean(this.field?.value || this.field?.form?.querySelector(`[name="${this.field.name}-choice"]`));
  }

  get field() {
    return document.getElementById(this.getAttribute("for"));
  }

  listen() {
    const now = ({ pointerType }) => pointerType === "touch" || this.start();
    this.addEventListener("pointerenter", now, { once: true });
    this.addEventListener("focusin", ({ target }) => target.matches(".map-open") || this.start());
    for (const sign of ["focusin", "pointerdown"]) this.field?.form?.addEventListener(sign, () => this.whenSeen(), { once: true });
    // Whoever pointed at the drawing before this script came has asked for the map already.
    if (matchMedia("(hover: hover)").matches && this.matches(":hover")) this.start();
  }

  whenSeen() {
    const watch = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      watch.disconnect();
      this.start();
    }, { rootMargin: "200px" });
    watch.observe(this);
  }

  /** A press on the drawing asks for the map; it must not send the form while the map is on its way. */
  holdBack(event) {
    if (!["waiting", "loading"].includes(this.dataset.state)) return;
    event.preventDefault();
    this.start();
  }

  opener() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary map-open";
    button.textContent = this.say("open");
    return button;
  }

  /** The words of the page's language; %(name)s in them are filled in from values. */
  say(key, values = {}) {
    this.words ??= JSON.parse(this.getAttribute("words") || "{}");
    return (this.words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
  }

  async start() {
    if (this.dataset.state !== "waiting") return;
    this.dataset.state = "loading";
    this.setAttribute("aria-busy", "true");
    const follow = ({ target }) => { this.reader = target; };
    this.addEventListener("focusin", follow);
    follow({ target: document.activeElement });
    try {
      if (!hasWebGL2()) throw new Error("no WebGL2");
      const { draw } = await MODES[this.getAttribute("mode") ?? "view"]();
      await draw(this);
      this.dataset.state = "ready";
      this.keepFocus();
    } catch (error) {
      console.warn("The map is not drawn:", error.message);
      this.dataset.state = "failed";
      this.querySelector(".map-open")?.remove();
      if (!this.children.length) this.append(sentence(this.say("failed")));
    }
    this.removeEventListener("focusin", follow);
    this.removeAttribute("aria-busy");
  }

  /** Whoever was at something that gave way to the map is at the map now. */
  keepFocus() {
    const isLost = this.reader && !this.reader.isConnected && document.activeElement === document.body;
    if (isLost) this.querySelector("canvas")?.focus({ preventScroll: true });
  }
}

function hasWebGL2() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}

function sentence(text) {
  const paragraph = document.createElement("p");
  paragraph.className = "govuk-inset-text";
  paragraph.textContent = text;
  return paragraph;
}

customElements.define("kmzb-map", KmzbMap);
