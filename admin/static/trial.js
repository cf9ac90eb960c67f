// After each answer the question that is asked now is in view: all of it, or its beginning where it is too tall. Where
// the same question stays, as when several answers are ticked, nothing moves.
let before = {};

const state = () => {
  const now = document.getElementById("now");
  const log = now?.closest(".log");
  return { now, log, number: now?.dataset.number, inside: log?.scrollTop, outside: window.scrollY };
};

document.addEventListener("htmx:before:swap", () => {
  before = state();
});

document.addEventListener("htmx:after:settle", () => {
  const { now, log, number } = state();
  if (!now) return;
  if (number === before.number) {
    log.scrollTop = before.inside;
    window.scrollTo(window.scrollX, before.outside);
  } else {
    const fits = now.offsetHeight < Math.min(window.innerHeight, log.clientHeight);
    now.scrollIntoView({ block: fits ? "nearest" : "start" });
  }
});
