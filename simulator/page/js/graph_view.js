// The graph in its stages: values run down, blame runs up.

import { element, set, svg, text } from "./dom.js";
import { plain, signed } from "./words.js";

const WIDEST = 9;
const SMALLEST = 0.78;
// A change of width that one sees while it happens, in pixels.
const SEEN = 0.5;
// Blame that rounds to nothing is not written; in points, or in percent of customers.
const READABLE = 0.005;

export class GraphView {
  /** @param app the page; `onfocus(node)` is told which node is looked at, null for none. */
  constructor(app, onfocus) {
    this.app = app;
    this.onfocus = onfocus;
    this.picture = svg("svg", { class: "graph picture", role: "group" });
    this.scroller = element("div", { class: "scroller", id: "graph", tabindex: "-1" }, this.picture);
    this.picture.addEventListener("pointerleave", () => onfocus(null));
    this.picture.addEventListener("focusout", () => onfocus(null));
    this.picture.addEventListener("keydown", (event) => this.moved(event));
  }

  /** Build the boxes of a view; texts and colours come with `update`. */
  build(brewer, key) {
    const view = brewer.view(key);
    this.brewer = brewer;
    this.key = key;
    this.view = view;
    this.read(view);
    const [width, height] = view.size;
    set(this.picture, "viewBox", `0 0 ${width} ${height}`);
    this.picture.style.width = `${width}px`;
    // A narrow screen sees it smaller, down to what can still be read; beyond that it scrolls.
    this.picture.style.minWidth = `${Math.min(width, SMALLEST * width)}px`;
    this.edgesLayer = svg("g", { class: "edges", "aria-hidden": "true" });
    this.boxesLayer = svg("g", { class: "boxes" });
    this.picture.replaceChildren(
      svg("g", { class: "stages" }, view.stages.map(([stage, top, tall], i) => this.band(stage, i, top, tall, width))),
      this.edgesLayer, this.boxesLayer,
    );
    this.edges = [];
    for (const [child, arriving] of this.arriving) {
      arriving.forEach((parent, k) => {
        const path = svg("path", { d: this.way(parent, child, k, arriving.length), class: "edge" });
        this.edgesLayer.append(path);
        this.edges.push({ parent, child, path });
      });
    }
    this.boxes = new Map();
    for (const node of this.order) this.boxes.set(node, this.box(node));
    this.boxesLayer.append(...[...this.boxes.values()].map((box) => box.group));
    this.tabbable(this.order[0]);
  }

  /** The flat lists of the layout. */
  read(view) {
    this.at = new Map();
    for (let k = 0; k < view.boxes.length;) {
      const [node, layer, count] = view.boxes.slice(k, k + 3);
      this.at.set(node, { layer, xs: view.boxes.slice(k + 3, k + 3 + count) });
      k += 3 + count;
    }
    const place = (node) => this.at.get(node);
    this.order = [...this.at.keys()].sort(
      (a, b) => place(a).layer - place(b).layer || place(a).xs[0] - place(b).xs[0],
    );
    this.isShown = (node) => this.at.has(node);
    // Each box's parents, as their edges come in from left to right.
    this.arriving = new Map();
    for (const child of this.order) {
      const lane = (parent) => place(parent).xs[place(child).layer - 1 - place(parent).layer];
      const parents = [...this.brewer.walk.local(child, this.isShown).keys()].sort((a, b) => lane(a) - lane(b));
      if (parents.length) this.arriving.set(child, parents);
    }
  }

  size(node) {
    const { named, operation } = this.app.data.boxes;
    return this.brewer.graph.names[node] ? named : operation;
  }

  row(layer) { return { top: this.view.rows[2 * layer], tall: this.view.rows[2 * layer + 1] }; }

