// SPDX-License-Identifier: MIT
// What a page of solespine can do beyond being read: values of curves and maps under the
// pointer, curves and regions on and off, instants by a slider, tables sorted by a column.
// Without it everything stands as it is printed.
"use strict";
(() => {
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (name, parent, className = "", text = "") => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
};
const dataOf = (element) => {
  const script = element.querySelector(':scope > script[type="application/json"]');
  return script ? JSON.parse(script.textContent) : null;
};
const shown = (value) => (value === null ? "–" : String(Number(value.toPrecision(4))));

const tip = make("div", document.body, "tip");
tip.hidden = true;
function say(event, lines) {
  tip.replaceChildren();
  for (const [text, colour] of lines) {
    const line = make("div", tip, "", text);
    if (colour) line.style.borderLeft = `4px solid ${colour}`;
  }
  tip.hidden = false;
  const right = event.clientX + 18 + tip.offsetWidth > window.innerWidth;
  tip.style.left = `${event.clientX + (right ? -14 - tip.offsetWidth : 14) + window.scrollX}px`;
  tip.style.top = `${event.clientY + 12 + window.scrollY}px`;
}
const hush = () => { tip.hidden = true; };

// Curves --------------------------------------------------------------------------------------
function chart(figure) {
  const data = dataOf(figure), svg = figure.querySelector("svg");
  const off = new Set();
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "g");
  mark.setAttribute("class", "mark");
  svg.append(mark);
  const draw = (name, values) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
    mark.append(element);
  };
  const place = (value, [low, high], from, to, log) => {
    const [v, a, b] = log ? [value, low, high].map(Math.log10) : [value, low, high];
    return from + ((v - a) / (b - a)) * (to - from);
  };
  svg.addEventListener("pointermove", (event) => {
    const frame = svg.getBoundingClientRect();
    const x = ((event.clientX - frame.left) / frame.width) * data.size[0];
    const y = ((event.clientY - frame.top) / frame.height) * data.size[1];
    const panel = data.panels.find((p) =>
      x >= p.box[0] && x <= p.box[2] && y >= p.box[1] && y <= p.box[3]);
    mark.replaceChildren();
    if (!panel) return hush();
    const at = panel.x[0] + ((x - panel.box[0]) / (panel.box[2] - panel.box[0])) * (panel.x[1] - panel.x[0]);
    const lines = [];
    let head = null;
    for (const curve of panel.curves) {
      if (off.has(curve.name)) continue;
      let best = 0;
      curve.x.forEach((value, index) => {
        if (Math.abs(value - at) < Math.abs(curve.x[best] - at)) best = index;
      });
      head ??= curve.x[best];
      lines.push([`${curve.name}  ${shown(curve.y[best])}`, curve.colour]);
      if (curve.y[best] === null) continue;
      draw("circle", {
        cx: place(curve.x[best], panel.x, panel.box[0], panel.box[2], false),
        cy: place(curve.y[best], panel.y, panel.box[3], panel.box[1], panel.log),
        r: 3, fill: curve.colour, stroke: "white",
      });
    }
    if (head === null) return hush();
    const line = place(head, panel.x, panel.box[0], panel.box[2], false);
    draw("path", { d: `M${line} ${panel.box[1]}V${panel.box[3]}`, stroke: "#777", "stroke-width": 0.7 });
    say(event, [[`${panel.across || "x"}: ${shown(head)}`], ...lines, [panel.unit]]);
  });
  svg.addEventListener("pointerleave", () => { mark.replaceChildren(); hush(); });
  const curves = data.panels.flatMap((panel) => panel.curves);
  const names = [...new Set(data.panels.filter((panel) => panel.curves.length > 1)
    .flatMap((panel) => panel.curves.map((curve) => curve.name)))];
  if (names.length < 2 || names.length > 12) return;
  const bar = document.createElement("div");
  bar.className = "bar";
  figure.prepend(bar);
  for (const name of names) {
    const button = make("button", bar, "", name);
    button.style.borderBottomColor = curves.find((curve) => curve.name === name).colour;
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      const hide = !off.has(name);
      if (hide) off.add(name); else off.delete(name);
      button.setAttribute("aria-pressed", String(!hide));
      for (const curve of curves) {
        const drawn = document.getElementById(curve.id);
        if (curve.name === name && drawn) drawn.style.display = hide ? "none" : "";
      }
    });
  }
}

