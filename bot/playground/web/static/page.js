// The page's end of the socket: puts what the server drew into place, and tells it what the person does.
import { boundTo, carry, closePopups, installControls, receiveOptions, uploads } from "./controls.js";

const debounceMs = Number(document.body.dataset.debounce);
const user = new URLSearchParams(location.search).get("as") ?? "";
const waiting = []; // acts done while the connection was away
const here = {}; // where the person is, told again after a reconnection
const pending = new Map(); // text fields whose last words were not told yet
let socket;
let opener; // what had the focus before a modal opened

installControls(send, flushAll, upload); // before our own listeners: a list box that is open takes the keys first

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/ws?as=${encodeURIComponent(user)}`);
  socket.onopen = () => {
    document.getElementById("offline").hidden = true;
    for (const act of [...Object.values(here), ...waiting.splice(0)]) socket.send(JSON.stringify(act));
  };
  socket.onmessage = (event) => apply(JSON.parse(event.data));
  socket.onclose = () => {
    document.getElementById("offline").hidden = false;
    setTimeout(connect, 300);
  };
}

function send(act) {
  if (["place", "thread", "phone", "log"].includes(act.act)) here[act.act] = act;
  if (act.act === "place") delete here.thread;
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(act));
  else waiting.push(act);
}

// The bytes of a file go beside the socket; what comes back is the file's id.
async function upload(file) {
  const about = new URLSearchParams({ as: user, name: file.name });
  const answer = await fetch(`/files?${about}`, { method: "POST", body: file });
  return answer.ok ? (await answer.json()).id : null;
}

// ---- What the server drew ----

function apply(ops) {
  for (const op of ops) {
    if (op.op === "list") applyList(op);
    else receiveOptions(op);
  }
  settleModals();
  document.body.dataset.thread = String(document.getElementById("thread").childElementCount > 0);
}

function applyList({ target, keys, html }) {
  const list = document.getElementById(target);
  if (!list) return;
  const sticks = list.dataset.stick && list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  for (const [key, child] of old) if (!keys.includes(key)) child.remove();
  let next = list.firstElementChild;
  for (const key of keys) {
    let element = old.get(key);
    if (key in html) {
      const fresh = parse(html[key], key);
      if (element === next && element) next = fresh;
      if (element) replace(element, fresh);
      element = fresh;
    }
    if (!element) continue;
    if (element === next) next = next.nextElementSibling;
    else list.insertBefore(element, next);
  }
  if (sticks) list.scrollTop = list.scrollHeight;
  list.dispatchEvent(new Event("drawn"));
}

function parse(html, key) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const element = template.content.firstElementChild;
  element.dataset.key = key;
  return element;
}

// What is being typed outlives the drawing of its block, as do the focus and the caret.
function replace(old, fresh) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const { id, selectionStart, selectionEnd, scrollTop } = active ?? {};
  carry(old, fresh);
  old.replaceWith(fresh);
  for (const field of [...pending.keys()]) if (old.contains(field)) keepPending(field);
  const again = id && document.getElementById(id);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (typeof selectionStart === "number") again.setSelectionRange?.(selectionStart, selectionEnd);
  if (scrollTop) again.scrollTop = scrollTop;
}

function settleModals() {
  const dialogs = [...document.querySelectorAll("#modals > dialog")];
  const isFirst = dialogs.length > 0 && !document.querySelector("dialog[open]");
  if (isFirst) opener = document.activeElement?.id;
  for (const dialog of dialogs) if (!dialog.open) dialog.showModal();
  const top = dialogs.at(-1);
  if (top && !top.contains(document.activeElement)) focusInto(top);
  else if (top && document.activeElement === top) focusInto(top);
  if (top && top.dataset.settled !== "true") {
    top.dataset.settled = "true";
    focusInto(top);
  }
  if (!top && opener) {
    document.getElementById(opener)?.focus();
    opener = undefined;
  }
}

function focusInto(dialog) {
  if (dialog.querySelector("[aria-busy=true]")) return;
  const wanted = ["[data-focus]", ".modal-body :is(input, textarea, select)", "[type=submit]", "button"];
  const invalid = dialog.querySelector("[aria-invalid=true], [data-invalid=true] input");
  const first = wanted.map((one) => dialog.querySelector(`${one}:not([disabled])`)).find(Boolean);
  (invalid ?? first ?? dialog).focus();
}

// ---- What the person does ----

function flush(field) {
  if (!pending.has(field)) return;
  clearTimeout(pending.get(field));
  pending.delete(field);
  send({ act: "set", ...boundTo(field), value: field.value });
}

// A field was drawn again before its last words were told: its successor tells them. (Chromium also tells that a
// removed field lost the focus; other browsers do not.)
function keepPending(field) {
  clearTimeout(pending.get(field));
  pending.delete(field);
  const successor = document.getElementById(field.id);
  if (successor) typed(successor);
}

function flushAll() {
  for (const field of [...pending.keys()]) flush(field);
}

function typed(field) {
  clearTimeout(pending.get(field));
  pending.set(field, setTimeout(() => flush(field), debounceMs));
  if (!debounceMs) flush(field);
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset.live && !event.isComposing) typed(field);
  if (field.dataset.find) find(field);
});
document.addEventListener("compositionend", (event) => event.target.dataset?.live && typed(event.target));
document.addEventListener("focusout", (event) => flush(event.target));

document.addEventListener("change", (event) => {
  if (event.target.dataset.acting) location.search = `?as=${encodeURIComponent(event.target.value)}`;
});

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  flushAll();
  if (form.dataset.act === "submit") {
    const act = { act: "submit", ...containerOf(form) };
    await uploads(); // a file that is still on its way belongs to the form
    return send(act);
  }
  const field = form.elements.text;
  if (!field.value.trim()) return;
  send({ ...form.dataset, text: field.value });
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]:not(form, [data-action])");
  if (!button || button.disabled) return;
  flushAll();
  const act = { ...button.dataset, ...containerOf(button) };
  if (act.act === "log") act.open = toggleLog(button);
  button.closest("details")?.removeAttribute("open");
  send(act);
  if (act.act === "place" || act.act === "thread") {
    document.body.dataset.thread = String(Boolean(act.act === "thread" && act.ts));
    showPane("place");
  }
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && field.dataset.enter && field.tagName === "INPUT") {
    event.preventDefault();
    flush(field);
    send({ act: "set", ...boundTo(field), value: field.value, entered: true });
  } else if (event.key === "Enter" && !event.shiftKey && field.name === "text") {
    event.preventDefault();
    field.form.requestSubmit();
  } else if (event.key === "Escape") escape(event);
});

function escape(event) {
  if (closePopups()) return event.preventDefault();
  const dialog = document.querySelector("#modals > dialog:last-child");
  event.preventDefault();
  flushAll();
  if (dialog) send({ act: "close", ...containerOf(dialog) });
  else if (event.target.closest?.(".thread")) send({ act: "thread", ts: "" });
}

function containerOf(element) {
  return JSON.parse(element.closest("[data-container]")?.dataset.container ?? "{}");
}

function find(field) {
  const wanted = field.value.toLowerCase();
  for (const entry of document.getElementById(field.dataset.find).children)
    entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
}

function toggleLog(button) {
  const exchanges = document.getElementById("exchanges");
  exchanges.hidden = !exchanges.hidden;
  button.setAttribute("aria-expanded", String(!exchanges.hidden));
  return !exchanges.hidden;
}

// ---- Panels, one at a time where the window is narrow ----

function showPane(wanted) {
  const pane = wanted === "place" && document.body.dataset.thread === "true" ? "thread" : wanted;
  document.body.dataset.pane = pane;
  for (const tab of document.querySelectorAll("[data-to-pane]"))
    tab.setAttribute("aria-pressed", String(tab.dataset.toPane === wanted));
  if (matchMedia("(max-width: 900px)").matches)
    for (const list of document.querySelectorAll("[data-stick]")) list.scrollTop = list.scrollHeight;
  if (pane === "log" && document.getElementById("exchanges").hidden) document.getElementById("log-toggle").click();
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-to-pane]");
  if (tab) showPane(tab.dataset.toPane);
});

document.addEventListener("cancel", escape, true); // a back gesture asks to close, as Escape does
showPane("place");
connect();
