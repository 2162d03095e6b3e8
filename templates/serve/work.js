"use strict";
// What is typed goes to this server when the keys rest; of several answers the newest is shown.
const REST = 300, PATIENCE = 1500, OWN = ":own", NARROW = 768;
const SIGNS = {correct: "✓", rounded: "≈", carried: "↪", wrong: "✗", unreadable: "?", unchecked: "–"};
const find = (id) => document.getElementById(id);
const form = find("work"), text = find("text"), gutter = find("gutter"), problem = find("problem");
let waiting = null, began = 0, due = false, timer = 0, marks = {}, count = 0;

async function ask(path, signal, fields = new FormData(form)) {
  const answer = await fetch(path, {method: "POST", body: fields, signal});
  if (answer.status === 204) return null;
  if (!answer.ok) throw new Error((await answer.text()).trim() || `the server says ${answer.status}`);
  return answer.json();
}

function tell(id, fault) {
  find(id).hidden = !fault;
  if (find(id).textContent !== fault) find(id).textContent = fault;
}

// Row numbers, each with the verdict on the line that begins there.
function number() {
  const rows = text.value.split("\n").length;
  const caret = text.value.slice(0, text.selectionStart).split("\n").length;
  if (rows !== count) marks = Object.fromEntries(Object.entries(marks).filter(([row]) => row < caret));
  count = rows;
  gutter.replaceChildren(...Array.from({length: rows}, (_, n) => {
    const row = document.createElement("span"), verdict = marks[n + 1];
    if (verdict) row.className = verdict;
    row.textContent = `${verdict ? SIGNS[verdict] + " " : ""}${n + 1}`;
    return row;
  }));
  gutter.scrollTop = text.scrollTop;
}

function show(answer) {
  tell("fault", answer.fault);
  if (answer.fault) return;
  find("verdicts").innerHTML = answer.verdicts;  // made by the server, which escapes all that is typed
  find("preview").innerHTML = answer.preview;
  if (find("said").textContent !== answer.said) find("said").textContent = answer.said;
  marks = answer.rows;
  number();
}

async function check() {
  if (waiting && performance.now() - began < PATIENCE) {
    due = true;
    return;
  }
  if (waiting) waiting.abort();
  const mine = waiting = new AbortController();
  began = performance.now();
  due = false;
  find("said").classList.add("busy");
  try {
    const answer = await ask("/check", mine.signal);
    if (answer && mine === waiting) show(answer);
  } catch (error) {
    if (mine === waiting) tell("fault", `Not checked: ${error.message}`);
  }
  if (mine !== waiting) return;
  waiting = null;
  find("said").classList.remove("busy");
  if (due) soon();
}

function soon(rest = REST) {
  clearTimeout(timer);
  timer = setTimeout(check, rest);
}

async function state() {
  find("own-field").hidden = problem.value !== OWN;
  try {
    const answer = await ask("/problem");
    if (!answer) return;
    tell("problem-fault", answer.fault);
    find("problem-shown").innerHTML = answer.html;
  } catch (error) {
    tell("problem-fault", error.message);
  }
}

async function choose() {
  clearTimeout(timer);
  const found = await fetch(`/draft?problem=${encodeURIComponent(problem.value)}`);
  const draft = found.ok ? await found.json() : {text: "", own: "", kind: "md"};
  if (draft.text || !text.value.trim()) text.value = draft.text;
  if (draft.own) find("own").value = draft.own;
  if (draft.text) find("kind").value = draft.kind;
  marks = {};
  number();
  state();
  soon(0);
}

async function open() {
  const input = find("file");
  if (!input.files.length) return;
  const fields = new FormData();
  fields.append("form", form.elements.form.value);
  fields.append("file", input.files[0]);
  try {
    const answer = await ask("/upload", undefined, fields);
    tell("fault", answer.fault && `${input.files[0].name}: ${answer.fault}`);
    if (answer.fault) return;
    text.value = answer.text;
    find("kind").value = answer.kind;
    marks = {};
    number();
    soon(0);
  } catch (error) {
    tell("fault", error.message);
  } finally {
    input.value = "";
  }
}

function go(row) {
  const before = text.value.split("\n").slice(0, row - 1).join("\n").length + (row > 1 ? 1 : 0);
  const end = text.value.indexOf("\n", before);
  text.focus();
  text.setSelectionRange(before, end < 0 ? text.value.length : end);
  text.scrollTop = (row - 4) * parseFloat(getComputedStyle(text).lineHeight);
}

text.addEventListener("input", () => { number(); soon(); });
text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
find("kind").addEventListener("change", () => soon(0));
find("file").addEventListener("change", open);
problem.addEventListener("change", choose);
find("own").addEventListener("input", () => { clearTimeout(state.timer); state.timer = setTimeout(state, 2 * REST); soon(2 * REST); });
find("verdicts").addEventListener("click", (event) => {
  const button = event.target.closest("button.goto");
  if (button) go(Number(button.dataset.row));
});
if (innerWidth < NARROW) find("problem-fold").open = false;
number();
state();
if (text.value.trim()) soon(0);
