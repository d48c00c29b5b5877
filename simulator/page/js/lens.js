// The lens: one node of the graph, its formula with numbers, and the chain rule at work in it.

import { element } from "./dom.js";
import { formula } from "./formula.js";
import { plain, signed, significant } from "./words.js";

const FEW = 5;

export class Lens {
  constructor(app) {
    this.app = app;
    this.panel = element("div", { class: "lens", "aria-live": "polite", hidden: true });
    this.node = undefined;
  }

  show(node, view, cup) {
    this.node = node;
    if (node === null || node === undefined) {
      this.panel.hidden = true;
      return;
    }
    this.panel.hidden = false;
    this.view = view;
    this.cup = cup;
    this.panel.replaceChildren(this.head(node), this.made(node), this.blamed(node));
    // Out of the way of the box that it speaks of.
    const box = view.boxes.get(node);
    const middle = box ? box.group.getBoundingClientRect() : null;
    this.panel.classList.toggle("above", !this.app.stepper.stepping && Boolean(middle) && middle.top + middle.height / 2 > innerHeight * 0.55);
  }

  name(node) {
    const path = this.cup.brewer.nameOf(node);
    return path ? this.app.words.quantity(path) : `v${node}`;
  }

  unit(node) { return this.cup.brewer.data.quantities[node] || ""; }

  /** The unit that derivatives are told per. */
  per(node) {
    const unit = this.unit(node);
    return unit === "share" ? "" : this.app.words.unit(unit);
  }

  head(node) {
    const { words } = this.app;
    const path = this.cup.brewer.nameOf(node) || "";
    const last = path.startsWith("segments.") ? (path.endsWith(".score") ? "segment_score" : "") : path.split(".").pop();
    const about = words.has(`about.${last}`) ? words.say(`about.${last}`) : "";
    const { files, lines } = this.cup.brewer.graph;
    const source = `${files[Math.floor(lines[node] / 10000)]}:${lines[node] % 10000}`;
    return element("div", { class: "lens-head" },
      element("h3", {}, this.name(node), element("span", { class: "lens-value" }, words.value(this.cup.values[node], this.unit(node)))),
      about ? element("p", {}, about) : null,
      lines[node] ? element("p", { class: "quiet" }, words.say("lens.source", { source })) : null);
  }

  made(node) {
    const { words, data } = this.app;
    const { brewer } = this.cup;
    const block = element("div", { class: "lens-part" }, element("h4", {}, words.say("lens.formula")));
    if (brewer.graph.operation[node] < 0) {
      block.append(element("p", {}, words.say("lens.data")));
      return block;
    }
    const isDial = brewer.knobNodes.includes(node);
    if (isDial) block.append(element("p", {}, words.say("lens.dial")));
    const write = (leaf) => formula(brewer, data.texts, data.operations, node, this.view.isShown, leaf);
    const written = write((at) => this.name(at));
    const parents = [...brewer.walk.local(node, this.view.isShown).keys()];
    if (written.text === null) {
      const listed = words.list(parents.map((parent) => this.name(parent)));
      block.append(element("p", {}, words.say("lens.many", { count: this.operations(node), parents: listed })));
    } else if (!isDial) {
      block.append(
        element("p", { class: "formula" }, written.text),
        element("p", { class: "formula quiet" }, `= ${write((at) => plain(this.cup.values[at])).text} = ${significant(this.cup.values[node], 5)}`));
    }
    if (parents.length && !isDial) block.append(this.partials(node));
    return block;
  }

  /** How many operations lie between a node and the shown ones before it. */
  operations(node) {
    const { graph, walk } = this.cup.brewer;
    const seen = new Set([node]);
    const waiting = [node];
    while (waiting.length) {
      for (const parent of graph.parents[waiting.pop()]) {
        if (graph.operation[parent] < 0 || walk.isConstant[parent] || this.view.isShown(parent) || seen.has(parent)) continue;
        seen.add(parent);
        waiting.push(parent);
      }
    }
    return seen.size;
  }

  partials(node) {
    const { words } = this.app;
    const rows = [...this.cup.brewer.walk.local(node, this.view.isShown)]
      .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, FEW + 3)
      .map(([parent, partial]) => element("li", {}, words.say(this.per(parent) ? "lens.answer" : "lens.answer_bare", {
        parent: this.name(parent), unit: this.per(parent), partial: significant(partial, 3),
      })));
    return element("details", {}, element("summary", {}, words.say("lens.answers")), element("ul", {}, rows));
  }

  blamed(node) {
    const { words } = this.app;
    const { brewer, adjoint } = this.cup;
    const block = element("div", { class: "lens-part" }, element("h4", {}, words.say("lens.blame")));
    if (node === this.cup.root) {
      block.append(element("p", {}, words.say("lens.one", { root: this.name(node) })));
      return block;
    }
    if (adjoint[node] === 0) {
      block.append(element("p", {}, words.say("lens.none")));
      return block;
    }
    const readers = this.view.edges.filter((edge) => edge.parent === node)
      .map(({ child }) => {
        const partial = brewer.walk.local(child, this.view.isShown).get(node) || 0;
        return { child, partial, share: adjoint[child] * partial };
      }).sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
    const rows = readers.slice(0, FEW).map(({ child, partial, share }) => element("li", { class: share > 0 ? "much" : "little" },
      words.say("lens.reader", {
        child: this.name(child), adjoint: significant(adjoint[child], 3), partial: significant(partial, 3), share: significant(share, 3),
      })));
    if (readers.length > FEW) rows.push(element("li", { class: "quiet" }, words.say("graph.edge_few", { count: readers.length - FEW })));
    const unit = this.per(node);
    block.append(
      element("p", { class: adjoint[node] > 0 ? "much" : "little" }, this.app.verdict(adjoint[node])),
      element("ul", { class: "chain", title: words.say("lens.rule") }, rows),
      element("p", { class: "sum" }, words.say(unit ? "lens.sum" : "lens.sum_bare", { root: this.app.rootName, name: this.name(node), unit, total: significant(adjoint[node], 4) })),
      element("p", { class: "quiet" }, words.say("lens.typical", { root: this.app.rootName, points: signed(this.view.weight(node)) })));
    return block;
  }
}
