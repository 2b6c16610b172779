/**
 * Places in a shown text, counted in Unicode code points as the server counts them: an emoji is one, a combining mark
 * is one, and a mark that stands for an invisible character (`data-sign`) is one.
 */

interface Piece {
  node: Node;
  at: number;
  size: number;
}

/** How many code points a text has. */
export function size(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) i++;
    count++;
  }
  return count;
}

function units(text: string, points: number): number {
  let index = 0;
  for (let count = 0; count < points && index < text.length; count++) index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  return index;
}

function pieces(body: Node): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  const walk = (node: Node): void => {
    if (node instanceof Text || (node instanceof HTMLElement && node.dataset["sign"] !== undefined)) {
      const length = node instanceof Text ? size(node.data) : 1;
      found.push({ node, at, size: length });
      at += length;
    } else node.childNodes.forEach(walk);
  };
  walk(body);
  return found;
}

function end(all: Piece[]): number {
  const last = all.at(-1);
  return last ? last.at + last.size : 0;
}

/** The whole text, each sign as one blank. */
export function textOf(body: Node): string {
  return pieces(body).map(({ node }) => (node instanceof Text ? node.data : " ")).join("");
}

function offsetOf(body: Node, all: Piece[], node: Node, place: number): number {
  const own = all.find((piece) => piece.node === node || piece.node.contains(node));
  if (own) return own.at + (own.node instanceof Text ? size(own.node.data.slice(0, place)) : Math.min(place, 1));
  const follows = (from: Node, to: Node): boolean => (from.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  if (!body.contains(node)) return follows(node, body) && !node.contains(body) ? 0 : end(all);
  const child = node.childNodes[place];
  const next = child
    ? all.find((piece) => child.contains(piece.node) || follows(child, piece.node))
    : all.find((piece) => !node.contains(piece.node) && follows(node, piece.node));
  return next ? next.at : end(all);
}

/** What of the text is selected, without blanks at its ends; nothing when the selection lies elsewhere or is empty. */
export function selected(body: Node): { start: number; end: number } | null {
  const selection = document.getSelection();
  if (!selection || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (range.collapsed || !range.intersectsNode(body)) return null;
  const all = pieces(body);
  let from = offsetOf(body, all, range.startContainer, range.startOffset);
  let to = offsetOf(body, all, range.endContainer, range.endOffset);
  const points = [...textOf(body)];
  while (from < to && /^\s$/.test(points[from] ?? "")) from++;
  while (from < to && /^\s$/.test(points[to - 1] ?? "")) to--;
  return from < to ? { start: from, end: to } : null;
}

/** The part of the page between two places. */
export function rangeOf(body: Node, from: number, to: number): Range {
  const all = pieces(body);
  const range = document.createRange();
  range.selectNodeContents(body);
  for (const piece of all) {
    const { node, at } = piece;
    if (at <= from && from < at + piece.size) {
      if (node instanceof Text) range.setStart(node, units(node.data, from - at));
      else range.setStartBefore(node);
    }
    if (at < to && to <= at + piece.size) {
      if (node instanceof Text) range.setEnd(node, units(node.data, to - at));
      else range.setEndAfter(node);
    }
  }
  return range;
}

/** Draws <mark> around the words between two places, for an owner; the text itself stays as it is. */
export function drawMark(body: Node, span: { start: number; end: number }, mine: { owner: string; name: string }): void {
  for (const { node, at, size: length } of pieces(body)) {
    const from = Math.max(span.start, at);
    const to = Math.min(span.end, at + length);
    if (from >= to) continue;
    const mark = document.createElement("mark");
    mark.className = "s-mark";
    mark.title = mine.name;
    mark.dataset["of"] = mine.owner;
    let part: Node = node;
    if (node instanceof Text) {
      const start = units(node.data, from - at);
      const stop = units(node.data, to - at);
      const middle = node.splitText(start);
      middle.splitText(stop - start);
      part = middle;
    }
    part.parentNode?.replaceChild(mark, part);
    mark.append(part);
  }
}

/** Takes an owner's marks away again. */
export function eraseMarks(body: Element, owner: string): void {
  for (const mark of body.querySelectorAll(`mark[data-of="${CSS.escape(owner)}"]`)) mark.replaceWith(...mark.childNodes);
  body.normalize();
}
