customElements.define("kmzb-map", class extends HTMLElement {});