// Pressure ------------------------------------------------------------------------------------
function pressure(figure, palette) {
  const maps = all(".map", figure).map((element) => ({
    data: dataOf(element),
    cells: all("svg rect", element),
    note: element.querySelector(".largest"),
  }));
  const labels = maps[0].data.labels;
  const together = maps.every((map) => map.data.labels.join() === labels.join());
  const regions = [...new Set(maps.flatMap((map) => map.data.region))].filter(Boolean);
  const bar = document.createElement("div");
  bar.className = "bar";
  figure.prepend(bar);
  let frame = 0, region = "";
  const values = (map) => (frame ? map.data.frames[frame - 1] : map.data.peak);
  let said = null, slider = null;
  const buttons = regions.map((name) => {
    const button = make("button", bar, "", name);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => { region = region === name ? "" : name; show(); });
    return button;
  });
  function show() {
    for (const map of maps) {
      const now = values(map);
      let largest = 0;
      map.cells.forEach((cell, index) => {
        const part = Math.min(1, now[index] / map.data.top);
        const inside = !region || map.data.region[index] === region;
        cell.setAttribute("fill", palette[Math.round((palette.length - 1) * part)]);
        cell.setAttribute("opacity", inside ? 1 : 0.18);
        if (inside) largest = Math.max(largest, now[index]);
      });
      if (map.note) map.note.textContent = `${region || "largest"} ${largest} ${map.data.unit}`;
    }
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.textContent === region)));
    if (said) said.textContent = frame ? labels[frame - 1] : "peak of all instants";
  }
  if (together && labels.length > 1) {
    slider = make("input", bar);
    Object.assign(slider, { type: "range", min: 0, max: labels.length, value: 0 });
    slider.setAttribute("aria-label", "instant, the first is the peak of all");
    said = make("output", bar);
    slider.addEventListener("input", () => { frame = Number(slider.value); show(); });
    const asked = /[#&]instant=(\d+)/.exec(location.hash);
    if (asked) { frame = Math.min(labels.length, Number(asked[1])); slider.value = frame; }
  }
  for (const map of maps) {
    map.cells.forEach((cell, index) => {
      cell.querySelector("title")?.remove();
      const name = map.data.region[index];
      cell.addEventListener("pointermove", (event) =>
        say(event, [[`${values(map)[index]} ${map.data.unit}${name ? `, ${name}` : ""}`]]));
      cell.addEventListener("pointerleave", hush);
    });
  }
  show();
}

// Stress maps ---------------------------------------------------------------------------------
function raster(element) {
  const data = dataOf(element), image = element.querySelector("img");
  const levels = Uint8Array.from(atob(data.levels), (letter) => letter.charCodeAt(0));
  image.addEventListener("pointermove", (event) => {
    const frame = image.getBoundingClientRect();
    const column = Math.floor(((event.clientX - frame.left) / frame.width) * data.columns);
    const row = Math.floor(((event.clientY - frame.top) / frame.height) * data.rows);
    const level = levels[row * data.columns + column];
    if (!level) return hush();
    const text = level === 255 ? `${shown(data.top)} or more` : shown(((level - 1) / 254) * data.top);
    say(event, [[`${text} ${data.unit}`]]);
  });
  image.addEventListener("pointerleave", hush);
}

// Tables --------------------------------------------------------------------------------------
function sortable(table) {
  const body = table.tBodies[0];
  const key = (cell) => {
    const text = (cell?.textContent ?? "").replace(/[−–]/g, "-").replace(/(\d) (?=\d{3})/g, "$1").trim();
    const number = parseFloat(text.replace(/^± /, ""));
    return [Number.isNaN(number) ? null : number, text];
  };
  all("thead tr:last-child th", table).forEach((head, column) => {
    head.tabIndex = 0;
    head.title = "sort";
    const sort = () => {
      const falling = head.getAttribute("aria-sort") === "ascending";
      all("th", table.tHead).forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [key(row.cells[column]), row]);
      rows.sort(([[a, s]], [[b, t]]) => {
        // What has no value stays last either way.
        if ((a === null) !== (b === null)) return a === null ? 1 : -1;
        const order = a === null ? s.localeCompare(t) : a - b;
        return falling ? -order : order;
      });
      body.append(...rows.map(([, row]) => row));
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
  });
}

function larger(tables) {
  if (!tables.length) return;
  const label = document.createElement("label");
  label.className = "bar";
  const box = make("input", label);
  box.type = "checkbox";
  label.append(" only differences that are larger than what is known of their uncertainty");
  document.getElementById("differences").after(label);
  box.addEventListener("change", () => {
    for (const row of tables.flatMap((table) => [...table.tBodies[0].rows])) {
      row.hidden = box.checked && !row.querySelector(".larger");
    }
  });
}

const palette = JSON.parse(document.getElementById("palette")?.textContent ?? "[]");
all("figure.chart").forEach(chart);
all("figure.pressure").forEach((figure) => pressure(figure, palette));
all(".raster").forEach(raster);
all("table.sort").forEach(sortable);
larger(all("table.verdicts"));
document.documentElement.dataset.script = "ready";
})();
