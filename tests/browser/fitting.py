"""What does not fit on a page as it stands: text that is cut, runs out of its box, or lies on other text."""

from playwright.sync_api import Page

MEASURE = r"""() => {
  const found = new Set();
  const told = element => {
    const name = element.tagName.toLowerCase();
    const kind = (element.getAttribute("class") || "").trim().split(/\s+/).filter(Boolean).slice(0, 2).join(".");
    return kind ? `${name}.${kind}` : name;
  };
  const said = text => `“${text.trim().replace(/\s+/g, " ").slice(0, 40)}”`;

  // Hidden from the eye, or lying over the page by intent.
  const lies = element => {
    const style = getComputedStyle(element);
    return style.position === "fixed" || style.clipPath !== "none"
      || (style.clip !== "auto" && style.position === "absolute")
      || element.matches("details[data-menu] > :not(summary), .tip, .sprite, title, option");
  };
  // Each element asks all those around it, so what they answered is kept.
  const apart = new Map([[document.body, false]]);
  const isWithinApart = element => {
    if (!apart.has(element)) apart.set(element, lies(element) || isWithinApart(element.parentElement));
    return apart.get(element);
  };
  const isApart = element =>
    !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || isWithinApart(element);
  // A cell that stays while its table scrolls covers what lies under it, if it is not see-through.
  const lidOver = element => {
    const cell = element.closest("th, td");
    if (!cell) return null;
    const { position, backgroundColor } = getComputedStyle(cell);
    return position === "sticky" && !/^rgba\(.*, 0\)$/.test(backgroundColor) ? cell : null;
  };
  const scrolls = value => value === "auto" || value === "scroll";

  // 1. Boxes that hide what is too much.
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest("svg") || !element.clientWidth || isApart(element)) continue;
    const style = getComputedStyle(element);
    if (element.matches("input, textarea, select")) continue;
    const hidesAcross = !scrolls(style.overflowX) && style.overflowX !== "visible";
    const hidesDown = !scrolls(style.overflowY) && style.overflowY !== "visible";
    if (hidesAcross && element.scrollWidth > element.clientWidth + 1)
      found.add(`cut: ${told(element)} ${element.scrollWidth} > ${element.clientWidth} ${said(element.textContent)}`);
    if (hidesDown && element.scrollHeight > element.clientHeight + 1)
      found.add(`cut below: ${told(element)} ${element.scrollHeight} > ${element.clientHeight} ${said(element.textContent)}`);
  }

  // 2. Lines of text: inside the box they stand in, and beside each other.
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest("script, style, textarea, select, title") || isApart(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const isDrawn = !!parent.closest("svg");
    let box = parent;
    while (!isDrawn && getComputedStyle(box).display.startsWith("inline") && box.parentElement
      && getComputedStyle(box).display !== "inline-block") box = box.parentElement;
    const edge = box.getBoundingClientRect();
    for (const rect of range.getClientRects()) {
      if (rect.width < 2 || rect.height < 2) continue;
      lines.push({ rect, node, text: node.data, lid: lidOver(parent) });
      if (!isDrawn && (rect.right > edge.right + 1.5 || rect.left < edge.left - 1.5))
        found.add(`out of its box: ${told(box)} ${said(node.data)}`);
    }
  }
  lines.sort((one, other) => one.rect.top - other.rect.top);
  for (let index = 0; index < lines.length; index++) {
    const { rect, node, text } = lines[index];
    for (let next = index + 1; next < lines.length && lines[next].rect.top < rect.bottom; next++) {
      const other = lines[next].rect;
      if (lines[next].node === node || lines[next].lid !== lines[index].lid) continue;
      const across = Math.min(rect.right, other.right) - Math.max(rect.left, other.left);
      const down = Math.min(rect.bottom, other.bottom) - other.top;
      if (across > 2 && down > 0.45 * Math.min(rect.height, other.height))
        found.add(`on each other: ${said(text)} ${said(lines[next].text)}`);
    }
  }
  return [...found];
}"""


def misfits(page: Page) -> list[str]:
    """One line each; empty where everything can be read."""
    found: list[str] = page.evaluate(MEASURE)
    return found
