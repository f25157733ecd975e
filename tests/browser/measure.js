/* Measures the players of a page: what a reader cannot see, hit, or reach in order. */

const CONTROLS = "button, input, select, a, video[tabindex]";

function shown(element) {
  return element.checkVisibility({ checkVisibilityCSS: true }) && element.getClientRects().length > 0;
}

function describe(element) {
  const box = element.closest(".animvideo-player");
  const number = [...document.querySelectorAll(".animvideo-player")].indexOf(box);
  const { x, y, width, height } = element.getBoundingClientRect();
  const name = element.getAttribute("aria-label") || element.className || element.tagName;
  const size = [x, y, width, height].map((value) => Math.round(value)).join(" ");
  return `player ${number} (${box.getAttribute("aria-label")}): ${name} [${size}]`;
}

/* Whether one rectangle is inside of another, but for rounding. */
function inside(inner, outer) {
  return (
    inner.left >= outer.left - 0.6 &&
    inner.right <= outer.right + 0.6 &&
    inner.top >= outer.top - 0.6 &&
    inner.bottom <= outer.bottom + 0.6
  );
}

/* The box that cuts an element off, if any does; one that can be scrolled does not. */
function clippedBy(element) {
  for (let box = element.parentElement; box; box = box.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(box);
    if (box === document.body || box === document.documentElement) return null;
    if (overflowX === "visible" && overflowY === "visible") continue;
    const { left, top } = box.getBoundingClientRect();
    const rect = element.getBoundingClientRect();
    const padding = {
      left: left + box.clientLeft,
      top: top + box.clientTop,
      right: left + box.clientLeft + box.clientWidth,
      bottom: top + box.clientTop + box.clientHeight,
    };
    if (!inside(rect, padding)) return box;
  }
  return null;
}

/* What is in front of the middle or a corner of an element, in words. */
function coveredBy(element) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const points = [
    [(left + right) / 2, (top + bottom) / 2],
    [left + 2, top + 2],
    [right - 2, top + 2],
    [left + 2, bottom - 2],
    [right - 2, bottom - 2],
  ];
  for (const [x, y] of points) {
    const found = document.elementFromPoint(x, y);
    if (!found) return "the edge of the page";
    if (!element.contains(found)) return found.className || found.tagName;
  }
  return "";
}

function problemsOf(player) {
  const problems = [];
  const controls = [...player.querySelectorAll(CONTROLS)].filter(shown);
  for (const control of controls) {
    const { width, height } = control.getBoundingClientRect();
    if (width < 24 || height < 24) problems.push(`too small: ${describe(control)}`);
    if (!inside(control.getBoundingClientRect(), player.getBoundingClientRect()))
      problems.push(`outside of the player: ${describe(control)}`);
    const box = clippedBy(control);
    if (box) problems.push(`cut off by ${box.className || box.tagName}: ${describe(control)}`);
    control.scrollIntoView({ block: "center", behavior: "instant" });
    const cover = coveredBy(control);
    if (cover) problems.push(`covered by ${cover}: ${describe(control)}`);
  }
  // From top to bottom, and from left to right in a row.
  const places = controls.map((control) => control.getBoundingClientRect());
  for (let i = 1; i < places.length; i++) {
    const [before, after] = [places[i - 1], places[i]];
    const later = after.top >= before.bottom - 1 || after.left >= before.right - 1;
    if (!later) problems.push(`before ${describe(controls[i - 1])}: ${describe(controls[i])}`);
  }
  if (!controls.some((control) => control.matches("button")))
    problems.push(`without a button: ${describe(player)}`);
  return [problems, controls.length];
}

globalThis.measure = () => {
  const players = [...document.querySelectorAll(".animvideo-player")].filter(shown);
  const found = players.map(problemsOf);
  return {
    players: players.length,
    controls: found.reduce((sum, [, count]) => sum + count, 0),
    problems: found.flatMap(([problems]) => problems),
  };
};

/* Pixels by which the page is wider than it would be with images of the same size. */
globalThis.overflow = () => {
  const width = () => document.scrollingElement.scrollWidth;
  const before = width();
  const replaced = [...document.querySelectorAll(".animvideo-player")].map((player) => {
    const picture = player.querySelector("video, picture > img");
    const image = document.createElement("img");
    image.src = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
    image.style.width = player.style.width || picture.style.width;
    image.style.maxWidth = "100%";
    player.replaceWith(image);
    return [image, player];
  });
  const after = Math.max(width(), innerWidth);
  for (const [image, player] of replaced) image.replaceWith(player);
  return Math.max(0, before - after);
};
