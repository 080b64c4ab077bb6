// Photos become smaller before they travel: one from a phone has 4 MB, and the form takes 5 MB in all. The size is the
// one that the server draws them anew in. What this browser cannot read travels as it is, and the server answers.
const LONGEST_SIDE = 2560;
const QUALITY = 0.85;
const SMALL_BYTES = 500 * 1024;

export function shrinkPhotos() {
  for (const input of document.querySelectorAll("input[type=file][data-shrink-photos]")) {
    input.addEventListener("change", () => replaceFiles(input));
  }
}

async function replaceFiles(input) {
  const files = await Promise.all(Array.from(input.files, shrunk));
  const replaced = new DataTransfer();
  for (const file of files) replaced.items.add(file);
  input.files = replaced.files;
}

async function shrunk(file) {
  if (!["image/jpeg", "image/png", "image/webp"].includes(file.type) || file.size <= SMALL_BYTES) return file;
  try {
    const blob = await redrawn(file);
    return blob && blob.size < file.size ? new File([blob], file.name, { type: blob.type }) : file;
  } catch {
    return file;
  }
}

async function redrawn(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}
