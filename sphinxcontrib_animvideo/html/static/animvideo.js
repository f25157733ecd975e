/* The players of a page: loaded when they come near, controlled by keys, frame by frame.
   Without this script they are the browser's own players. */

(() => {
  "use strict";

  const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];
  const NEAR = "300px"; // from the part of the page that is seen
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

  /* One video, with its controls, if it has any. */
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
      if (bar) video.controls = false;
      if (bar && this.frames > 1) this.addControls(bar);
      // On its way down: the browser's own player has other uses for these keys.
      box.addEventListener("keydown", (event) => this.onKey(event), true);
      video.tabIndex = 0;
      video.addEventListener("click", () => video.controls || this.toggle());
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
      // The middle of a frame: its ends may belong to its neighbours. Before the video is
      // loaded this is where it will start.
      video.currentTime = (frame + 0.5) / this.fps;
      video.preload = "auto";
      if (this.count) this.showFrame(frame);
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
      this.setSpeed(SPEEDS[next]);
    }

    setSpeed(speed) {
      this.video.playbackRate = this.video.defaultPlaybackRate = speed;
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
      event.preventDefault();
      event.stopPropagation();
      action();
    }

    /* Below the video, not on it: the browser's own cover the lower part of the picture. */
    addControls(bar) {
      const { video } = this;
      this.slider = element("input", { type: "range", min: 0, max: this.frames - 1, value: 0 });
      this.slider.setAttribute("aria-label", "Frame");
      this.slider.addEventListener("input", () => (this.frame = Number(this.slider.value)));
      this.playButton = button("play", "Play (space)", () => this.toggle());
      this.count = element("span", { class: "animvideo-count" });
      this.count.style.minWidth = `${2 * String(this.frames).length + 3}ch`;
      this.speeds = element("select", { "aria-label": "Speed", title: "Speed ([ and ])" });
      for (const speed of SPEEDS)
        this.speeds.append(element("option", { value: speed }, `${speed}×`));
      this.speeds.addEventListener("change", () => this.setSpeed(Number(this.speeds.value)));
      const controls = element("div", { class: "animvideo-controls" });
      controls.append(
        this.playButton,
        button("back", "Previous frame (←)", () => this.step(-1)),
        this.count,
        button("next", "Next frame (→)", () => this.step(1)),
        this.speeds,
      );
      if (video.textTracks.length) controls.append(this.captionsButton());
      if (document.fullscreenEnabled) controls.append(this.fullscreenButton());
      this.slider.dir = controls.dir = "ltr"; // as time runs in the browser's own player
      bar.prepend(this.slider, controls);
      for (const name of ["seeked", "timeupdate", "loadeddata"])
        video.addEventListener(name, () => this.showFrame());
      for (const name of ["play", "pause", "ended"])
        video.addEventListener(name, () => this.showState());
      video.addEventListener("play", () => this.follow());
      video.addEventListener("ratechange", () => (this.speeds.value = video.playbackRate));
      video.addEventListener("error", () => this.showFailure(), true); // of its sources
      this.showFrame();
      this.showState();
      this.speeds.value = video.playbackRate;
    }

    captionsButton() {
      const shown = () => [...this.video.textTracks].some((track) => track.mode === "showing");
      const captions = button("captions", "Captions", () => {
        const mode = shown() ? "hidden" : "showing";
        for (const track of this.video.textTracks) track.mode = mode;
      });
      const show = () => captions.setAttribute("aria-pressed", shown());
      this.video.textTracks.addEventListener("change", show);
      show();
      return captions;
    }

    fullscreenButton() {
      const { video } = this;
      // What is below the video is not seen then.
      video.addEventListener("fullscreenchange", () => {
        video.controls = document.fullscreenElement === video;
      });
      return button("fullscreen", "Full screen", () => video.requestFullscreen());
    }

    showFrame(frame = this.frame) {
      this.count.textContent = `${frame + 1} / ${this.frames}`;
      this.slider.value = frame;
      this.slider.parentElement.style.setProperty("--played", `${(100 * frame) / (this.frames - 1)}%`);
      this.slider.setAttribute("aria-valuetext", `${frame + 1} of ${this.frames}`);
    }

    showState() {
      this.playButton.classList.toggle("animvideo-pause", !this.video.paused);
      this.playButton.setAttribute("aria-label", this.video.paused ? "Play" : "Pause");
    }

    showFailure() {
      if (this.video.networkState !== HTMLMediaElement.NETWORK_NO_SOURCE) return;
      this.count.textContent = "This browser cannot play it.";
    }

    /* Count the frames as they are painted, where the browser tells. */
    follow() {
      if (!this.video.requestVideoFrameCallback || this.following) return;
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
      if (poster) {
        this.video.poster = poster;
        for (const track of this.video.textTracks) track.mode = "showing";
      }
      if (this.video.preload === "none") this.video.preload = preload;
    }

    prepareAutoplay() {
      const video = this.video;
      video.addEventListener("pause", () => (this.stopped = !this.leaving && !video.ended));
      video.addEventListener("play", () => (this.stopped = this.leaving = false));
      this.allowMotion();
    }

    /* With reduced motion the reader starts the video, and needs the controls to do so. */
    allowMotion() {
      if (!this.autoplay) return;
      if (this.bare) this.video.controls = reducedMotion.matches;
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

  function button(kind, title, action) {
    const made = element("button", { type: "button", class: `animvideo-button animvideo-${kind}` });
    made.title = title;
    made.setAttribute("aria-label", title.replace(/ \(.*/, ""));
    made.addEventListener("click", action);
    return made;
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
    // In a notebook this runs again for each new output.
    for (const video of document.querySelectorAll(".animvideo-player video:not([data-ready])")) {
      video.dataset.ready = "";
      players.set(video, new Player(video));
    }

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

  // Themes set their colours in scripts that may come after this one.
  if (document.readyState === "complete") start();
  else document.addEventListener("DOMContentLoaded", start);
})();
