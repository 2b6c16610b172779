/** Sets light or dark before the first paint: what the person chose, else what the system prefers. */
if (document.documentElement.dataset["bsTheme"] === undefined) {
  document.documentElement.dataset["bsTheme"] = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
