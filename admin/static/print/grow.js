// How much of a sheet fits is reckoned from letters, generously. Here it is drawn, so the languages get letters as large
// as there is room for; a little stays free, since a printer's lines may break otherwise than those on the screen.
const sheet = document.querySelector("main.sheet"), tongues = sheet.querySelector(".tongues");
const MOST = 1.9, STEP = 0.02;

function fits() {
  return tongues.scrollHeight <= tongues.clientHeight && tongues.scrollWidth <= tongues.clientWidth;
}

function grow() {
  sheet.classList.add("growing");
  for (let by = MOST; by > 1; by -= STEP) {
    sheet.style.setProperty("--grow", by.toFixed(2));
    if (fits()) break;
    sheet.style.removeProperty("--grow");
  }
  sheet.classList.remove("growing");
}

sheet.getBoundingClientRect(); // asks for the fonts
document.fonts.ready.then(grow);
