/**
 * Building of DOM nodes. Text from outside only ever becomes a text node or an attribute we name here;
 * nothing in this page parses HTML.
 */

/**
 * An element with attributes, properties and children.
 * `class`, `role`, `aria-…`, `data-…` and the like become attributes; `on…` functions become listeners; `true` sets an
 * empty attribute; `null`, `undefined` and `false` are left out. Children may be nodes, strings or lists of both.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** An SVG element with attributes and child elements. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** The one element of the page with this id. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

/** A name or another short outside value inside our own sentence, kept from reordering what stands around it. */
export function isolated(text) {
  return el("bdi", {}, text);
}
