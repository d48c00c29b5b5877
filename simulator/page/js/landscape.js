// The landscape: the score over two dials, the others as they stand, in filled contours.

import { BOX, GLYPHS, knobTicks, frame } from "./axes.js";
import { position } from "./cup.js";
import { element, set, svg } from "./dom.js";

const [ACROSS, UP] = [56, 40];
// Rows from one to the next that is computed while a dial moves; the last of the grid is one of them.
const SKETCHED = 3;
const FINE_SHADES = 4096;

export class Landscape {
  constructor(app) {
    this.app = app;
    const names = app.data.knobs.map((knob) => knob.name);
    const wanted = ["grind_um", "time_s"].map((name) => names.indexOf(name));
    this.plane = wanted.every((i) => i >= 0) ? wanted : [0, Math.min(1, names.length - 1)];
    this.canvas = element("canvas", { width: BOX.width, height: BOX.height });
    this.losses = new Float64Array(ACROSS * UP);
    this.paths = svg("g", { class: "paths" });
    this.axes = svg("g", {});
    this.picture = svg("svg", { class: "picture landscape", viewBox: "0 0 500 364", role: "img" }, this.axes, this.paths);
    this.whole = element("div", { class: "stack" }, this.canvas, this.picture);
    this.seen = "";
  }

  relabel() {
    const { words, data } = this.app;
    const axis = (i) => {
      const knob = data.knobs[i];
      return { at: (value) => position(knob, value), ticks: knobTicks(knob), label: `${words.word("knob", knob.name)} (${words.word("symbol", knob.unit)})` };
    };
    this.axes.replaceChildren(frame(BOX, axis(this.plane[0]), axis(this.plane[1])));
  }

  /** Draw anew if anything but the two dials has changed; while a dial moves, every third row is enough. */
  update(cup, isMoving) {
    const others = Array.from(cup.inputs).filter((_, i) => !this.plane.includes(i));
    const every = isMoving ? SKETCHED : 1;
    const key = `${cup.brewer.method} ${others.join(" ")}`;
    if (key === this.seen && every >= this.every) return;
    [this.seen, this.every] = [key, every];
    this.survey(cup, every);
    this.paint();
  }

  /** The loss on the grid: computed in every so many rows, in proportion between them. */
  survey(cup, every) {
    const inputs = Float64Array.from(cup.inputs);
    const result = new Float64Array(1);
    const [i, j] = this.plane;
    for (let row = 0; row < UP; row += every) {
      for (let column = 0; column < ACROSS; column++) {
        inputs[i] = column / (ACROSS - 1);
        if (j !== i) inputs[j] = row / (UP - 1);
        this.losses[row * ACROSS + column] = cup.brewer.programs.loss(inputs, result)[0];
      }
    }
    for (let k = ACROSS; every > 1 && k < this.losses.length - ACROSS; k++) {
      const past = Math.floor(k / ACROSS) % every;
      const [below, above] = [k - past * ACROSS, k + (every - past) * ACROSS];
      if (past) this.losses[k] = ((every - past) * this.losses[below] + past * this.losses[above]) / every;
    }
  }

  paint() {
    const { width, height } = BOX;
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    let [least, most] = [Infinity, -Infinity];
    for (const loss of this.losses) { if (loss < least) least = loss; if (loss > most) most = loss; }
    const { shades } = this.app.data;
    const colours = shades.map(([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r);
    const lines = shades.map(([r, g, b]) => (255 << 24) | ((b * 0.86) << 16) | ((g * 0.86) << 8) | (r * 0.86));
    const last = shades.length - 1;
    const scale = 1 / (most - least || 1);
    // The best part in finer bands: there the landscape is flat.
    const band = new Uint8Array(FINE_SHADES + 1);
    for (let k = 0; k <= FINE_SHADES; k++) band[k] = Math.min(last, Math.floor((1 - Math.sqrt(k / FINE_SHADES)) * (last + 1)));
    const line = new Float64Array(ACROSS + 1);
    const step = (ACROSS - 1) / (width - 1);
    let above = new Uint8Array(width);
    let here = new Uint8Array(width);
    for (let y = 0; y < height; y++) {
      const v = (1 - y / (height - 1)) * (UP - 1);
      const row = Math.min(UP - 2, Math.floor(v));
      const part = v - row;
      for (let c = 0; c < ACROSS; c++) {
        const k = row * ACROSS + c;
        line[c] = ((1 - part) * this.losses[k] + part * this.losses[k + ACROSS] - least) * scale * FINE_SHADES;
      }
      line[ACROSS] = line[ACROSS - 1];
      for (let x = 0; x < width; x++) {
        const u = x * step;
        const c = u | 0;
        const shade = band[(line[c] + (u - c) * (line[c + 1] - line[c])) | 0];
        here[x] = shade;
        const edge = (x > 0 && here[x - 1] !== shade) || (y > 0 && above[x] !== shade);
        pixels[y * width + x] = edge ? lines[shade] : colours[shade];
      }
      [above, here] = [here, above];
    }
    context.putImageData(image, 0, 0);
  }

  place(x) {
    const [i, j] = this.plane;
    return [BOX.left + BOX.width * x[i], BOX.top + BOX.height * (1 - x[j])];
  }

  /** Paths of the runners, the cup, the best and what it is called. */
  draw(cup, runners, best, bestName) {
    const parts = runners.map(({ look, path }) => {
      const points = path.map((x) => this.place(x).map((number) => number.toFixed(1)).join(" "));
      const [x, y] = this.place(path[path.length - 1]);
      return svg("g", { style: `color:${look.colour}` },
        svg("polyline", { points: points.join(" "), class: "path-under" }),
        svg("polyline", { points: points.join(" "), class: "path", "stroke-dasharray": look.dash.map((d) => 1.5 * d).join(" ") }),
        svg("text", { x, y: y + 5, class: "glyph", "text-anchor": "middle" }, GLYPHS[look.marker] || "●"));
    });
    const [x, y] = this.place(cup.inputs);
    parts.push(svg("circle", { cx: x, cy: y, r: 6.5, class: "cup-mark" }));
    if (best) {
      const [bx, by] = this.place(best.x);
      const isRight = bx > BOX.left + BOX.width / 2;
      parts.push(svg("text", { x: bx, y: by + 7, class: "best-mark", "text-anchor": "middle" }, "★"),
        svg("text", { x: bx + (isRight ? -13 : 13), y: Math.max(by + 4, BOX.top + 14), class: "best-name", "text-anchor": isRight ? "end" : "start" }, bestName));
    }
    this.paths.replaceChildren(...parts);
  }

  describe(sentence) { set(this.picture, "aria-label", sentence); }

  get box() { return BOX; }
}
