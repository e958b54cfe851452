// Counts the silent reading down and looks after the page's updates. Without this script the page says until when.
(function () {
  const tick = () => {
    for (const timer of document.querySelectorAll("[data-until]")) {
      timer.dataset.said = timer.dataset.said || timer.textContent;
      const left = Math.max(0, Math.round((Date.parse(timer.dataset.until) - Date.now()) / 1000));
      const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      const text = left ? `${timer.dataset.said}, ${clock} left` : "over";
      if (timer.textContent !== text) timer.textContent = text;
    }
  };
  tick();
  setInterval(tick, 1000);
  const isLive = (event) => event.target.id === "debrief-live";
  document.addEventListener("htmx:beforeRequest", (event) => {
    // Nobody's evidence closes under their eyes: the page waits until what is open is closed.
    if (isLive(event) && document.querySelector("#debrief-ratings [popover]:popover-open")) event.preventDefault();
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (!isLive(event) || ![403, 404].includes(event.detail.xhr.status)) return;
    document.getElementById("debrief-closed").hidden = false;
    event.target.remove();
  });
})();
