// Formulas of nodes, written out from the graph's operations down to the nodes that are shown.

import { plain } from "./words.js";

const BINDS = { "+": 1, "-": 1, "*": 2, "/": 2, "**": 4 };
const SIGNS = { "+": " + ", "-": " − ", "*": " · ", "/": " / ", "**": "^" };
const FUNCTIONS = { ndtr: "Φ", expit: "logistic" };
const TIGHT = 9;
const MOST = 14;

/**
 * The formula of a node as text, or null if it takes more than a line: `leaf(node)` writes a shown node.
 * Returns {text, count}: count is how many operations it is made of.
 */
export function formula(brewer, texts, operations, node, isShown, leaf) {
  const { operation, parents } = brewer.graph;
  const { isConstant, values } = brewer.walk;
  const counted = new Set();

  const write = (at) => {
    if (isConstant[at]) return values[at] < 0 ? [`(${plain(values[at])})`, TIGHT] : [plain(values[at]), TIGHT];
    if (at !== node && (isShown(at) || operation[at] < 0)) return [leaf(at), TIGHT];
    counted.add(at);
    if (counted.size > MOST) return ["…", TIGHT];
    const name = operations[operation[at]];
    const mine = parents[at].map(write);
    const binary = texts[name].match(/^\{0\} (\S+) \{1\}$/);
    if (binary) return between(binary[1], mine);
    if (name === "negative") return [`−${bracketed(mine[0], 3)}`, 3];
    return [`${FUNCTIONS[name] || name}(${mine.map(([words]) => words).join(", ")})`, TIGHT];
  };

  const [text] = operation[node] < 0 ? [""] : write(node);
  return { text: counted.size > MOST ? null : text, count: counted.size };
}

function between(sign, [left, right]) {
  const binds = BINDS[sign] || 1;
  const strict = sign === "-" || sign === "/" || sign === "**" ? 1 : 0;
  return [bracketed(left, binds) + (SIGNS[sign] || ` ${sign} `) + bracketed(right, binds + strict), binds];
}

function bracketed([words, binds], least) {
  return binds < least ? `(${words})` : words;
}
