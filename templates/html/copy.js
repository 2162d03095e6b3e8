"use strict";
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button.copy")) {
    const says = (text) => { button.textContent = text; };
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(button.dataset.latex)
        .then(() => says("copied"), () => says("not allowed"))
        .then(() => setTimeout(says, 1500, label));
    });
  }
}
