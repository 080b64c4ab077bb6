// Proof of work by the protocol of ALTCHA: tries of PBKDF2 until a key begins as the challenge asks.
const AT_ONCE = 4;
const LONGEST_MS = 20_000;

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function key(terms, counter) {
  const password = new Uint8Array([...bytes(terms.nonce), 0, 0, 0, 0]);
  new DataView(password.buffer).setUint32(password.length - 4, counter);
  const material = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const way = { name: "PBKDF2", hash: "SHA-256", salt: bytes(terms.salt), iterations: terms.cost };
  return hex(await crypto.subtle.deriveBits(way, material, terms.keyLength * 8));
}

export async function solved(challenge) {
  const terms = challenge.parameters;
  const began = performance.now();
  for (let first = 0; performance.now() - began < LONGEST_MS; first += AT_ONCE) {
    const keys = await Promise.all(Array.from({ length: AT_ONCE }, (_, k) => key(terms, first + k)));
    const hit = keys.findIndex((one) => one.startsWith(terms.keyPrefix));
    if (hit >= 0) return btoa(JSON.stringify({ challenge, solution: { counter: first + hit, derivedKey: keys[hit] } }));
  }
  return "";
}
