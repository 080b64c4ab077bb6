// The buttons under the map, and the line that tells what happened, aloud too.
export function toolbar(element, picker) {
  const bar = document.createElement("div");
  bar.className = "map-tools";
  const status = document.createElement("p");
  status.className = "map-status";
  status.setAttribute("role", "status");
  const button = (key, act, style = "govuk-button--secondary") => {
    const made = bar.appendChild(document.createElement("button"));
    made.type = "button";
    made.className = `govuk-button govuk-button--small ${style}`;
    made.dataset.act = key;
    made.textContent = element.say(key);
    made.addEventListener("click", act);
    return made;
  };

  if (picker.shapes.length > 1) bar.append(shapes(element, picker, () => refresh()));
  const here = button("here", () => picker.centre());
  const undo = button("undo", () => picker.undo());
  const finish = button("finish", () => picker.finish());
  button("locate", () => picker.locate());

  let corners = 0;
  function refresh() {
    const drawing = picker.shape !== "point";
    here.textContent = element.say(drawing ? "addCorner" : "here");
    undo.hidden = !drawing;
    finish.hidden = !drawing;
    finish.textContent = element.say(picker.shape === "line" ? "finishLine" : "finishArea");
    finish.disabled = corners < (picker.shape === "line" ? 2 : 3);
    undo.disabled = corners === 0;
  }
  refresh();
  const keys = document.createElement("p");
  keys.className = "map-keys";
  keys.setAttribute("aria-hidden", "true"); // whoever hears the map hears them as its name
  keys.textContent = element.say("pickKeys");
  return {
    bar,
    status,
    keys,
    say: (text) => { status.textContent = text; },
    corners: (count) => { corners = count; refresh(); },
  };
}

function shapes(element, picker, changed) {
  const group = document.createElement("div");
  group.className = "map-shapes";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", element.say("draw"));
  for (const shape of picker.shapes) {
    const made = group.appendChild(document.createElement("button"));
    made.type = "button";
    made.dataset.act = shape;
    made.textContent = element.say(shape);
    made.setAttribute("aria-pressed", String(shape === picker.shape));
    made.addEventListener("click", () => {
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === made));
      picker.choose(shape);
      changed();
    });
  }
  return group;
}
