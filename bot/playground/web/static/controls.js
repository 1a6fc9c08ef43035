// The controls of Block Kit: selects with search, menus, choices, confirm dialogs, and command completion.

let send;
let upload;
let uploading = Promise.resolve();
let sequence = 0;

// Which surface, block and element a control belongs to, as every act about it says.
export function boundTo(control) {
  const element = control.closest("[data-action]") ?? control.closest(".combo").querySelector("[data-action]");
  const container = JSON.parse(element.closest("[data-container]").dataset.container);
  const block = element.closest("[data-block]").dataset.block;
  return { ...container, block, action: element.dataset.action, kind: element.dataset.kind };
}

// ---- What outlives the drawing of a block: values typed or chosen where block and element stay the same ----

export function carry(old, fresh) {
  for (const control of fresh.querySelectorAll("[data-action]")) {
    const same = [...old.querySelectorAll("[data-action]")].find((one) => isSame(one, control));
    if (!same) continue;
    if (same.type === "file") carryFiles(same, control);
    else if (control.matches(".ticks")) carryTicks(same, control);
    else if (control.role === "combobox") carryCombo(same, control);
    else if ("value" in control && control.tagName !== "BUTTON") control.value = same.value;
  }
}

function isSame(one, other) {
  const blocks = [one, other].map((control) => control.closest("[data-block]").dataset.block);
  return one.dataset.action === other.dataset.action && one.dataset.kind === other.dataset.kind && blocks[0] === blocks[1];
}

// No script may put files into a field: the field itself goes on.
function carryFiles(old, fresh) {
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  fresh.replaceWith(old);
}

function carryTicks(old, fresh) {
  const chosen = new Set([...old.querySelectorAll("input:checked")].map((input) => input.value));
  for (const input of fresh.querySelectorAll("input")) input.checked = chosen.has(input.value);
}

function carryCombo(old, fresh) {
  fresh.value = old.value;
  const [before, after] = [old, fresh].map((input) => input.closest(".combo"));
  after.querySelector(".chips").replaceWith(before.querySelector(".chips"));
  const list = before.querySelector(".listbox");
  if (list.hidden) return;
  after.querySelector(".listbox").replaceWith(list);
  fresh.setAttribute("aria-expanded", "true");
}

// ---- List boxes: under a search field, or over the composer for commands ----

const isSearch = (field) => field.role === "combobox" || Boolean(field.dataset?.commands);
const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
const optionsOf = (list) => [...list.querySelectorAll("[role=option]:not([hidden], [aria-disabled=true])")];
const activeOf = (list) => list.querySelector("[role=option].active");

function showList(input, isShown) {
  const list = listOf(input);
  if (!list) return; // its block is being drawn again: the list goes on in the new one
  list.hidden = !isShown;
  if (input.role === "combobox") input.setAttribute("aria-expanded", String(isShown));
  if (isShown && input.closest(".combo")) list.scrollIntoView({ block: "nearest" });
  if (!isShown) mark(input, null);
}

