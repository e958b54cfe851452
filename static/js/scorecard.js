// Drafts save themselves and are kept on this device until the server has them; keys rate and submit.
// Without this script the two buttons do the same.
(function () {
  const PREFIX = "scorecard:";
  const LONGEST = 30 * 24 * 3600 * 1000;  // what nobody came back for is deleted after thirty days

  // What is kept, per scorecard and person: { tab: { at, revision, conflict, data } }. A tab writes only its own.
  function readKept(key) {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; }
  }
  function writeKept(key, kept) {
    try {
      if (Object.keys(kept).length) localStorage.setItem(key, JSON.stringify(kept));
      else localStorage.removeItem(key);
      return true;
    } catch { return false; /* full, or switched off */ }
  }
  function tidy() {
    let keys = [];
    try { keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { /* switched off */ }
    for (const key of keys) {
      const kept = readKept(key);
      for (const tab of Object.keys(kept)) if (!kept[tab].data || Date.now() - kept[tab].at > LONGEST) delete kept[tab];
      writeKept(key, kept);
    }
  }

  tidy();
  for (const done of document.querySelectorAll("[data-scorecard-done]")) writeKept(PREFIX + done.dataset.scorecardDone, {});
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const form = document.querySelector("form[data-scorecard]");
  if (!form) return;
  const find = (name) => form.querySelector(`[data-${name}]`);
  const [state, offer, progress, next] = ["save-state", "offer", "progress", "next"].map(find);
  const revision = form.querySelector("input[name=revision]");
  const token = form.querySelector("input[name=csrfmiddlewaretoken]");
  const rows = [...form.querySelectorAll("[data-row]")];
  const rated = [...form.querySelectorAll("[data-rate]")];
  const key = PREFIX + form.dataset.scorecard;
  const tab = Math.random().toString(36).slice(2);
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(key) : null;
  const PAUSE = 1000, SOONEST = 5000, LATEST = 60000;  // after typing; before trying again, twice as long each time
  let timer = null, saving = null, again = false, unsaved = false, isKept = false, wait = SOONEST;
  let stopped = null;  // why this tab saves no more: [a sentence, what to do about it]

  // ------------------------------------------------------------------------------------------------ what is said
  function say(text, link) {
    if (state.textContent === text && !link) return;
    state.textContent = text;
    if (!link) return;
    const element = document.createElement(link.href ? "a" : "button");
    element.textContent = link.label;
    if (link.href) element.href = link.href;
    else { element.type = "button"; element.className = "opens"; element.addEventListener("click", link.act); }
    state.append(" ", element);
  }
  const stop = (text, link) => { stopped = [text, link]; say(text, link); };
  const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  const onDevice = () => (isKept ? "kept on this device" : "not kept: leave this page open");
  const seeBoth = { label: "See both", act: () => form.querySelector("button[value=save]").click() };

  // -------------------------------------------------------------------------------------------- what the form holds
  const same = (one, other) => (one || "").replace(/\r\n?/g, "\n").trim() === (other || "").replace(/\r\n?/g, "\n").trim();
  function fields() {
    const data = {};
    new FormData(form).forEach((value, name) => { if (name !== "csrfmiddlewaretoken" && name !== "revision") data[name] = value; });
    return data;
  }
  const sameAs = (data) => {
    const now = fields();
    return [...new Set([...Object.keys(data), ...Object.keys(now)])].every((name) => same(data[name], now[name]));
  };
  function fill(data) {
    for (const input of form.elements) {
      if (input === revision || input === token) continue;
      if (input.type === "radio") input.checked = data[input.name] === input.value;
      else if (input.matches("textarea, input")) input.value = data[input.name] || "";
    }
    count();
  }
  function count() {
    const done = rated.filter((row) => row.querySelector("input:checked")).length;
    progress.textContent = `${done} of ${rated.length} rated`;
    const open = rows.find((row) => !row.querySelector("input:checked"));
    next.hidden = !open;
    if (open) {
      next.textContent = `Next: ${open.querySelector("legend").firstChild.textContent.trim()}`;
      next.href = `#${open.closest("section").id}`;
    }
  }

  // ---------------------------------------------------------------------------------------- kept on this device
  function keep() {
    const kept = readKept(key);
    kept[tab] = { at: Date.now(), revision: revision.value, conflict: form.dataset.standing === "conflict", data: fields() };
    isKept = writeKept(key, kept);
  }
  function forget(name = tab) {
    const kept = readKept(key);
    if (!(name in kept)) return;
    delete kept[name];
    writeKept(key, kept);
  }

  function lookForKept() {
    const kept = readKept(key);
    const others = Object.keys(kept).filter((name) => name !== tab).sort((a, b) => kept[b].at - kept[a].at);
    for (const name of [...others]) {
      if (sameAs(kept[name].data)) { forget(name); others.splice(others.indexOf(name), 1); }
    }
    if (!others.length || form.dataset.standing === "conflict") return;
    const name = others[0], found = kept[name];
    if (others.length === 1 && !unsaved && !found.conflict && found.revision === revision.value) bringBack(name, found);
    else ask(name, found);
  }

  // It was typed after what is stored, and nobody has saved since: it goes on, visibly, and can be taken out again.
  function bringBack(name, found) {
    const before = fields();
    fill(found.data);
    unsaved = true;
    keep();
    forget(name);
    show({
      title: `Brought back from ${clock(found.at)}`,
      text: "This device had kept what the server had not got yet. It is in the form again.",
      use: ["All right", () => {}],
      drop: ["Take it out again", () => { fill(before); changed(); }],
    });
    schedule(50);
  }

  // Two versions: nobody but their author chooses.
  function ask(name, found) {
    show({
      title: `Another version, from ${clock(found.at)}, is kept on this device`,
      text: "It was never saved. The form shows what the server has. Use one of the two:",
      data: found.data,
      use: ["Use the kept one", () => { fill(found.data); forget(name); changed(); lookForKept(); }],
      drop: ["Delete the kept one", () => { forget(name); lookForKept(); }],
    });
  }

  function show({ title, text, data, use, drop }) {
    find("offer-title").textContent = title;
    find("offer-text").textContent = text;
    const list = find("offer-content");
    list.replaceChildren();
    for (const row of data ? rows : []) {
      const names = [...new Set([...row.querySelectorAll("input, textarea")].map((input) => input.name))];
      const values = names.map((name) => {
        const radio = row.querySelector(`input[type=radio][name="${CSS.escape(name)}"][value="${CSS.escape(data[name] || "")}"]`);
        return radio ? radio.closest("label").querySelector("strong").textContent : data[name];
      }).filter(Boolean);
      if (!values.length) continue;
      const [term, words] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = row.querySelector("legend").firstChild.textContent.trim();
      words.textContent = values.join(" · ");
      list.append(term, words);
    }
    for (const [name, [label, act]] of Object.entries({ use, drop })) {
      const button = find(`offer-${name}`);
      button.textContent = label;
      button.onclick = () => { offer.hidden = true; act(); };
    }
    offer.hidden = false;
  }

  // ------------------------------------------------------------------------------------------------------- saving
  // Signing in again gives the browser another token; this page would go on sending the old one.
  function renewToken() {
    const fresh = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (fresh && token) token.value = fresh[1];
    return Boolean(fresh);
  }

  function save() {
    clearTimeout(timer);
    if (stopped) return;
    if (saving) { again = true; return; }
    saving = send().finally(() => {
      saving = null;
      if (again) { again = false; schedule(300); }
    });
  }

  async function send() {
    const hasToken = renewToken();
    unsaved = false;
    say("Saving…");
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "save");
    const text = body.toString();
    let tryAgain = false;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: text, redirect: "manual", credentials: "same-origin",
        keepalive: text.length < 60000,  // goes on when the page closes; browsers take no more than 64 kB that way
        headers: { "X-Autosave": "1", "Content-Type": "application/x-www-form-urlencoded" },
      });
      if (answer.ok) { saved(await answer.json()); return; }
      unsaved = true;
      keep();
      if (answer.type === "opaqueredirect" || (answer.status === 403 && !hasToken)) {
        say(`Signed out: ${onDevice()},`, { label: "sign in again", href: form.dataset.signIn });
      } else if (answer.status === 403 || answer.status === 404) {
        stop(`You are no longer in this interview. What you typed is ${onDevice()}.`);
      } else if (answer.status === 409) {
        if ((await answer.json()).state === "submitted") stop("Submitted in another tab already. What you typed here is not saved.");
        else stop("Saved in another tab meanwhile.", seeBoth);
      } else if (answer.status === 422) {
        stop(`Not saved: ${(await answer.json()).problems.join(" ")} What you typed is ${onDevice()}.`);
      } else if (answer.status === 400) {
        say(`Not saved: a value is too long. ${onDevice()}`);
      } else {
        say(`The server could not save: ${onDevice()}; trying again.`);
        tryAgain = true;
      }
    } catch {
      unsaved = true;
      keep();
      say(`Offline: ${onDevice()}`);
      tryAgain = true;
    }
    if (tryAgain) {
      schedule(wait);
      wait = Math.min(2 * wait, LATEST);
    }
  }

  function saved(stored) {
    revision.value = stored.revision;
    wait = SOONEST;
    if (unsaved) { keep(); say("Not saved yet"); schedule(PAUSE); return; }
    forget();
    isKept = false;
    say(`Saved ${stored.at}`);
    if (channel) channel.postMessage({ tab, revision: String(stored.revision) });
  }

  function schedule(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }
  function changed() {
    unsaved = true;
    keep();
    count();
    if (stopped && stopped[2]) stop("Saved in another tab meanwhile.", seeBoth);
    else if (stopped) say(...stopped);
    else { say("Not saved yet"); schedule(PAUSE); }
  }
  // The page may be closing: what is not on its way yet is sent now.
  function flush() { if (unsaved && !saving) save(); }

  form.addEventListener("input", changed);
  form.addEventListener("change", (event) => { if (unsaved && event.target.type !== "radio") schedule(50); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
    else if (stopped && stopped[2] && !unsaved) location.reload();
  });
  window.addEventListener("pagehide", flush);
  window.addEventListener("beforeunload", (event) => { if (unsaved && !isKept && !stopped) event.preventDefault(); });
  for (const occasion of ["online", "focus"]) window.addEventListener(occasion, () => { if (unsaved) schedule(100); });
  window.addEventListener("offline", () => { if (unsaved) { keep(); say(`Offline: ${onDevice()}`); } });
  if (channel) channel.onmessage = ({ data }) => {
    if (data.tab === tab || data.revision === revision.value || stopped) return;
    clearTimeout(timer);
    if (unsaved) stop("Saved in another tab meanwhile.", seeBoth);
    else stopped = ["Another tab has a newer version.", { label: "Show it", act: () => location.reload() }, "newer"];
    say(...stopped);
  };

  let sending = false;
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (saving) {  // its answer brings the revision this submission has to carry
      event.preventDefault();
      saving.then(() => form.requestSubmit(event.submitter));
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      unsaved = true;
      keep();
      say(`Offline: ${onDevice()}. Send it when you are back.`);
      return;
    }
    if (sending) { event.preventDefault(); return; }  // pressed twice
    sending = true;
    renewToken();
    if (unsaved || form.dataset.standing !== "stored") keep();
    stop("Sending…");
  });
  for (const link of form.querySelectorAll("[data-let-go]")) link.addEventListener("click", () => { unsaved = false; forget(); });

  // --------------------------------------------------------------------------------------------------------- keys
  const switchOff = find("keys");
  let single = true;
  try { single = localStorage.getItem("keys") !== "off"; } catch { /* switched off */ }
  function showKeys() {
    switchOff.hidden = false;
    switchOff.setAttribute("aria-pressed", String(single));
    switchOff.textContent = single ? "Single keys are on" : "Single keys are off";
  }
  switchOff.addEventListener("click", () => {
    single = !single;
    try { if (single) localStorage.removeItem("keys"); else localStorage.setItem("keys", "off"); } catch { /* off */ }
    showKeys();
  });

  const rowOf = (element) => element.closest("[data-row]");
  function go(row) {
    if (!row) return;
    (row.querySelector("input:checked") || row.querySelector("input[type=radio]")).focus({ preventScroll: true });
    row.closest("section").scrollIntoView({ block: "start" });
  }
  function neighbour(step) {
    const here = rowOf(document.activeElement);
    if (here) return rows[rows.indexOf(here) + step];
    return step > 0 ? rows.find((row) => !row.querySelector("input:checked")) || rows[0] : rows[rows.length - 1];
  }
  function rate(pressed) {
    const row = rowOf(document.activeElement) || rows.find((item) => !item.querySelector("input:checked")) || rows[0];
    const radios = [...row.querySelectorAll("input[type=radio]")];
    const value = pressed === "0" || pressed === "n" ? "none" : pressed;
    const radio = row.matches("[data-rate]") ? radios.find((one) => one.value === value) : radios[Number(pressed) - 1];
    if (!radio) return false;
    radio.checked = true;
    radio.focus({ preventScroll: true });
    radio.closest("label").scrollIntoView({ block: "nearest" });
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.querySelector("button[value=submit]").click();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("textarea, input:not([type=radio]), select");
    const inRow = rowOf(event.target);
    if (event.key === "Enter" && inRow && event.target.matches("input")) {  // on to the next, never sent by accident
      event.preventDefault();
      go(rows[rows.indexOf(inRow) + 1]);
    } else if (event.key === "Escape" && typing && inRow) go(inRow);
    else if (!typing && single) {
      const pressed = event.key.toLowerCase();
      if (pressed === "j" || pressed === "k") { event.preventDefault(); go(neighbour(pressed === "j" ? 1 : -1)); }
      else if (pressed === "e" && inRow && inRow.querySelector("textarea")) { event.preventDefault(); inRow.querySelector("textarea").focus(); }
      else if (/^[0-4n]$/.test(pressed) && rate(pressed)) event.preventDefault();
    }
  });
  next.addEventListener("click", (event) => {
    event.preventDefault();
    go(rows.find((row) => !row.querySelector("input:checked")));
  });

  // -------------------------------------------------------------------------------------------------------- begin
  if (form.dataset.standing === "conflict") {
    unsaved = true;
    keep();
    stop("Two versions: choose one.");
  } else if (form.dataset.standing === "unsaved") {
    unsaved = true;
    keep();
    say(`Not saved: ${onDevice()}`);
  }
  for (const element of form.querySelectorAll("[data-scripted]")) element.hidden = false;
  count();
  showKeys();
  lookForKept();
  const faults = find("faults");
  if (faults) faults.focus();
})();
