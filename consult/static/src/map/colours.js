// Colours of the map, taken from the page's own tokens, so that light, dark and the legend agree.
export function colours(element) {
  const tokens = getComputedStyle(element);
  const of = (name) => tokens.getPropertyValue(`--${name}`).trim();
  return {
    land: of("map-land"),
    own: of("map-own"),
    border: of("map-border"),
    edge: of("map-edge"),
    label: of("map-label"),
    halo: of("map-own"),
    green: of("map-green"),
    water: of("map-water"),
    road: of("map-road"),
    isDark: matchMedia("(prefers-color-scheme: dark)").matches,
    accent: of("brand"),
    paper: of("paper"),
    ink: of("ink"),
  };
}
