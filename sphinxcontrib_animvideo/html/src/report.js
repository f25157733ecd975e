/* The page on which videos are reviewed: filters, keys, views, and decisions that are saved in a
   file. Everything but these works without this script. */
(() => {
  "use strict";

  const find = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const articles = all("article");
  const open = articles.filter((article) => find(".decision", article));
  const shown = () => articles.filter((article) => !article.hidden);
  const data = find("#review");
  const review = data && JSON.parse(data.textContent);
  const videos = new Map(review?.videos.map((video) => [video.name, video]));
  const videoOf = (article) => videos.get(article.dataset.name);

  all(".tools, .views, .decision").forEach((element) => (element.hidden = false));

  /* -- Which video -- */

  let current = null;

  function choose(article) {
    current?.removeAttribute("aria-current");
    current = article;
    current?.setAttribute("aria-current", "true");
  }

  function go(step) {
    const list = shown();
    const from = list.indexOf(current);
    const next = list[from < 0 ? (step > 0 ? 0 : list.length - 1) : from + step];
    if (next) reveal(next);
  }

  function reveal(article) {
    choose(article);
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "start" });
  }

  for (const article of articles) article.addEventListener("focusin", () => choose(article));

  for (const box of all(".filters input"))
    box.addEventListener("change", () => {
      const verdicts = all(".filters input:checked").map((input) => input.value);
      for (const article of articles) article.hidden = !verdicts.includes(article.dataset.verdict);
      if (current?.hidden) choose(null);
    });

  /* -- Views: a part of the video in which before, now, and difference are side by side -- */

  function setView(comparison, view) {
    if (!comparison) return;
    comparison.dataset.view = view;
    for (const button of all(".views button", comparison))
      button.setAttribute("aria-pressed", String(button.value === view));
  }

  for (const comparison of all(".comparison")) {
    for (const button of all(".views button", comparison))
      button.addEventListener("click", () => setView(comparison, button.value));
    // Three pictures in a row are too small on a phone.
    if (innerWidth < 600) setView(comparison, "now");
  }

  function nextView(views) {
    const comparison = current && find(".comparison", current);
    const next = views.indexOf(comparison?.dataset.view) + 1;
    setView(comparison, views[next % views.length]);
  }

  /* -- Decisions: kept by the browser until they are saved -- */

  const storageKey = review && `animvideo:${location.pathname}:${hashOf(data.textContent)}`;

  /* A report that is made again, in the same place, is another one. */
  function hashOf(text) {
    let hash = 0;
    for (let i = 0; i < text.length; i++) hash = (31 * hash + text.charCodeAt(i)) | 0;
    return hash;
  }

  function recall() {
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(storageKey)) ?? {};
    } catch {} // the browser keeps nothing for files
    for (const [name, { decision, note }] of Object.entries(kept))
      if (videos.has(name)) Object.assign(videos.get(name), { decision, note });
  }

  function remember() {
    const kept = {};
    for (const { name, decision, note } of videos.values()) kept[name] = { decision, note };
    try {
      localStorage.setItem(storageKey, JSON.stringify(kept));
    } catch {}
  }

  function show() {
    for (const article of open) {
      const { decision, note } = videoOf(article);
      article.dataset.decision = decision;
      find(`.decision input[value="${decision}"]`, article).checked = true;
      const field = find(".note input", article);
      if (field.value !== note) field.value = note;
    }
    const number = (decision) =>
      open.filter((article) => videoOf(article).decision === decision).length;
    find(".progress").textContent =
      `${number("accept")} accepted, ${number("reject")} rejected, ${number("")} undecided`;
  }

  function decide(article, decision) {
    if (!open.includes(article)) return false;
    videoOf(article).decision = decision;
    remember();
    show();
    return true;
  }

  function save() {
    const file = new Blob([JSON.stringify(review)], { type: "application/json" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = "decisions.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    find(".progress").textContent = "Saved. To apply them, run: animvideo accept decisions.json";
  }

  if (review) {
    recall();
    show();
    find(".save").addEventListener("click", save);
    for (const article of open) {
      for (const input of all(".decision fieldset input", article))
        input.addEventListener("change", () => decide(article, input.value));
      find(".note input", article).addEventListener("input", (event) => {
        videoOf(article).note = event.target.value;
        remember();
      });
    }
  }

  /* -- Keys -- */

  const help = find("dialog");
  find(".help").addEventListener("click", () => help.showModal());

  const editNote = () => current && find(".note input", current)?.focus();
  const actions = {
    n: () => go(1),
    p: () => go(-1),
    v: () => nextView(["all", "before", "now", "difference"]),
    b: () => nextView(["before", "now"]),
    "?": () => help.showModal(),
  };
  if (review)
    Object.assign(actions, {
      a: () => decide(current, "accept") && go(1),
      r: () => decide(current, "reject") && editNote(),
      u: () => decide(current, ""),
      e: editNote,
      s: save,
    });
  const forPlayer = new Set([..." ,.[]<>k0123456789", "ArrowLeft", "ArrowRight"]);

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || help.open) return;
    if (target.matches("input[type=text]")) {
      if (key === "Escape" || key === "Enter") {
        event.preventDefault();
        if (key === "Enter") go(1);
        else current?.focus();
      }
      return;
    }
    if (actions[key]) {
      event.preventDefault();
      actions[key]();
    } else if (forPlayer.has(key) && !target.closest("input, button, a, summary, .animvideo-player")) {
      const video = current && find("video", current);
      const copy = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      if (video && !video.dispatchEvent(copy)) event.preventDefault();
    }
  });
})();
