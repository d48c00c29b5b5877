// The cup as the page knows it: what is chosen, brewed by the emitted programs and the walk.

import { Walk } from "./walk.js";

/** One brewing method: its graph, its programs, its names. */
export class Brewer {
  constructor(method, data, programs) {
    this.method = method;
    this.data = data.methods[method];
    this.knobs = data.knobs;
    this.programs = programs.methods[method];
    this.graph = this.data.graph;
    this.walk = new Walk(this.graph, data.operations, programs.operations);
    this.probe = new Walk(this.graph, data.operations, programs.operations);
    this.output = this.graph.output;
    this.byName = new Map();
    for (const [node, names] of Object.entries(this.graph.names)) {
      for (const name of names) this.byName.set(name, Number(node));
    }
    this.knobNodes = this.knobs.map((knob) => this.byName.get(`recipe.${knob.name}`));
    this.adjoint = new Float64Array(this.walk.size);
  }

  node(name) { return this.byName.get(name); }

  nameOf(node) { return (this.graph.names[node] || [])[0]; }

  view(key) {
    const found = this.data.views[key];
    return typeof found === "string" ? this.data.views[found] : found;
  }

  /** Everything given: in the order of the graph's inputs behind the dials. */
  given(bean, shares) {
    return this.data.data.map((name) => {
      const last = name.slice(name.indexOf(".") + 1);
      if (name.startsWith("bean.")) return bean[last];
      if (name.startsWith("customers.")) return shares[last] || 0;
      return name in this.data.fixed ? this.data.fixed[name] : this.data.brew[name];
    });
  }
}

/** Dial 0–1 of a value, evenly on the knob's scale; the graph's own first operations are the way back. */
export function position(knob, value) {
  const at = knob.scale === "log"
    ? Math.log(value / knob.low) / Math.log(knob.high / knob.low)
    : (value - knob.low) / (knob.high - knob.low);
  return Math.min(Math.max(at, 0), 1);
}

/** How far a dial turns for one unit of its knob. */
function perUnit(knob, value) {
  return knob.scale === "log" ? 1 / (value * Math.log(knob.high / knob.low)) : 1 / (knob.high - knob.low);
}

/**
 * One cup brewed and blamed: `slopes` are d loss / d knob, each in the knob's own unit, and `adjoint` is
 * d root / d every node, where the root is the loss unless somebody asks after another quantity.
 */
export function brewed(brewer, x, given, root = brewer.output) {
  const inputs = new Float64Array(x.length + given.length);
  inputs.set(x);
  inputs.set(given, x.length);
  const values = brewer.walk.forward(inputs);
  const adjoint = brewer.walk.backward(root, brewer.adjoint);
  const gradient = brewer.programs.gradient(inputs, new Float64Array(1 + x.length));
  return {
    brewer, inputs, values, adjoint, root, tried: new Map(),
    loss: gradient[0],
    gradient: gradient.slice(1),
    settings: brewer.knobNodes.map((node) => values[node]),
    slopes: brewer.knobs.map((knob, i) => gradient[1 + i] * perUnit(knob, values[brewer.knobNodes[i]])),
    read: (name) => {
      const node = brewer.byName.get(name);
      return node === undefined ? 0 : values[node];
    },
  };
}

/**
 * The change of one knob that raises a node most, no farther than its slope can be trusted: a tenth of the
 * range at most, halved until the brewed cup keeps half of the promise.
 */
export function remedy(cup, target, knobs) {
  const { brewer, values } = cup;
  const adjoint = brewer.walk.backward(target);
  let best = null;
  knobs.forEach((knob, i) => {
    const at = values[brewer.knobNodes[i]];
    const slope = adjoint[brewer.knobNodes[i]];
    const uphill = Math.sign(slope);
    const room = uphill > 0 ? knob.high - at : at - knob.low;
    let size = roundedDown(Math.min(room, 0.1 * (knob.high - knob.low)));
    for (let halvings = 0; size > 0 && halvings < 12; halvings++) {
      const predicted = Math.abs(slope) * size;
      if (predicted < 5e-4 || (best && predicted <= best.real)) break;
      const real = tried(cup, i, position(knob, at + uphill * size))[target] - values[target];
      if (Math.abs(real - predicted) <= 0.5 * predicted) {
        if (real > 0 && (!best || real > best.real)) {
          best = { knob, index: i, change: uphill * size, value: at + uphill * size, predicted, real };
        }
        break;
      }
      size = roundedDown(size / 2);
    }
  });
  return best;
}

/** All values with one dial elsewhere, brewed once for all who ask. */
function tried(cup, i, at) {
  const key = `${i} ${at}`;
  if (!cup.tried.has(key)) {
    const there = Float64Array.from(cup.inputs);
    there[i] = at;
    cup.tried.set(key, cup.brewer.probe.forward(there).slice());
  }
  return cup.tried.get(key);
}

/** Two significant digits, towards zero: what one can read off a scale. */
export function roundedDown(size) {
  if (!(size > 0)) return 0;
  const scale = 10 ** (1 - Math.floor(Math.log10(size)));
  return Math.floor(size * scale * (1 + 1e-12)) / scale;
}
