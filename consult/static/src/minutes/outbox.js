// The outbox of an officer's device: lines of minutes wait here until the server has taken them, each once.
// A line keeps all fields of its form and an identifier of its own, so sending it twice saves it once. One tab sends at
// a time (Web Locks), with a token fetched just before. What was sent leaves the device at once.
import { openDB } from "idb";

const NAME = "minutes";
const STORE = "lines";
const open = () => openDB(NAME, 1, { upgrade: (db) => db.createObjectStore(STORE, { keyPath: "key" }).createIndex("order", "order") });

async function inStore(mode, work) {
  const db = await open();
  try {
    const transaction = db.transaction(STORE, mode, { durability: "strict" });
    const result = await work(transaction.store);
    await transaction.done;
    return result;
  } finally {
    db.close();
  }
}

export const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // a UUID of version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

export const put = (line) => inStore("readwrite", (store) => store.put(line));
export const remove = (key) => inStore("readwrite", (store) => store.delete(key));
export const lines = () => inStore("readonly", (store) => store.index("order").getAll());

// For who signs out: whether anything waits, without making a database where none is.
export async function waiting() {
  const known = await indexedDB.databases?.();
  return known && !known.some(({ name }) => name === NAME) ? [] : lines();
}

// Whose session this browser has now, with a token to write; null without a connection, false when nobody is signed in.
async function session(url) {
  let answer;
  try {
    answer = await fetch(url, { cache: "no-store", headers: { Accept: "application/json" }, redirect: "manual" });
  } catch {
    return null;
  }
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return false;
  return answer.ok ? answer.json() : null;
}

async function send(line, token) {
  const body = new URLSearchParams(line.fields);
  body.set("key", line.key);
  body.set("csrf_token", token);
  return fetch(line.url, { method: "POST", body, redirect: "manual", cache: "no-store", headers: { Accept: "application/json" } });
}

// Why a line was not taken: sentences, the same ones by field, and the status where the server says no sentence.
async function refusal(answer) {
  const { status } = answer;
  if (status === 422 && answer.headers.get("Content-Type")?.includes("json")) {
    const { errors, faults } = await answer.json();
    return { refused: errors, faults, status };
  }
  return [404, 409, 413].includes(status) ? { refused: [], faults: {}, status } : null;
}

// Send what waits, in order. `tell` hears of each line what became of it, and at the end how things stand:
// { connection: true | false | null (nobody signed in) }.
export function flush(url, tell) {
  return navigator.locks.request("minutes", async () => {
    const known = (await lines()).filter((line) => !line.refused);
    if (!known.length) return tell({ connection: true });
    const now = await session(url);
    if (!now) return tell({ connection: now === false ? null : false });
    tell({ connection: true, token: now.token });
    for (const line of known.filter(({ account }) => account === now.account)) {
      let answer;
      let saved;
      try {
        answer = await send(line, now.token);
        saved = answer.status === 201 ? await answer.json() : null;
      } catch {
        return tell({ connection: false }); // whether it arrived or not, it is sent again and saved once
      }
      if (saved) {
        await remove(line.key);
        tell({ line, sent: saved.number });
        continue;
      }
      const refused = await refusal(answer);
      if (!refused) return tell({ connection: answer.type === "opaqueredirect" ? null : false });
      await put({ ...line, ...refused });
      tell({ line, refused: true });
    }
    tell({ connection: true });
  });
}
