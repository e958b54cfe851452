// Drafts save themselves; number keys rate; Ctrl+Enter submits. Without this script the two buttons do the same.
(function () {
  const form = document.querySelector("form[data-scorecard]");
  if (!form) return;
  const state = form.querySelector("[data-save-state]");
  const revision = form.querySelector("input[name=revision]");
  const key = "scorecard:" + form.dataset.scorecard;
  let timer = null, saving = false, again = false, stopped = false;

  const say = (text) => { state.textContent = text; };
  const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

  function fields() {
    const data = {};
    new FormData(form).forEach((value, name) => {
      if (name !== "csrfmiddlewaretoken" && name !== "revision") data[name] = value;
    });
    return data;
  }

  function keep() {
    try { localStorage.setItem(key, JSON.stringify({ revision: revision.value, data: fields() })); } catch { /* full or off */ }
  }
  function forget() {
    try { localStorage.removeItem(key); } catch { /* off */ }
  }

  function bringBack() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key)); } catch { return; }
    if (!kept || kept.revision !== revision.value || form.dataset.bound) { forget(); return; }
    for (const [name, value] of Object.entries(kept.data)) {
      for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (input.type === "radio") input.checked = input.value === value;
        else input.value = value;
      }
    }
    say("Brought back what this browser kept. Saving…");
    schedule(50);
  }

  async function save() {
    if (stopped) return;
    if (saving) { again = true; return; }
    saving = true;
    say("Saving…");
    const body = new FormData(form);
    body.set("do", "save");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, headers: { "X-Autosave": "1" }, redirect: "manual", credentials: "same-origin",
      });
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        keep();
        say("Your sign-in has ended. Kept in this browser: sign in again in another tab, then go on here.");
      } else if (answer.status === 409) {
        stopped = true;
        const why = await answer.json();
        say(why.state === "submitted"
          ? "Submitted in another tab already. What you typed here is not saved."
          : "Saved in another tab meanwhile. Press “Save draft” to see both.");
      } else if (answer.status === 400) {
        keep();
        say("Not saved: a value is too long. Kept in this browser.");
      } else if (!answer.ok) {
        keep();
        say("The server could not save. Kept in this browser; trying again.");
        schedule(5000);
      } else {
        const saved = await answer.json();
        revision.value = saved.revision;
        forget();
        say("Saved " + clock());
      }
    } catch {
      keep();
      say("Offline. Kept in this browser; trying again.");
      schedule(5000);
    }
    saving = false;
    if (again) { again = false; schedule(300); }
  }

  function schedule(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  form.addEventListener("input", () => { keep(); say("Not saved yet"); schedule(800); });
  form.addEventListener("submit", () => { clearTimeout(timer); stopped = true; keep(); });
  window.addEventListener("online", () => schedule(100));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.querySelector("button[value=submit]").click();
      return;
    }
    const typing = event.target.matches("textarea, input:not([type=radio]), select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const pressed = event.key === "0" ? "none" : event.key;
    const rows = [...form.querySelectorAll("[data-rate]")];
    const row = document.activeElement.closest("[data-rate]") || rows.find((item) => !item.querySelector("input:checked"));
    const radio = row && row.querySelector(`input[type=radio][value="${CSS.escape(pressed)}"]`);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  });

  bringBack();
})();
