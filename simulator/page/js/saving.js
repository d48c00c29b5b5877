// Pictures as files that stand alone: every colour and font is written into the copy.

const COPIED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "fill-opacity",
  "font-family", "font-size", "font-weight", "paint-order"];

/** A copy of an svg that needs no style sheet; `under` is a canvas and the box it fills. */
export function standalone(picture, background, under) {
  const copy = picture.cloneNode(true);
  const [, , width, height] = picture.getAttribute("viewBox").split(" ").map(Number);
  const styled = [picture, ...picture.querySelectorAll("*")];
  const copies = [copy, ...copy.querySelectorAll("*")];
  styled.forEach((original, k) => {
    const computed = getComputedStyle(original);
    copies[k].setAttribute("style", COPIED.map((name) => `${name}:${computed.getPropertyValue(name)}`).join(";"));
    copies[k].removeAttribute("tabindex");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const first = copy.firstChild;
  const add = (tag, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    copy.insertBefore(made, first);
  };
  add("rect", { width, height, fill: background });
  if (under) add("image", { x: under.box.left, y: under.box.top, width: under.box.width, height: under.box.height, href: under.canvas.toDataURL() });
  return { source: new XMLSerializer().serializeToString(copy), width, height };
}

export async function save(picture, name, format, background, under) {
  const { source, width, height } = standalone(picture, background, under);
  const blob = new Blob([source], { type: "image/svg+xml" });
  download(format === "svg" ? blob : await raster(source, width, height), `${name}.${format}`);
}

function raster(source, width, height) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2 * width, 2 * height];
      canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
      canvas.toBlob(resolve, "image/png");
    };
    image.onerror = reject;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  });
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
