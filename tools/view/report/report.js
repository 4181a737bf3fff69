// SPDX-License-Identifier: Apache-2.0
// Charts and sorting of the page that `weir report` writes. Reads the page's own data, puts text
// in as text only, fetches nothing. Without it the page's tables hold the same figures.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const ROW = 26; // height of a box of the flame view
  const SLIVER = 12; // width of one that is too narrow for a name
  const SVG = "http://www.w3.org/2000/svg";
  const COLORS = 8; // --c0 ... --c7; --c8 is for the rest

  function element(name, attributes = {}, ...children) {
    const e = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    e.append(...children);
    return e;
  }

  function drawing(name, attributes = {}, text = "") {
    const e = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    e.append(text);
    return e;
  }

  function bytes(value) {
    const sign = value < 0 ? "-" : "";
    let n = Math.abs(value), unit = 0;
    while (n >= 1023.95 && unit < 6) {
      n /= 1024;
      unit++;
    }
    const digits = unit === 0 ? String(Math.round(n)) : n.toFixed(1).replace(/\.0$/, "");
    return `${sign}${digits} ${["B", "KB", "MB", "GB", "TB", "PB", "EB"][unit]}`;
  }

  function since(seconds) {
    if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
    return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
  }

  const clock = (t) => `${new Date((data.t0 + t) * 1000).toISOString().slice(11, 19)} UTC`;

  // Round steps that people count in, at most `most` of them.
  function steps(end, most, sizes) {
    const step = sizes.find((s) => end / s <= most) ?? end / most;
    const out = [];
    for (let at = 0; at <= end * 1.0001; at += step) out.push(at);
    return out;
  }
  const TIMES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200,
    14400, 43200, 86400, 172800, 604800];
  const BYTES = [];
  for (let unit = 1; unit < 2 ** 60; unit *= 1024)
    for (const n of [1, 2, 5, 10, 20, 50, 100, 200, 500]) BYTES.push(n * unit);

  // ---- Timelines: all share the cursor, an index into data.times. ----

  const charts = [];
  let cursor = data.times.length - 1;

  function setCursor(index) {
    cursor = Math.max(0, Math.min(data.times.length - 1, index));
    for (const chart of charts) chart.showCursor();
  }

  function nearest(t) {
    let low = 0, high = data.times.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (data.times[middle] < t) low = middle;
      else high = middle;
    }
    return t - data.times[low] < data.times[high] - t ? low : high;
  }

  // Bottom and top of each area; a plain line has no bottom.
  function stacked(lines) {
    const base = data.times.map(() => 0);
    return lines.map((line) => {
      const bottom = base.slice();
      line.v.forEach((value, i) => { base[i] += value; });
      return { bottom, top: base.slice() };
    });
  }

  // A path breaks behind its slashes, not within a name.
  const breakable = (text) => text.split(/(?<=\/)/)
    .flatMap((part, i) => (i === 0 ? [part] : [element("wbr", {}), part]));

  class Timeline {
    constructor(box, title, lines, isStacked) {
      this.box = box;
      this.lines = lines;
      this.isStacked = isStacked;
      this.shapes = isStacked ? stacked(lines) : lines.map((line) => ({ top: line.v }));
      this.highest = Math.max(1, ...this.shapes.map((s) => s.top.reduce((a, b) => Math.max(a, b), 0)));
      this.holder = element("div", {
        role: "slider", tabindex: "0", "aria-label": `${title}. Arrow keys move through time`,
        "aria-valuemin": "0", "aria-valuemax": String(data.times.length - 1),
      });
      this.legend = element("ul", { class: "legend" });
      this.when = element("p", { class: "sub" });
      this.values = lines.map((line, i) => this.legendRow(line, i));
      box.append(element("h3", {}, title), this.holder, this.when, this.legend);
      box.hidden = false;
      this.holder.addEventListener("keydown", (event) => this.key(event));
      const point = (event) => this.point(event);
      this.holder.addEventListener("pointermove", point);
      this.holder.addEventListener("pointerdown", point);
    }

    color(i) {
      return `var(--c${this.lines[i].rest ? 8 : i % COLORS})`;
    }

    legendRow(line, i) {
      const swatch = element("span", { class: "swatch" });
      swatch.style.background = this.color(i);
      const value = element("span", { class: "value" });
      this.legend.append(element("li", {}, swatch, element("span", {}, ...breakable(line.name)), value));
      return value;
    }

    x(t) {
      return this.left + (t / this.end) * (this.width - this.left - 8);
    }

    y(value) {
      return 8 + (1 - value / this.highest) * (this.height - 30);
    }

    path(values, backwards) {
      const at = values.map((v, i) => `${this.x(data.times[i]).toFixed(1)},${this.y(v).toFixed(1)}`);
      return (backwards ? at.reverse() : at).join("L");
    }

    draw() {
      this.width = Math.max(240, this.box.clientWidth);
      this.height = this.width < 500 ? 190 : 240;
      this.left = 56;
      this.end = Math.max(data.times[data.times.length - 1], 0.001);
      const svg = drawing("svg", {
        viewBox: `0 0 ${this.width} ${this.height}`, height: this.height, "aria-hidden": "true",
      });
      this.axes(svg);
      this.shapes.forEach((shape, i) => {
        const d = this.isStacked
          ? `M${this.path(shape.top)}L${this.path(shape.bottom, true)}Z` : `M${this.path(shape.top)}`;
        const path = drawing("path", { d, class: this.isStacked ? "area" : "line" });
        path.style[this.isStacked ? "fill" : "stroke"] = this.color(i);
        svg.append(path);
      });
      this.notes(svg);
      this.line = drawing("line", { class: "cursor", y1: 8, y2: this.height - 22 });
      svg.append(this.line);
      this.holder.replaceChildren(svg);
      this.showCursor();
    }

    axes(svg) {
      for (const value of steps(this.highest, 4, BYTES)) {
        const y = this.y(value);
        svg.append(drawing("line", { class: "grid", x1: this.left, x2: this.width - 8, y1: y, y2: y }),
          drawing("text", { x: this.left - 5, y: y + 4, "text-anchor": "end" }, bytes(value)));
      }
      for (const t of steps(this.end, this.width < 500 ? 3 : 7, TIMES)) {
        const x = this.x(t), last = x > this.width - 40;
        svg.append(drawing("text", {
          x, y: this.height - 6, "text-anchor": last ? "end" : "middle",
        }, since(t).replace(/ 0 (s|min)$/, "")));
      }
    }

    // The limit, if it is in sight; collections as ticks on the axis; marks as lines.
    notes(svg) {
      const base = this.height - 22;
      if (!this.isStacked && data.limit > 0 && data.limit <= this.highest) {
        const y = this.y(data.limit);
        svg.append(drawing("line", { class: "limit", x1: this.left, x2: this.width - 8, y1: y, y2: y }),
          drawing("text", { x: this.left + 4, y: y - 3 }, `limit ${bytes(data.limit)}`));
      }
      for (const t of data.gcs) {
        const x = this.x(t);
        svg.append(drawing("line", { class: "gc", x1: x, x2: x, y1: base, y2: base + 5 }));
      }
      for (const mark of data.marks) {
        const x = this.x(mark.t);
        svg.append(drawing("line", { class: "mark", x1: x, x2: x, y1: 8, y2: base }),
          drawing("text", { x: x + 3, y: 18 }, mark.label));
      }
    }

    showCursor() {
      const t = data.times[cursor];
      const x = this.x(t);
      this.line.setAttribute("x1", x);
      this.line.setAttribute("x2", x);
      this.when.textContent = `${since(t)} after the first record, at ${clock(t)}:`;
      this.lines.forEach((line, i) => { this.values[i].textContent = bytes(line.v[cursor]); });
      this.holder.setAttribute("aria-valuenow", String(cursor));
      this.holder.setAttribute("aria-valuetext", `${since(t)}: ` +
        this.lines.map((line) => `${line.name} ${bytes(line.v[cursor])}`).join(", "));
    }

    point(event) {
      const box = this.holder.getBoundingClientRect();
      const part = (event.clientX - box.left - this.left) / (this.width - this.left - 8);
      setCursor(nearest(part * this.end));
    }

    key(event) {
      const page = Math.max(1, Math.round(data.times.length / 10));
      const moves = {
        ArrowLeft: cursor - 1, ArrowDown: cursor - 1, ArrowRight: cursor + 1, ArrowUp: cursor + 1,
        PageDown: cursor - page, PageUp: cursor + page, Home: 0, End: data.times.length - 1,
      };
      if (!(event.key in moves)) return;
      event.preventDefault();
      setCursor(moves[event.key]);
    }
  }

  // ---- The flame view: callers above, what they call below, width = bytes. ----

  const KINDS = ["your code", "packages", "runtime", "native"];
  const MEASURES = [["live", "live now"], ["growth", "grown"], ["alloc", "allocated, ever"]];

  class Flame {
    constructor(box) {
      this.box = box;
      this.measure = MEASURES.find(([key]) => data.stacks.some((s) => s[key] > 0))?.[0] ?? "live";
      this.whole = false;
      this.boxes = element("div", {
        class: "boxes", role: "tree", "aria-label": "Call tree; arrow keys move, Enter zooms, Escape zooms out",
      });
      this.readout = element("p", { class: "readout", "aria-live": "polite" });
      box.append(this.controls(), this.boxes, this.readout);
      box.hidden = false;
      this.boxes.addEventListener("keydown", (event) => this.key(event));
      this.boxes.addEventListener("click", (event) => {
        const node = this.nodeOf.get(event.target);
        if (node) this.zoomTo(node);
      });
      for (const kind of ["focusin", "pointerover"])
        this.boxes.addEventListener(kind, (event) => this.tell(this.nodeOf.get(event.target)));
      this.build();
    }

    controls() {
      const bar = element("div", { class: "flame-bar" });
      const field = element("fieldset", {}, element("legend", { class: "sub" }, "A box is as wide as its share of the memory"));
      for (const [key, text] of MEASURES) {
        const input = element("input", { type: "radio", name: "measure", value: key });
        input.checked = key === this.measure;
        input.addEventListener("change", () => { this.measure = key; this.build(); this.draw(); });
        field.append(element("label", {}, input, text));
      }
      const whole = element("input", { type: "checkbox" });
      whole.addEventListener("change", () => { this.whole = whole.checked; this.build(); this.draw(); });
      bar.append(field, element("label", {}, whole, "with runtime and native frames"));
      KINDS.forEach((text, i) => {
        bar.append(element("span", { class: "key" }, element("span", { class: `swatch k${i}` }), text));
      });
      return bar;
    }

    // Frames that are the program's own; of a stack without any, all.
    shown(stack) {
      if (this.whole) return stack.f;
      const own = stack.f.filter((f) => data.frames[f].k < 2);
      return own.length > 0 ? own : stack.f;
    }

    build() {
      this.root = { frame: null, value: 0, kids: new Map(), above: null, depth: 0 };
      for (const stack of data.stacks) {
        const value = stack[this.measure];
        if (value <= 0) continue;
        let node = this.root;
        node.value += value;
        for (const f of this.shown(stack)) {
          // Of one line there may be several frames: interpreted, compiled.
          const key = data.frames[f].n;
          if (!node.kids.has(key))
            node.kids.set(key, { frame: data.frames[f], value: 0, kids: new Map(), above: node, depth: node.depth + 1 });
          node = node.kids.get(key);
          node.value += value;
        }
      }
      this.zoom = this.root;
    }

    name(node) {
      return node.frame ? node.frame.n : "all";
    }

    sorted(node) {
      return [...node.kids.values()].sort((a, b) => b.value - a.value);
    }

    draw() {
      this.nodeOf = new Map();
      this.elementOf = new Map();
      this.bottom = 0;
      this.width = this.box.clientWidth;
      const above = [];
      for (let node = this.zoom.above; node; node = node.above) above.unshift(node);
      this.boxes.replaceChildren();
      for (const node of above) this.place(node, 0, this.width, "above");
      this.spread(this.zoom, 0, this.width);
      this.boxes.style.height = `${this.bottom}px`;
      this.elementOf.get(this.zoom).tabIndex = 0;
      this.tell(this.zoom);
    }

    spread(node, x, width) {
      this.place(node, x, width, "");
      for (const kid of this.sorted(node)) {
        const part = (kid.value / node.value) * width;
        if (part < 2) break; // the rest is smaller still
        // Under a sliver nothing can be read; its depth would only make the view long. Zoom shows it.
        if (part < SLIVER) this.place(kid, x, part, "");
        else this.spread(kid, x, part);
        x += part;
      }
    }

    place(node, x, width, more) {
      const e = element("div", {
        class: `box k${node.frame ? node.frame.k : 3} ${more}`, role: "treeitem", tabindex: "-1",
        "aria-level": String(node.depth + 1), "aria-expanded": String(node.kids.size > 0),
        "aria-label": `${this.name(node)}, ${this.share(node)}`,
      }, width > 24 ? this.name(node) : "");
      e.style.left = `${x}px`;
      e.style.top = `${node.depth * ROW}px`;
      e.style.width = `${width}px`;
      if (width <= 8) e.style.padding = "0";
      this.bottom = Math.max(this.bottom, (node.depth + 1) * ROW);
      this.boxes.append(e);
      this.nodeOf.set(e, node);
      this.elementOf.set(node, e);
    }

    share(node) {
      const part = this.root.value > 0 ? (100 * node.value) / this.root.value : 0;
      return `${bytes(node.value)}, ${part.toFixed(1)} %`;
    }

    tell(node) {
      if (node) this.readout.textContent = `${this.name(node)}: ${this.share(node)}`;
    }

    zoomTo(node) {
      this.zoom = node;
      this.draw();
      this.elementOf.get(node).focus();
    }

    focus(node) {
      const e = node && this.elementOf.get(node);
      if (!e) return;
      for (const other of this.elementOf.values()) other.tabIndex = -1;
      e.tabIndex = 0;
      e.focus();
    }

    key(event) {
      const node = this.nodeOf.get(event.target);
      if (!node) return;
      const beside = node.above ? this.sorted(node.above) : [node];
      const at = beside.indexOf(node);
      const actions = {
        ArrowDown: () => this.focus(this.sorted(node)[0]),
        ArrowUp: () => this.focus(node.above),
        ArrowLeft: () => this.focus(beside[at - 1]),
        ArrowRight: () => this.focus(beside[at + 1]),
        Enter: () => this.zoomTo(node),
        " ": () => this.zoomTo(node),
        Escape: () => this.zoomTo(this.zoom.above ?? this.root),
      };
      if (!(event.key in actions)) return;
      event.preventDefault();
      actions[event.key]();
    }
  }

  // ---- Tables sort by the raw values in their cells. ----

  function sortBy(table, column, down) {
    const body = table.tBodies[0];
    const value = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent;
    const rows = [...body.rows].sort((a, b) => {
      const x = value(a), y = value(b);
      const order = Number.isNaN(Number(x)) || Number.isNaN(Number(y))
        ? x.localeCompare(y) : Number(x) - Number(y);
      return down ? -order : order;
    });
    body.append(...rows);
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = element("button", { type: "button" }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sortBy(table, column, down);
      });
    });
  }

  // ---- Commands are there to be copied. Without a clipboard they can be selected. ----

  for (const box of document.querySelectorAll(".command")) {
    if (!navigator.clipboard) break; // a page of http
    const button = element("button", { type: "button" }, "Copy");
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(box.querySelector("code").textContent).then(() => {
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
      }, () => button.remove());
    });
    box.append(button);
  }

  const views = [];
  if (data.times.length > 1) {
    const box = (id) => document.getElementById(id);
    charts.push(new Timeline(box("chart-memory"), "Process", data.memory, false));
    if (data.sites.length > 0)
      charts.push(new Timeline(box("chart-sites"), "Live bytes by line", data.sites, true));
    views.push(...charts);
  }
  if (data.stacks.length > 0) views.push(new Flame(document.getElementById("flame")));

  let drawnFor = 0;
  function drawAll() {
    if (drawnFor === document.body.clientWidth) return;
    drawnFor = document.body.clientWidth;
    for (const view of views) view.draw();
  }
  window.addEventListener("resize", drawAll);
  drawAll();
})();
