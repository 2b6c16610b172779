(function () {
  "use strict";
  var root = document.documentElement;
  var look = document.getElementById("smo-look");
  var show = document.getElementById("smo-show");
  function isDark() {
    var chosen = root.getAttribute("data-theme");
    return chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function name() { look.textContent = isDark() ? look.dataset.light : look.dataset.dark; }
  look.hidden = false;
  look.addEventListener("click", function () {
    root.setAttribute("data-theme", isDark() ? "light" : "dark");
    name();
  });
  name();
  if (window.matchMedia("(max-width: 1000px)").matches) { document.getElementById("smo-list").open = false; }
  if (!show) { return; }
  var boxes = document.querySelectorAll(".smo-veil input");
  show.hidden = false;
  show.addEventListener("click", function () {
    var open = show.getAttribute("aria-pressed") !== "true";
    boxes.forEach(function (box) { box.checked = open; });
    show.setAttribute("aria-pressed", String(open));
    show.textContent = open ? show.dataset.hide : show.dataset.show;
  });
})();
