// Axes of small pictures: ticks at round numbers, drawn once per change of limits.

import { svg } from "./dom.js";
import { plain } from "./words.js";

/** The frame that all small pictures share, in a view of 500 by 364. */
export const BOX = { left: 62, top: 12, width: 420, height: 300 };

/** The figures' markers, as letters. */
export const GLYPHS = { o: "●", s: "■", "^": "▲", D: "◆", v: "▼", P: "✚", X: "✖" };

/** Round numbers between two limits, about `count` of them. */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((m) => m * power >= rough) * power;
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
  return found;
}

/** Ticks of a knob's scale. */
export function knobTicks(knob) {
  if (knob.scale !== "log") return ticks(knob.low, knob.high, 5);
  const round = [1, 2, 3, 5].flatMap((m) => [1, 10, 100, 1000].map((p) => m * p)).sort((a, b) => a - b);
  return round.filter((value) => value >= knob.low && value <= knob.high);
}

/**
 * A frame with ticks and labels.
 * @param box {left, top, width, height}; @param across, up: {at: value -> 0..1, ticks, label, write}
 */
export function frame(box, across, up) {
  const { left, top, width, height } = box;
  const write = (axis, value) => (axis.write || plain)(value);
  return svg("g", { class: "axes" },
    svg("rect", { x: left, y: top, width, height, class: "frame" }),
    across.ticks.map((value) => {
      const x = left + width * across.at(value);
      return [svg("line", { x1: x, x2: x, y1: top + height, y2: top + height + 4, class: "tick" }),
        svg("text", { x, y: top + height + 17, class: "tick-name", "text-anchor": "middle" }, write(across, value))];
    }).flat(),
    up.ticks.map((value) => {
      const y = top + height * (1 - up.at(value));
      return [svg("line", { x1: left - 4, x2: left, y1: y, y2: y, class: "tick" }),
        svg("text", { x: left - 7, y: y + 4, class: "tick-name", "text-anchor": "end" }, write(up, value))];
    }).flat(),
    svg("text", { x: left + width / 2, y: top + height + 36, class: "axis-name", "text-anchor": "middle" }, across.label),
    svg("text", { x: 0, y: 0, class: "axis-name", "text-anchor": "middle", transform: `translate(${left - 42} ${top + height / 2}) rotate(-90)` }, up.label));
}
