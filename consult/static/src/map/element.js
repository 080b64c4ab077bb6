// <kmzb-map>: a map to look at (mode "view") or to mark a place on (mode "pick").
// What stands inside it in the page serves readers without scripts or WebGL2; it gives way only once the map is drawn.

const MODES = { view: () => import("./viewing.js"), pick: () => import("./picking.js") };

class KmzbMap extends HTMLElement {
  connectedCallback() {
    this.dataset.state = "loading";
    const watch = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      watch.disconnect();
      this.start();
    }, { rootMargin: "200px" });
    watch.observe(this);
  }

  /** The words of the page's language; %(name)s in them are filled in from values. */
  say(key, values = {}) {
    this.words ??= JSON.parse(this.getAttribute("words") || "{}");
    return (this.words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
  }

  async start() {
    try {
      if (!hasWebGL2()) throw new Error("no WebGL2");
      const { draw } = await MODES[this.getAttribute("mode") ?? "view"]();
      await draw(this);
      this.dataset.state = "ready";
    } catch (error) {
      console.warn("The map is not drawn:", error.message);
      this.dataset.state = "failed";
      if (!this.children.length) this.append(sentence(this.say("failed")));
    }
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