function mark(input, option) {
  const list = listOf(input);
  for (const one of list.querySelectorAll(".active")) one.classList.remove("active");
  input.removeAttribute("aria-activedescendant");
  if (!option) return;
  option.classList.add("active");
  option.id ||= `${list.id}-${++sequence}`;
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function move(input, step) {
  const options = optionsOf(listOf(input));
  if (!options.length) return;
  const at = options.indexOf(activeOf(listOf(input)));
  mark(input, options[(at + step + options.length) % options.length] ?? options[0]);
}

function search(input) {
  const combo = input.closest(".combo");
  const query = input.value.trim();
  if (combo.dataset.remote) {
    combo.dataset.seq = ++sequence;
    send({ act: "options", ...boundTo(input), query, seq: sequence, id: input.id });
    return;
  }
  for (const option of listOf(input).querySelectorAll("[role=option]"))
    option.hidden = !option.textContent.toLowerCase().includes(query.toLowerCase());
  offer(input);
}

function offer(input) {
  const chosen = new Set(valuesOf(input));
  for (const option of listOf(input).querySelectorAll("[data-option]"))
    option.setAttribute("aria-selected", String(chosen.has(valueOf(option))));
  showList(input, true);
  if (input.value) mark(input, optionsOf(listOf(input))[0]);
}

// Older answers than the last question are dropped: they may come late.
export function receiveOptions({ id, seq, html, problem }) {
  const input = document.getElementById(id);
  if (!input || Number(input.closest(".combo").dataset.seq) !== seq) return;
  const list = listOf(input);
  list.innerHTML = html;
  if (!list.childElementCount) {
    const nothing = document.createElement("div");
    Object.assign(nothing, { role: "option", ariaDisabled: "true", textContent: problem || "No results" });
    list.append(nothing);
  }
  if (document.activeElement === input) offer(input);
}

const valueOf = (element) => JSON.parse(element.dataset.option).value;
const valuesOf = (input) => [...input.closest(".combo").querySelectorAll(".chip")].map(valueOf);

function pick(input, option) {
  const combo = input.closest(".combo");
  if (!combo) return complete(input, option);
  const isMulti = Boolean(combo.dataset.multi);
  const chips = combo.querySelector(".chips");
  const same = [...chips.children].find((chip) => valueOf(chip) === valueOf(option));
  if (isMulti && same) same.remove();
  else if (isMulti && combo.dataset.max && chips.childElementCount >= Number(combo.dataset.max)) return;
  else chips[isMulti ? "append" : "replaceChildren"](chipFor(option));
  input.value = "";
  tell(input);
  if (isMulti) search(input);
  else showList(input, false);
}

function chipFor(option) {
  const chip = document.createElement("li");
  const name = option.querySelector("span").textContent;
  chip.className = "chip";
  chip.dataset.option = option.dataset.option;
  const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×", ariaLabel: `Remove ${name}` });
  chip.append(Object.assign(document.createElement("span"), { textContent: name }), remove);
  return chip;
}

function tell(input) {
  const values = valuesOf(input);
  input.closest(".combo").querySelector(".chips").hidden = !values.length;
  const value = input.closest(".combo").dataset.multi ? values : (values[0] ?? null);
  send({ act: "set", ...boundTo(input), value });
}

function complete(field, option) {
  field.value = option.dataset.value;
  showList(field, false);
  field.focus();
}

function suggestCommands(field) {
  const typed = field.value;
  const options = listOf(field).querySelectorAll("[role=option]");
  for (const option of options) option.hidden = !typed.startsWith("/") || !option.dataset.value.startsWith(typed);
  const offered = optionsOf(listOf(field));
  const isWhole = offered.some((option) => option.dataset.value.trim() === typed.trim());
  showList(field, offered.length > 0 && !(isWhole && offered.length === 1));
  mark(field, isWhole ? null : offered[0]); // a whole command is sent by Enter, not completed
}

function comboKey(event) {
  const input = event.target;
  const isOpen = !listOf(input).hidden;
  const active = isOpen && activeOf(listOf(input));
  const isCombo = input.role === "combobox";
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && (isOpen || isCombo)) {
    event.preventDefault();
    if (isOpen) move(input, step);
    else search(input);
  } else if (active && (event.key === "Enter" || (event.key === "Tab" && !isCombo))) {
    event.preventDefault();
    pick(input, active);
  } else if (event.key === "Enter" && isCombo) event.preventDefault();
  else if (event.key === "Escape" && isOpen) {
    event.preventDefault();
    showList(input, false);
  } else if (event.key === "Backspace" && isCombo && !input.value) {
    input.closest(".combo").querySelector(".chip:last-child")?.remove();
    tell(input);
  }
}

// ---- Menus ----

function toggleMenu(button) {
  const menu = document.getElementById(button.dataset.menu);
  const isShown = menu.hidden;
  closePopups();
  menu.hidden = !isShown;
  button.setAttribute("aria-expanded", String(isShown));
  if (isShown) menu.querySelector("[role=menuitem]")?.focus();
}

export function closePopups() {
  let any = false;
  for (const menu of document.querySelectorAll(".overflow .menu:not([hidden])")) {
    const button = menu.previousElementSibling;
    const hadFocus = menu.contains(document.activeElement);
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (hadFocus) button.focus();
    any = true;
  }
  for (const details of document.querySelectorAll("details.shortcuts[open]")) {
    details.open = false;
    details.querySelector("summary").focus();
    any = true;
  }
  return any;
}

function menuKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...event.target.closest("[role=menu]").querySelectorAll("[role=menuitem]")];
  items[(items.indexOf(event.target) + step + items.length) % items.length].focus();
}

// ---- Confirm dialogs ----

