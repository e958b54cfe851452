// Number keys rate a calibration item, Ctrl+Enter sends it. Without this script mouse, Tab and arrows do the same.
(function () {
  const form = document.querySelector("form[data-rates]");
  if (!form) return;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    const typing = event.target.matches("textarea, input:not([type=radio]), select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !/^[0-4]$/.test(event.key)) return;
    const rows = [...form.querySelectorAll("[data-rate]")];
    const row = document.activeElement.closest("[data-rate]") || rows.find((one) => !one.querySelector("input:checked"));
    const radio = row && row.querySelector(`input[type=radio][value="${event.key === "0" ? "none" : event.key}"]`);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
  });
})();
