/**
 * The page's own line icons, drawn on a grid of 24 by 24. They are decoration: the button around one carries the name.
 */
import { svg } from "./dom.js";

const PATHS = {
  add: "M12 5v14M5 12h14",
  attach: "M19.5 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-7.9 7.9a1.5 1.5 0 0 1-2.2-2.2l7-7",
  block: "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17zM6 6l12 12",
  close: "M6 6l12 12M18 6L6 18",
  commands:
    "M4 6.5a2.5 2.5 0 0 1 2.5-2.5h11a2.5 2.5 0 0 1 2.5 2.5v11a2.5 2.5 0 0 1-2.5 2.5h-11a2.5 2.5 0 0 1-2.5-2.5zM14 8l-4 8",
  contact: "M12 12a3.8 3.8 0 1 0 0-7.6a3.8 3.8 0 0 0 0 7.6zM4.8 20a7.2 7.2 0 0 1 14.4 0",
  document:
    "M7 3.5h7l4.5 4.5v10a2.5 2.5 0 0 1-2.5 2.5h-9a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2zM13.5 3.5v5h5M8.5 13h7M8.5 16.5h5",
  down: "M6 10l6 6l6-6",
  edit: "M4.5 19.5l.9-4L16.2 4.7a1.8 1.8 0 0 1 2.6 0l.5.5a1.8 1.8 0 0 1 0 2.6L8.5 18.6z",
  external:
    "M13.5 4.5h6v6M19.5 4.5l-9 9M17 14v4.5a1.5 1.5 0 0 1-1.5 1.5h-10a1.5 1.5 0 0 1-1.5-1.5v-10a1.5 1.5 0 0 1 1.5-1.5h4.5",
  film: "M5.5 5h13a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-10a2 2 0 0 1 2-2zM10 9v6l5-3z",
  keyboard:
    "M4.5 6h15a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-15a1.5 1.5 0 0 1-1.5-1.5v-9a1.5 1.5 0 0 1 1.5-1.5zM6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14.5h8",
  microphone:
    "M12 3.5a2.8 2.8 0 0 1 2.8 2.8v5a2.8 2.8 0 0 1-5.6 0v-5a2.8 2.8 0 0 1 2.8-2.8zM5.8 11.3a6.2 6.2 0 0 0 12.4 0M12 17.5v3",
  more: "M12 5.5h.01M12 12h.01M12 18.5h.01",
  pause: "M8.5 6v12M15.5 6v12",
  picture:
    "M5.5 4.5h13a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-11a2 2 0 0 1 2-2zM3.8 16.5l4.7-4.7l4 4l2.6-2.6l5 5M15.5 9h.01",
  pin: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 12.3a2.3 2.3 0 1 0 0-4.6a2.3 2.3 0 0 0 0 4.6z",
  play: "M8 5.5v13l11-6.5z",
  reply: "M10 5.5l-6.5 6.5l6.5 6.5M4 12h10.5a5.5 5.5 0 0 1 5.5 5.5v1",
  restart: "M5 5v5h5M5.6 10a7.3 7.3 0 1 1-.7 5",
  send: "M4.5 12l-1-7.5l17.5 7.5l-17.5 7.5l1-7.5zM4.5 12h8",
  unblock: "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17zM8 12.2l2.8 2.8l5.2-5.6",
};

/** One icon by name. */
export function icon(name) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }),
  );
}

/** Puts an icon into every element of the page that asks for one with `data-icon`. */
export function drawIcons(root) {
  for (const element of root.querySelectorAll("[data-icon]")) element.prepend(icon(element.dataset.icon));
}