function ask(confirm) {
  return new Promise((answer) => {
    const dialog = document.createElement("dialog");
    dialog.className = "modal confirm";
    dialog.setAttribute("aria-labelledby", "confirm-title");
    dialog.setAttribute("aria-modal", "true");
    dialog.innerHTML = `<header class="modal-head"><h2 id="confirm-title"></h2></header><div class="modal-body"></div>
      <footer class="modal-foot"><button type="button" class="btn plain"></button><button type="button" class="btn"></button></footer>`;
    dialog.querySelector("h2").textContent = confirm.title;
    dialog.querySelector(".modal-body").innerHTML = confirm.html;
    const [deny, agree] = dialog.querySelectorAll("button");
    deny.textContent = confirm.deny;
    agree.textContent = confirm.confirm;
    agree.classList.add(confirm.style === "danger" ? "danger" : "primary");
    const end = (isSure) => {
      dialog.remove();
      answer(isSure);
    };
    deny.onclick = () => end(false);
    agree.onclick = () => end(true);
    dialog.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      end(false);
    };
    dialog.onclose = () => dialog.isConnected && end(false);
    document.body.append(dialog);
    dialog.showModal();
    deny.focus();
  });
}

async function confirmed(control) {
  const { confirm, id } = control.dataset.confirm ? { confirm: control.dataset.confirm, id: control.id } : {};
  if (!confirm) return true;
  const isSure = await ask(JSON.parse(confirm));
  document.getElementById(id)?.focus();
  return isSure;
}

async function press(button, flushAll) {
  flushAll();
  const act = { act: "click", ...boundTo(button) };
  if (await confirmed(button)) send(act);
}

async function choose(item) {
  const menu = item.closest("[role=menu]");
  const button = menu.previousElementSibling;
  const act = { act: "click", ...boundTo(button), value: valueOf(item) };
  closePopups();
  if (await confirmed(button)) send(act);
}

async function change(control) {
  const input = control;
  const ticks = input.closest(".ticks");
  const act = { act: "set", ...boundTo(input), value: ticks ? ticked(ticks) : input.type === "file" ? await filesOf(input) : input.value };
  if (await confirmed(ticks ?? input)) {
    (ticks ?? input).dataset.before = JSON.stringify(act.value);
    send(act);
  } else revert(ticks ?? input);
}

export const uploads = () => uploading;

async function filesOf(input) {
  input.setAttribute("aria-busy", "true");
  const ids = await Promise.all([...input.files].map(upload));
  input.removeAttribute("aria-busy");
  return ids.filter(Boolean);
}

function ticked(ticks) {
  const values = [...ticks.querySelectorAll("input:checked")].map((input) => input.value);
  return ticks.dataset.kind === "radio_buttons" ? (values[0] ?? null) : values;
}

function revert(control) {
  const before = control.dataset.before === undefined ? undefined : JSON.parse(control.dataset.before);
  if (control.matches(".ticks")) {
    for (const input of control.querySelectorAll("input"))
      input.checked = before === undefined ? input.defaultChecked : [before].flat().includes(input.value);
  } else if (control.tagName === "SELECT" && before === undefined) {
    control.value = [...control.options].find((one) => one.defaultSelected)?.value ?? "";
  } else control.value = before ?? control.defaultValue ?? "";
}

export function installControls(sendAct, flushAll, uploadFile) {
  send = sendAct;
  upload = uploadFile;
  document.addEventListener("click", (event) => {
    const target = event.target;
    const button = target.closest("[data-act=click]");
    const opener = target.closest("[data-menu]");
    const item = target.closest("[role=menuitem]");
    const remove = target.closest(".chip button");
    if (button) press(button, flushAll);
    else if (opener) return toggleMenu(opener);
    else if (item) choose(item);
    else if (remove) {
      const input = remove.closest(".combo").querySelector("input");
      remove.closest(".chip").remove();
      tell(input);
      input.focus();
    } else if (target.role === "combobox") search(target);
    if (!target.closest("details.shortcuts, .overflow .menu")) closePopups();
  });
  // A press on an option must not take the focus out of its field before the click is seen.
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    const input = document.querySelector(`[aria-controls="${option.closest("[role=listbox]").id}"]`);
    if (option.ariaDisabled !== "true") pick(input, option);
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.role === "combobox") search(field);
    else if (field.dataset.commands) suggestCommands(field);
  });
  document.addEventListener("focusout", (event) => isSearch(event.target) && showList(event.target, false));
  document.addEventListener("change", (event) => {
    const control = event.target.closest("[data-action]");
    if (control && !event.target.dataset.live && control.role !== "combobox") uploading = change(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (isSearch(event.target)) comboKey(event);
    else if (event.target.role === "menuitem") menuKey(event);
  });
}
