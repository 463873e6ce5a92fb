// Makes the pages more comfortable; everything works without it.
"use strict";

// ------------------------------------------------------------ completion

// A list of names that is too long for the page is asked for as one types.
for (const input of document.querySelectorAll("input[data-complete]")) {
  const list = document.createElement("datalist");
  list.id = `${input.id}-list`;
  input.after(list);
  input.setAttribute("list", list.id);
  let waiting = 0;
  input.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(async () => {
      const asked = new URLSearchParams({ type: input.dataset.complete, q: input.value });
      const response = await fetch(`/complete?${asked}`);
      if (!response.ok) return;
      const found = await response.json();
      list.replaceChildren(...found.map(({ value, label }) => new Option(label, value)));
    }, 150);
  });
}

// ------------------------------------------------------------ sortable tables

// A row and its evidence are one <tbody>, so that sorting keeps them together.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (body) => {
        const cell = body.rows[0].cells[column];
        return cell.dataset.sort ?? cell.textContent.trim();
      };
      const bodies = [...table.tBodies].sort((a, b) =>
        key(a).localeCompare(key(b), document.documentElement.lang, { numeric: true }));
      table.append(...(down ? bodies.reverse() : bodies));
    });
  });
}

// ------------------------------------------------------------ forms

// Leave empty fields out of the address, so that it is short enough to be passed on.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      if (field.name && field.value === "") field.disabled = true;
    }
  });
}
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
});

// ------------------------------------------------------------ SPARQL

// Show the answer below the query instead of leaving the page.
const query = document.querySelector("form[data-query]");
if (query) {
  const result = document.getElementById("result");
  query.addEventListener("submit", async (event) => {
    event.preventDefault();
    const format = query.elements.format.value;
    const say = (text, tag = "p") => {
      const node = document.createElement(tag);
      node.textContent = text;
      if (tag === "pre") node.tabIndex = 0;
      result.replaceChildren(node);
    };
    say("…");
    try {
      const response = await fetch("/sparql", {
        method: "POST",
        body: new URLSearchParams({ query: query.elements.query.value, format }),
      });
      const text = await response.text();
      const isTable = (response.headers.get("Content-Type") ?? "").includes("sparql-results+json");
      if (response.ok && isTable && JSON.parse(text).results) result.replaceChildren(tableOf(JSON.parse(text)));
      else say(text.length > 200000 ? `${text.slice(0, 200000)}\n…` : text, "pre");
    } catch (error) {
      say(`No answer: ${error.message}`);
    }
  });
}

function tableOf(found) {
  const box = document.createElement("div");
  box.className = "scroll";
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "The answer");
  const table = document.createElement("table");
  const rows = found.results.bindings;
  table.createCaption().textContent = rows.length === 1 ? "1 row" : `${rows.length} rows${rows.length > 1000 ? ", the first 1000 here" : ""}`;
  const head = table.createTHead().insertRow();
  for (const name of found.head.vars) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows.slice(0, 1000)) {
    const line = body.insertRow();
    for (const name of found.head.vars) line.insertCell().append(shown(row[name]));
  }
  box.append(table);
  return box;
}

function shown(term) {
  if (!term) return "";
  if (term.type !== "uri" || !/^https?:\/\//.test(term.value)) return term.value;
  const link = document.createElement("a");
  link.href = term.value;
  link.rel = "noopener noreferrer";
  link.textContent = term.value;
  return link;
}
