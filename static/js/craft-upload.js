// The candidate's page: refuses a file that is too large before it travels, shows how far an upload is, and says once
// that somebody looks at the page. Without this script the form uploads as any form does.
(function () {
  const mebibytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  const say = (form, text) => {
    const problem = form.querySelector("[data-upload-problem]");
    problem.textContent = text;
    problem.hidden = !text;
  };

  const show = (answer) => {
    const page = new DOMParser().parseFromString(answer, "text/html").getElementById("craft-private");
    if (!page) return false;
    document.getElementById("craft-private").replaceWith(page);
    for (const form of page.querySelectorAll("form[data-upload]")) attach(form);
    const first = page.querySelector("[data-problems]") || page.querySelector(".receipt");
    if (first) { first.tabIndex = -1; first.focus(); }
    return true;
  };

  const send = (form) => {
    const request = new XMLHttpRequest();
    const progress = form.querySelector("[data-upload-progress]");
    const bar = progress.querySelector("progress");
    const said = progress.querySelector("[data-upload-said]");
    const button = form.querySelector("button");
    const failed = (text) => { button.disabled = false; progress.hidden = true; say(form, text); };
    request.open("POST", location.href);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.round((100 * event.loaded) / event.total);
      said.textContent = bar.value < 100 ? `${bar.value} % sent` : "Sent. Waiting for the receipt…";
    });
    request.addEventListener("load", () => {
      if (!show(request.responseText)) failed("The upload was not taken. Look at this page again, then try once more.");
    });
    request.addEventListener("error", () => failed("The connection broke. Nothing is lost here: hand in again."));
    button.disabled = true;
    progress.hidden = false;
    request.send(new FormData(form));
  };

  const attach = (form) => {
    form.addEventListener("submit", (event) => {
      const file = form.querySelector("input[type=file]").files[0];
      if (!file) return;
      event.preventDefault();
      const most = Number(form.dataset.most);
      if (file.size > most) { say(form, `The file has ${mebibytes(file.size)}; the most is ${mebibytes(most)}.`); return; }
      say(form, "");
      send(form);
    });
  };

  for (const form of document.querySelectorAll("form[data-upload]")) attach(form);
  if (document.querySelector("#craft-private")) {
    fetch(location.href, { method: "POST", body: new URLSearchParams({ do: "look" }) }).catch(() => {});
  }
})();
