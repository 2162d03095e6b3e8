"use strict";
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button.copy")) {
    const says = (text) => { button.textContent = text; };
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(button.dataset.latex)
        .then(() => says(document.body.dataset.copied), () => says(document.body.dataset.refused))
        .then(() => setTimeout(says, 1500, label));
    });
  }
}
