// Drafts save themselves; number keys rate; Ctrl+Enter submits. Without this script the two buttons do the same.
(function () {
  for (const done of document.querySelectorAll("[data-scorecard-done]")) {  // submitted: this browser keeps nothing of it
    try { localStorage.removeItem("scorecard:" + done.dataset.scorecardDone); } catch { /* off */ }
  }
  const form = document.querySelector("form[data-scorecard]");
  if (!form) return;
  const state = form.querySelector("[data-save-state]");
  const revision = form.querySelector("input[name=revision]");
  const token = form.querySelector("input[name=csrfmiddlewaretoken]");
  const key = "scorecard:" + form.dataset.scorecard;
  const tab = Math.random().toString(36).slice(2);
  const soonest = 5000, latest = 60000;  // how long to wait before trying again: twice as long each time
  let timer = null, saving = null, again = false, unsaved = false, pause = soonest;
  let stopped = "";  // why this tab saves no more, in a sentence

  const say = (text) => { state.textContent = text; };
  const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const same = (one, other) => (one || "").replace(/\r\n?/g, "\n").trim() === (other || "").replace(/\r\n?/g, "\n").trim();

  function fields() {
    const data = {};
    new FormData(form).forEach((value, name) => {
      if (name !== "csrfmiddlewaretoken" && name !== "revision") data[name] = value;
    });
    return data;
  }

  function read() {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  }
  function keep() {
    try {
      localStorage.setItem(key, JSON.stringify({ tab, revision: revision.value, data: fields() }));
    } catch { /* full or off */ }
  }
  function forget() {
    try { localStorage.removeItem(key); } catch { /* off */ }
  }

  function bringBack() {
    const kept = read();
    if (!kept) return;
    const now = fields();
    const names = new Set([...Object.keys(kept.data), ...Object.keys(now)]);
    if (form.dataset.bound || [...names].every((name) => same(kept.data[name], now[name]))) { forget(); return; }
    for (const input of form.elements) {
      if (input.type === "radio") input.checked = kept.data[input.name] === input.value;
      else if (input.name in kept.data) input.value = kept.data[input.name];
    }
    revision.value = kept.revision;  // an older one is refused as stale: then both versions are shown, none is lost
    say("Brought back what this browser kept. Saving…");
    unsaved = true;
    schedule(50);
  }

  // Signing in again gives the browser another token; this page would go on sending the old one.
  function renewToken() {
    const fresh = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (fresh && token) token.value = fresh[1];
    return Boolean(fresh);
  }

  function save() {
    if (stopped) return;
    if (saving) { again = true; return; }
    saving = send().finally(() => {
      saving = null;
      if (again) { again = false; schedule(300); }
    });
  }

  async function send() {
    say("Saving…");
    const hasToken = renewToken();
    unsaved = false;
    const body = new FormData(form);
    body.set("do", "save");
    let failed = false;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, headers: { "X-Autosave": "1" }, redirect: "manual", credentials: "same-origin",
      });
      if (answer.ok) {
        revision.value = (await answer.json()).revision;
        pause = soonest;
        const kept = read();
        if (kept && kept.tab === tab && !unsaved) forget();
        say(unsaved ? "Not saved yet" : "Saved " + clock());
        return;
      }
      unsaved = true;
      if (answer.type === "opaqueredirect" || (answer.status === 403 && !hasToken)) {
        say("Your sign-in has ended. Kept in this browser: sign in again in another tab, then go on here.");
      } else if (answer.status === 403 || answer.status === 404) {
        stopped = "You are no longer in this interview. What you typed is kept in this browser.";
        say(stopped);
      } else if (answer.status === 409) {
        stopped = (await answer.json()).state === "submitted"
          ? "Submitted in another tab already. What you typed here is not saved."
          : "Saved in another tab meanwhile. Press “Save draft” to see both.";
        say(stopped);
      } else if (answer.status === 400) {
        say("Not saved: a value is too long. Kept in this browser.");
      } else {
        say("The server could not save. Kept in this browser; trying again.");
        failed = true;
      }
    } catch {
      unsaved = true;
      say("Offline. Kept in this browser; trying again.");
      failed = true;
    }
    keep();
    if (failed) {
      schedule(pause);
      pause = Math.min(2 * pause, latest);
    }
  }

  function schedule(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  form.addEventListener("input", () => {
    unsaved = true;
    keep();
    say(stopped || "Not saved yet");
    schedule(800);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (saving) {  // its answer brings the revision this submission has to carry
      event.preventDefault();
      saving.then(() => form.requestSubmit(event.submitter));
      return;
    }
    renewToken();
    stopped = stopped || "Sending…";
    keep();
  });
  for (const occasion of ["online", "focus"]) {
    window.addEventListener(occasion, () => { if (unsaved) schedule(100); });
  }
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

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
