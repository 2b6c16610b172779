/** What both pages of an audit carry: the own label, the finding form, the dialog of shortcuts. */
import "./finding";
import "./own-label";
import { isFree } from "../../islands/keys";

const dialog = document.querySelector<HTMLDialogElement>("#shortcuts");
const opener = document.querySelector<HTMLButtonElement>("[data-opens=shortcuts]");
if (dialog && opener) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && isFree(event)) dialog.showModal();
  });
}

/** G leads to the guideline and back to where one was. */
let before: HTMLElement | null = null;
document.addEventListener("keydown", (event) => {
  if (!isFree(event) || event.key.toLowerCase() !== "g") return;
  const guideline = document.querySelector<HTMLElement>("#guideline");
  if (!guideline) return;
  event.preventDefault();
  if (guideline.contains(document.activeElement)) {
    before?.focus();
    return;
  }
  before = document.activeElement instanceof HTMLElement && document.activeElement !== document.body ? document.activeElement : document.querySelector("main");
  guideline.querySelector<HTMLElement>("summary")?.focus();
});

document.querySelector<HTMLElement>(".s-faults[role=alert]")?.focus();
