// The mark of a status: shape and colour as in the legend, the badges and the printed maps; a letter names the category's group.
const CORNERS = {
  triangle: [[0, -1.22], [1.2, 0.92], [-1.2, 0.92]],
  diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  pennant: [[-1.05, -0.9], [0.6, -0.9], [1.4, 0], [0.6, 0.9], [-1.05, 0.9]],
  square: [[-0.92, -0.92], [0.92, -0.92], [0.92, 0.92], [-0.92, 0.92]],
  hexagon: [[1.12, 0], [0.56, 0.97], [-0.56, 0.97], [-1.12, 0], [-0.56, -0.97], [0.56, -0.97]],
  funnel: [[0, 1.22], [1.2, -0.92], [-1.2, -0.92]],
};
const LETTER_DROP = { triangle: 0.3, funnel: -0.26 };

export const MARKS = {
  new: { shape: "circle", fill: "#1d7a3a", ink: "#ffffff" },
  in_verification: { shape: "triangle", fill: "#f2c200", ink: "#1b1b1b" },
  confirmed: { shape: "diamond", fill: "#b3142a", ink: "#ffffff" },
  handed_over: { shape: "pennant", fill: "#6b3a9b", ink: "#ffffff" },
  eliminated: { shape: "square", fill: "#0052a5", ink: "#ffffff" },
  not_confirmed: { shape: "hexagon", fill: "#d5d9de", ink: "#1b1b1b" },
  joke: { shape: "funnel", fill: "#5c6670", ink: "#ffffff" },
};
const UNKNOWN = { shape: "circle", fill: "#5c6670", ink: "#ffffff" };
const RADIUS = 11;
const SIZE = 36;

export const nameOf = (properties) => `mark ${properties.status} ${properties.letter ?? ""}`;

/** Give the map a picture for every mark that the features need. */
export function addMarks(map, features) {
  for (const { properties } of features) {
    const name = nameOf(properties);
    if (map.hasImage(name)) continue;
    map.addImage(name, picture(MARKS[properties.status] ?? UNKNOWN, String(properties.letter ?? "").slice(0, 1)), { pixelRatio: 2 });
  }
}

function picture(mark, letter) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE * 2;
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  pen.translate(SIZE / 2, SIZE / 2);
  outline(pen, mark.shape);
  pen.lineJoin = "round";
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = 4.5;
  pen.stroke();
  pen.fillStyle = mark.fill;
  pen.fill();
  pen.strokeStyle = "#1b1b1b";
  pen.lineWidth = 1.2;
  pen.stroke();
  pen.fillStyle = mark.ink;
  pen.font = `700 ${RADIUS}px "Open Sans", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(letter, 0, 0.8 + RADIUS * (LETTER_DROP[mark.shape] ?? 0));
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function outline(pen, shape) {
  pen.beginPath();
  if (shape === "circle") pen.arc(0, 0, RADIUS, 0, 2 * Math.PI);
  else CORNERS[shape].forEach(([x, y], n) => (n ? pen.lineTo(x * RADIUS, y * RADIUS) : pen.moveTo(x * RADIUS, y * RADIUS)));
  pen.closePath();
}
