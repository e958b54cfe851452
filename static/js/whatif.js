// Gives each number of the what-if form a slider that moves with it. Without this script the numbers do the same.
(function () {
  const form = document.querySelector("form[data-slides]");
  if (!form) return;
  for (const input of form.querySelectorAll("input[data-slide]")) {
    const [low, high, step] = input.dataset.slide.split(" ");
    const slide = document.createElement("input");
    Object.assign(slide, { type: "range", min: low, max: high, step, value: input.value, className: "form-range" });
    slide.setAttribute("aria-label", input.getAttribute("aria-label") + ", slider");
    slide.addEventListener("input", () => { input.value = slide.value; });  // bubbles to the form, which asks anew
    input.addEventListener("input", () => { slide.value = input.value; });
    input.before(slide);
  }
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
})();