  /** Out of the parent's foot, straight along every layer it passes, into its port in the child's head. */
  way(parent, child, k, count) {
    const from = this.at.get(parent);
    const to = this.at.get(child);
    const start = this.row(from.layer);
    let x = from.xs[0];
    let y = start.top + (start.tall + this.size(parent)[1]) / 2;
    let d = `M${x} ${y}`;
    y = start.top + start.tall;
    d += `L${x} ${y}`;
    const bend = (nx, ny) => { const half = (y + ny) / 2; d += `C${x} ${half} ${nx} ${half} ${nx} ${ny}`; x = nx; y = ny; };
    for (let layer = from.layer + 1; layer < to.layer; layer++) {
      const row = this.row(layer);
      bend(from.xs[layer - from.layer], row.top);
      y = row.top + row.tall;
      d += `L${x} ${y}`;
    }
    const [wide, tall] = this.size(child);
    const end = this.row(to.layer);
    const spread = Math.min(this.app.data.boxes.ports[0], (this.app.data.boxes.ports[1] * wide) / count);
    bend(to.xs[0] + (k - (count - 1) / 2) * spread, end.top);
    return `${d}L${x} ${end.top + (end.tall - tall) / 2}`;
  }

  band(stage, number, top, tall, width) {
    const [left, down, wide, high] = this.app.data.boxes.head;
    const y = top + down;
    const head = svg("g", { class: "stage-head", role: "button", tabindex: "0", "data-stage": stage },
      svg("rect", { x: left, y, width: wide, height: high, rx: 9, class: "stage-button" }),
      svg("text", { x: left + 8, y: y + 20, class: "stage-name" }),
      svg("text", { class: "stage-about" }, [36, 50].map((down_) => svg("tspan", { x: left + 8, y: y + down_ }))),
      svg("text", { x: left + 8, y: y + 68, class: "stage-depth" }),
    );
    const next = () => this.app.openNext(stage);
    head.addEventListener("click", next);
    head.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); next(); }
    });
    return svg("g", { class: `stage stage-${stage}` },
      svg("rect", { x: 0.5, y: top + 0.5, width: width - 1, height: tall - 1, rx: 14, class: "band" }), head);
  }

  box(node) {
    const { layer, xs } = this.at.get(node);
    const [wide, tall] = this.size(node);
    const row = this.row(layer);
    const [x, y] = [xs[0] - wide / 2, row.top + (row.tall - tall) / 2];
    const isDial = this.brewer.knobNodes.includes(node);
    const isData = this.brewer.graph.operation[node] < 0;
    const named = Boolean(this.brewer.graph.names[node]);
    const kind = isDial ? "dial" : isData ? "data" : named ? "named" : "operation";
    const end = node === this.brewer.output ? " end" : "";
    const number = svg("tspan", {});
    const unit = svg("tspan", { class: "box-unit" });
    const parts = {
      rect: svg("rect", { x, y, width: wide, height: tall, rx: named ? 9 : 7, class: "box" }),
      name: svg("text", { x: x + 10, y: y + (named ? 17 : 15), class: "name" }),
      value: svg("text", { x: x + 10, y: y + tall - (named ? 10 : 7), class: "value" }, number, unit),
      blame: svg("text", { x: x + wide - 8, y: y + tall - (named ? 10 : 7), class: "blame", "text-anchor": "end" }),
    };
    const group = svg("g", { class: `node ${kind}${end}`, role: "img", "data-node": node, tabindex: "-1" }, Object.values(parts));
    group.addEventListener("pointerenter", () => this.onfocus(node));
    group.addEventListener("click", () => { this.tabbable(node); group.focus({ preventScroll: true }); });
    group.addEventListener("focus", () => this.onfocus(node));
    return { group, number, unit, wide, x: xs[0], y: y + tall / 2, ...parts };
  }

  /** One box at a time is in the tab order; arrow keys move between boxes. */
  tabbable(node) {
    for (const [other, box] of this.boxes) set(box.group, "tabindex", other === node ? "0" : "-1");
  }

  moved(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const from = event.target.dataset && this.boxes.get(Number(event.target.dataset.node));
    if (event.key === "Escape") { event.target.blur(); this.onfocus(null); return; }
    if (!way || !from) return;
    event.preventDefault();
    let best = null;
    for (const [node, box] of this.boxes) {
      const [dx, dy] = [box.x - from.x, box.y - from.y];
      const along = dx * way[0] + dy * way[1];
      const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      if (along < 4 || (way[0] && aside > 4)) continue;
      // Up and down to the next layer, there to the nearest box; left and right within the layer.
      const far = way[0] ? along : 1000 * along + aside;
      if (!best || far < best.far) best = { node, far };
    }
    if (best) { this.tabbable(best.node); this.boxes.get(best.node).group.focus(); }
  }

  relabel() {
    const { words } = this.app;
    const [, open, depth] = this.key.match(/^(\w+)(?::(\w+))?$/);
    for (const head of this.picture.querySelectorAll(".stage-head")) {
      const { stage } = head.dataset;
      const number = this.app.data.stages.indexOf(stage) + 1;
      const at = stage === open && depth ? depth : "napkin";
      const [, name, about, shown] = head.children;
      text(name, `${number}  ${words.say(`stage.${stage}`)}`);
      const lines = inLines(words.say(`stage.${stage}_about`), this.app.data.boxes.head[2] - 14);
      [...about.children].forEach((line, k) => text(line, lines[k] || ""));
      const next = { napkin: "graph.open", names: "graph.deeper", operations: "graph.close" }[at];
      text(shown, words.say(`${next}_short`));
      set(head, "aria-description", words.say(next, { stage: words.say(`stage.${stage}`) }));
      set(head, "aria-expanded", at !== "napkin");
    }
    for (const [node, box] of this.boxes) {
      const name = this.title(node);
      text(box.name, name);
      const room = box.wide - 18;
      const needs = breadth(name);
      if (needs > room) {
        set(box.name, "textLength", room);
        set(box.name, "lengthAdjust", "spacingAndGlyphs");
      } else box.name.removeAttribute("textLength");
    }
  }

  title(node) {
    const path = this.brewer.nameOf(node);
    if (path) return this.app.words.quantity(path);
    const name = this.app.data.operations[this.brewer.graph.operation[node]];
    return { multiply: "×", add: "+", subtract: "−", divide: "÷", power: "^", negative: "−( )", ndtr: "Φ", expit: "logistic" }[name] || name;
  }

  /** What this node's blame is, in points of loss for a typical change of it. */
  weight(node) { return this.cup.adjoint[node] * this.brewer.graph.typical[node]; }

  /**
   * Values, blame, widths. `stepping` hides what the walk has not reached yet. While dials move, widths change in
   * steps that one can see: a thick line drawn anew is the dearest part of a frame.
   */
  update(cup, stepping, isMoving = false) {
    this.cup = cup;
    const { words } = this.app;
    const share = this.app.data.objective === "share-above" && cup.root === this.brewer.output ? 100 : 1;
    for (const [node, box] of this.boxes) {
      const isKnown = !stepping || stepping.known(node);
      const isBlamed = !stepping || stepping.blamed(node);
      const value = words.value(cup.values[node], this.brewer.data.quantities[node] || "");
      const named = this.brewer.graph.names[node];
      const [number, ...unit] = named ? value.split(" ") : [plain(cup.values[node])];
      text(box.number, isKnown ? number : "·");
      text(box.unit, isKnown ? ` ${unit.join(" ")}` : "");
      const weight = this.weight(node) * share;
      const tells = isKnown && isBlamed && node !== cup.root && Math.abs(weight) >= READABLE
        && this.brewer.graph.names[node] && this.brewer.graph.operation[node] >= 0;
      text(box.blame, tells ? `${weight > 0 ? "▲" : "▼"}${short(Math.abs(weight))}` : "");
      set(box.blame, "class", `blame ${weight > 0 ? "much" : "little"}`);
      box.group.classList.toggle("root", node === cup.root);
      const state = (isKnown ? "" : " unknown") + (stepping && stepping.current(node) ? " current" : "");
      set(box.group, "data-state", state.trim());
      const verdict = tells ? `${this.app.verdict(weight)} (${signed(weight)})` : "";
      set(box.group, "aria-label", words.say("graph.node", { name: this.title(node), value: isKnown ? value : "–", blame: verdict }));
    }
    this.flows = this.shares();
    const strongest = Math.max(1e-12, ...this.flows.map(Math.abs));
    this.edges.forEach((edge, k) => {
      const isKnown = !stepping || stepping.known(edge.child);
      const isBlamed = !stepping || stepping.handed(edge.parent, edge.child);
      const strength = Math.sqrt(Math.abs(this.flows[k]) / strongest);
      const shows = isBlamed && strength > 0.015;
      const hot = stepping && stepping.hot(edge.parent, edge.child) ? " hot" : "";
      const sign = shows ? (this.flows[k] > 0 ? " much" : " little") : "";
      set(edge.path, "class", `edge${isKnown ? "" : " unknown"}${sign}${hot}`);
      const wide = shows ? 0.8 + WIDEST * strength : 1;
      if (!isMoving || Math.abs(wide - edge.wide) > SEEN) {
        edge.wide = wide;
        set(edge.path, "stroke-width", wide.toFixed(1));
      }
    });
  }

  /** Per edge: the blame it hands on, in points for a typical change of the parent. */
  shares() {
    const { walk, graph } = this.brewer;
    const local = new Map();
    return this.edges.map(({ parent, child }) => {
      if (!local.has(child)) local.set(child, walk.local(child, this.isShown));
      const partial = local.get(child).get(parent) || 0;
      return this.cup.adjoint[child] * partial * graph.typical[parent];
    });
  }

  /** Light up one node with the edges at it. */
  light(node) {
    set(this.picture, "data-lit", node === null ? "" : "yes");
    for (const { parent, child, path } of this.edges) path.classList.toggle("lit", parent === node || child === node);
    for (const [other, box] of this.boxes) box.group.classList.toggle("lit", other === node);
  }

  /** Bring a node into sight, within the frame and on the page. */
  reveal(node) {
    const box = this.boxes.get(node);
    if (!box) return;
    const behavior = this.app.calm ? "auto" : "smooth";
    box.group.scrollIntoView({ block: "center", inline: "center", behavior });
  }

  describe() {
    const { words } = this.app;
    const blame = this.app.data.knobs.map((knob, i) => words.say("recipe.slope", {
      amount: words.turn(knob, knob.amount), change: signed(this.cup.slopes[i] * knob.amount),
    }));
    set(this.picture, "aria-label", words.say("graph.figure", {
      stages: words.list(this.app.data.stages.map((stage) => words.say(`stage.${stage}`))),
      score: this.app.score(this.cup.loss), loss: this.app.lossText(this.cup.loss), blame: words.list(blame),
    }));
  }
}

/** Hundredths, which is what a glance can take in. */
function short(size) {
  return size >= 10 ? size.toFixed(0) : size.toFixed(2);
}

/** A text in as few lines as a width allows: broken between words, or between Chinese characters. */
function inLines(words, room) {
  const lines = [""];
  for (const piece of words.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*/g) || []) {
    const last = lines.length - 1;
    if (lines[last] && breadth((lines[last] + piece).trimEnd()) > room) lines.push(piece);
    else lines[last] += piece;
  }
  return lines;
}

/** About how wide a text is at the boxes' size. */
function breadth(words) {
  let width = 0;
  for (const letter of words) width += letter.charCodeAt(0) > 0x2e80 ? 12 : 6.1;
  return width;
}
