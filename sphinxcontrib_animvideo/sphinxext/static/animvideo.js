/* The players of a page: loaded when they come near, controlled by keys, frame by frame.
   Without this script they are the browser's own players. */

(() => {
  "use strict";

  const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];
  const NEAR = "300px"; // from the part of the page that is seen
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

  /* One video, with its buttons, if it has any. */
  class Player {
    constructor(video) {
      this.video = video;
      this.frames = Number(video.dataset.frames);
      const [numerator, denominator = 1] = video.dataset.fps.split("/").map(Number);
      this.fps = numerator / denominator;
      this.autoplay = video.hasAttribute("data-autoplay");
      this.bare = video.hasAttribute("data-bare"); // no controls are wanted
      this.stopped = false; // by the reader, who does not want it to start again
      const box = video.closest(".animvideo-player");
      const bar = box.querySelector(".animvideo-bar");
      if (bar) this.addButtons(bar);
      box.addEventListener("keydown", (event) => this.onKey(event));
      video.addEventListener("ratechange", () => this.showSpeed());
      for (const name of ["seeked", "timeupdate", "loadeddata"])
        video.addEventListener(name, () => this.showFrame());
      video.addEventListener("play", () => this.follow());
      if (this.autoplay) this.prepareAutoplay();
    }

    /* Frames are counted from 0 here, and from 1 where they are shown. */
    get frame() {
      const frame = Math.floor(this.video.currentTime * this.fps + 1e-3);
      return Math.min(frame, this.frames - 1);
    }

    set frame(wanted) {
      const video = this.video;
      const frame = Math.max(0, Math.min(wanted, this.frames - 1));
      video.pause();
      // The middle of a frame: its ends may belong to its neighbours.
      const time = (frame + 0.5) / this.fps;
      if (video.readyState > 0) {
        video.currentTime = time;
        return;
      }
      this.waiting ??= new Promise((resolve) =>
        video.addEventListener("loadedmetadata", resolve, { once: true }),
      );
      video.preload = "auto";
      this.waiting.then(() => (video.currentTime = time));
    }

    step(count) {
      this.frame = this.frame + count;
    }

    toggle() {
      if (this.video.paused) play(this.video);
      else this.video.pause();
    }

    /* To the next of the speeds, or the one before. */
    changeSpeed(by) {
      const now = SPEEDS.findIndex((speed) => speed >= this.video.playbackRate);
      const next = Math.max(0, Math.min((now < 0 ? SPEEDS.length : now) + by, SPEEDS.length - 1));
      this.video.playbackRate = this.video.defaultPlaybackRate = SPEEDS[next];
    }

    onKey(event) {
      const otherwise = event.ctrlKey || event.altKey || event.metaKey;
      const typed = event.getModifierState("AltGraph"); // brackets, on many keyboards
      const onButton = event.key === " " && event.target.closest("button");
      if ((otherwise && !typed) || onButton || event.target.closest("select, a")) return;
      const actions = {
        " ": () => this.toggle(),
        ArrowLeft: () => this.step(-1),
        ArrowRight: () => this.step(1),
        Home: () => (this.frame = 0),
        End: () => (this.frame = this.frames - 1),
        "[": () => this.changeSpeed(-1),
        "]": () => this.changeSpeed(1),
      };
      const action = actions[event.key];
      if (!action || event.shiftKey) return;
      event.preventDefault(); // the browser's own player has other uses for these keys
      event.stopPropagation();
      action();
    }

    addButtons(bar) {
      const steps = element("div", { class: "animvideo-steps", role: "group", "aria-label": "Frames" });
      const back = element("button", { type: "button", title: "Previous frame (←)" }, "‹");
      const next = element("button", { type: "button", title: "Next frame (→)" }, "›");
      back.setAttribute("aria-label", "Previous frame");
      next.setAttribute("aria-label", "Next frame");
      back.addEventListener("click", () => this.step(-1));
      next.addEventListener("click", () => this.step(1));
      this.count = element("span", { class: "animvideo-count" });
      this.count.style.minWidth = `${2 * String(this.frames).length + 3}ch`;
      steps.append(back, this.count, next);
      this.speeds = element("select", { "aria-label": "Speed", title: "Speed ([ and ])" });
      for (const speed of SPEEDS)
        this.speeds.append(element("option", { value: speed }, `${speed}×`));
      this.speeds.addEventListener("change", () => {
        this.video.playbackRate = this.video.defaultPlaybackRate = Number(this.speeds.value);
      });
      bar.prepend(steps, this.speeds);
      this.showFrame();
      this.showSpeed();
    }

    showFrame(frame = this.frame) {
      if (this.count) this.count.textContent = `${frame + 1} / ${this.frames}`;
    }

    showSpeed() {
      if (this.speeds) this.speeds.value = this.video.playbackRate;
    }

    /* Count the frames as they are painted, where the browser tells. */
    follow() {
      if (!this.count || !this.video.requestVideoFrameCallback || this.following) return;
      this.following = true;
      const painted = (_now, { mediaTime }) => {
        this.showFrame(Math.min(Math.round(mediaTime * this.fps), this.frames - 1));
        this.following = !this.video.paused;
        if (this.following) this.video.requestVideoFrameCallback(painted);
      };
      this.video.requestVideoFrameCallback(painted);
    }

    /* It is about to be seen. */
    load() {
      const { poster, preload } = this.video.dataset;
      if (poster) this.video.poster = poster;
      if (this.video.preload === "none") this.video.preload = preload;
    }

    prepareAutoplay() {
      const video = this.video;
      if (this.bare) {
        video.tabIndex = 0;
        video.addEventListener("click", () => this.toggle());
      }
      video.addEventListener("pause", () => (this.stopped = !this.leaving && !video.ended));
      video.addEventListener("play", () => (this.stopped = this.leaving = false));
      this.allowMotion();
    }

    /* With reduced motion the reader starts the video, and needs the controls to do so. */
    allowMotion() {
      if (!this.autoplay) return;
      this.video.controls = reducedMotion.matches || !this.bare;
      if (reducedMotion.matches) this.leave();
      else if (this.seen) this.enter();
    }

    enter() {
      this.seen = true;
      if (this.autoplay && !this.stopped && !reducedMotion.matches) play(this.video);
    }

    leave() {
      if (!this.autoplay || this.video.paused) return;
      this.leaving = true;
      this.video.pause();
    }
  }

  function element(name, attributes, text = "") {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  }

  function play(video) {
    video.play().catch(() => {}); // the browser may refuse; the reader can still press play
  }

  /* The variant that was hidden by the page's switch goes on as the other one. */
  function handOver(from, to) {
    if (!to) return; // the code made fewer videos in this style
    to.load();
    const { currentTime, paused, playbackRate } = from.video;
    if (!from.video.played.length && !currentTime) return;
    from.leaving = true;
    from.video.pause();
    const goOn = () => {
      to.video.currentTime = currentTime;
      to.video.playbackRate = playbackRate;
      if (!paused) play(to.video);
    };
    if (to.video.readyState > 0) return goOn();
    to.video.addEventListener("loadedmetadata", goOn, { once: true });
    to.video.preload = "auto";
  }

  /* Whether a dark colour is behind a box: themes are many, and some have no dark side. */
  function isOnDark(box) {
    const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const backgrounds = ["white"];
    for (; box; box = box.parentElement)
      backgrounds.splice(1, 0, getComputedStyle(box).backgroundColor);
    for (const background of backgrounds) {
      paint.fillStyle = background;
      paint.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = paint.getImageData(0, 0, 1, 1).data;
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
  }

  function start() {
    const players = new Map();
    for (const video of document.querySelectorAll(".animvideo-player video"))
      players.set(video, new Player(video));

    const near = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          near.unobserve(target);
          players.get(target).load();
        }
      },
      { rootMargin: NEAR },
    );
    const visible = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries)
          if (isIntersecting) players.get(target).enter();
          else (players.get(target).seen = false), players.get(target).leave();
      },
      { threshold: 0.25 },
    );
    for (const [video, player] of players) {
      near.observe(video);
      if (player.autoplay) visible.observe(video);
    }
    reducedMotion.addEventListener("change", () => {
      for (const player of players.values()) player.allowMotion();
    });

    const variants = [...document.querySelectorAll(".animvideo-light, .animvideo-dark")];
    if (!variants.length) return;
    const root = document.documentElement;
    const fit = () => {
      const page = isOnDark(variants[0].parentElement) ? "dark" : "light";
      if (root.dataset.animvideoPage === page) return;
      const first = !root.dataset.animvideoPage;
      root.dataset.animvideoPage = page;
      if (first) return;
      for (const figure of new Set(variants.map((variant) => variant.parentElement))) {
        const videosOf = (name) => [...figure.querySelectorAll(`.animvideo-${name} video`)];
        const [from, to] = page === "dark" ? ["light", "dark"] : ["dark", "light"];
        const shown = videosOf(to);
        videosOf(from).forEach((video, i) => handOver(players.get(video), players.get(shown[i])));
      }
    };
    fit();
    // Themes switch by an attribute of html or body; their colours may take a while to follow.
    const switched = new MutationObserver(fit);
    for (const switching of [root, document.body])
      switched.observe(switching, { attributes: true });
    document.addEventListener("transitionend", fit);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
      requestAnimationFrame(fit),
    );
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
