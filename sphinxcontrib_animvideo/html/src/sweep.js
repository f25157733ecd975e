/* Sweeps: the reader chooses the values of parameters, and the player goes on with the video of
   these values, at the same frame. Loaded after the script of the player, whose parts it uses. */

(() => {
  "use strict";

  const LARGEST = 16e6; // bytes of a video that is kept in memory
  const PATIENCE = 300; // milliseconds in which a frame that was sought should be painted
  const inMemory = new Map(); // from the address of a video to that of its copy
  const sweeps = new Map(); // by element

  class Sweep {
    constructor(root) {
      this.root = root;
      this.box = root.closest(".animvideo-player");
      this.figure = root.closest(".animvideo") ?? this.box.parentElement;
      this.video = this.box.querySelector("video");
      this.player = this.video?.animvideo;
      this.items = [...root.querySelectorAll("li")];
      this.parameters = JSON.parse(root.dataset.parameters).map(
        ([name, isNumeric, labels]) => ({ name, isNumeric, labels }),
      );
      this.shown = Number(root.dataset.shown); // the number of a combination
      this.first = {
        ...this.video?.dataset,
        width: this.picture.getAttribute("width"),
        height: this.picture.getAttribute("height"),
        captions: this.video?.querySelector("track")?.getAttribute("src"),
        poster: this.box.querySelector("picture > source")?.srcset,
      };
      if (this.player) this.player.sweep = this;
      this.addControls();
      this.loadNeighborsWhenIdle();
    }

    get picture() {
      return this.video ?? this.box.querySelector("picture > img");
    }

    /* -- Controls -- */

    addControls() {
      const choices = this.choicesOf(this.shown);
      this.controls = this.parameters.map((parameter, i) => {
        const control = parameter.isNumeric ? slider(parameter) : choice(parameter);
        control.value = choices[i];
        control.setAttribute("aria-label", parameter.name);
        control.addEventListener("input", () => this.onInput());
        return control;
      });
      this.outputs = this.parameters.map(() => element("output"));
      this.message = element("p", { role: "status" });
      const rows = this.parameters.map(({ name, isNumeric }, i) => {
        const row = element("label", {}, element("bdi", {}, name), this.controls[i]);
        if (isNumeric) row.append(this.outputs[i]);
        row.hidden = this.parameters[i].labels.length === 1;
        return row;
      });
      this.root.append(...rows, this.message);
      this.showValues();
    }

    showValues() {
      this.parameters.forEach(({ labels }, i) => {
        const value = labels[this.controls[i].value];
        if (this.controls[i].type === "range") this.controls[i].setAttribute("aria-valuetext", value);
        this.outputs[i].textContent = value;
      });
    }

    onInput() {
      this.choose(this.controls.map(({ value }) => Number(value)));
    }

    /* The numbers of the values in a combination, and the number of the combination. */
    choicesOf(index) {
      return this.parameters
        .toReversed()
        .map(({ labels }) => {
          const choice = index % labels.length;
          index = Math.floor(index / labels.length);
          return choice;
        })
        .reverse();
    }

    indexOf(choices) {
      return this.parameters.reduce((sum, { labels }, i) => sum * labels.length + choices[i], 0);
    }

    /* -- Links -- */

    /* What a link to the video that is shown has behind its name; encoded twice, as the player
       decodes all of a link before it takes it apart. */
    get address() {
      const choices = this.choicesOf(this.shown);
      const encoded = (text) => encodeURIComponent(encodeURIComponent(text));
      const parts = this.parameters.map(
        ({ name, labels }, i) => `:${encoded(keyOf(name))}=${encoded(labels[choices[i]])}`,
      );
      return parts.join("");
    }

    /* Whether a link names one of the parameters. */
    has(values) {
      return this.parameters.some(({ name }) => keyOf(name) in values);
    }

    /* The values that a link names. Others stay as they are. */
    async goTo(values) {
      const choices = this.choicesOf(this.shown);
      this.parameters.forEach(({ name, labels }, i) => {
        const choice = labels.indexOf(values[keyOf(name)]);
        if (choice >= 0) choices[i] = choice;
      });
      await this.choose(choices);
    }

    /* -- Exchanging the video -- */

    /* All players of the figure, such as those for light and for dark pages, show the same. */
    async choose(choices) {
      const own = [...sweeps.values()].filter(({ figure }) => figure === this.figure);
      await Promise.all(own.map((sweep) => sweep.show(choices)));
      const index = String(this.shown);
      for (const transcript of this.figure.querySelectorAll("[data-combinations]"))
        transcript.hidden = !transcript.dataset.combinations.split(" ").includes(index);
    }

    async show(choices) {
      this.controls.forEach((control, i) => (control.value = choices[i]));
      this.showValues();
      const index = this.indexOf(choices);
      if (index === this.shown) return this.exchanging;
      this.shown = index;
      this.exchanging = this.exchange(this.items[index]);
      return this.exchanging;
    }

    async exchange(item) {
      const links = [...item.querySelectorAll("a")];
      this.box.toggleAttribute("data-missing", !links.length);
      this.message.textContent = links.length ? "" : textOf(item);
      if (!links.length) return this.player?.pause();
      const copies = links.map((link) => link.cloneNode(true));
      if (this.player) this.player.files = copies;
      else this.box.querySelector(".animvideo-files")?.replaceChildren(...copies);
      this.picture.setAttribute("width", item.dataset.width ?? this.first.width);
      this.picture.setAttribute("height", item.dataset.height ?? this.first.height);
      if (this.video) await this.exchangeVideo(item, links);
      else this.exchangePicture(item, links);
    }

    exchangePicture(item, links) {
      const [still, ...sources] = this.box.querySelectorAll("picture > source");
      if (still) still.srcset = item.dataset.poster ?? this.first.poster;
      sources.forEach((source, i) => (source.srcset = links[i].href));
      this.picture.src = links.at(-1).href;
    }

    async exchangeVideo(item, links) {
      const { video, player } = this;
      const index = this.shown;
      // Where the reader is: while one video is loaded, the next may be chosen.
      this.place ??= { frame: player.frame, plays: !video.paused };
      if (!player.touched) this.place.frame = Number(this.root.dataset.frame ?? 0);
      this.cover();
      const address = links[playable(video, links.length)].href;
      const source = player.isShown() ? await kept(address) : address;
      if (this.shown !== index) return this.exchanging;
      const { frames = this.first.frames, fps = this.first.fps } = item.dataset;
      this.showCaptions(item.dataset.captions ?? this.first.captions);
      const { frame, plays } = this.place;
      const isSeen = player.isShown();
      player.exchange(source, Number(frames), fps, frame, isSeen);
      const last = Number(frames) - 1;
      if (frame > last) this.message.textContent = this.root.dataset.shorter.replace("{frames}", frames);
      if (isSeen) await painted(player);
      if (this.shown !== index) return this.exchanging;
      this.place = null;
      this.uncover();
      if (plays) player.play();
    }

    showCaptions(address) {
      const track = this.video.querySelector("track");
      if (track && track.getAttribute("src") !== address) track.src = address;
    }

    /* The last picture stays until there is a new one. */
    cover() {
      const { video } = this;
      if (this.canvas || video.readyState < 2 || !this.player.isShown()) return;
      this.canvas = element("canvas", { class: "animvideo-cover", "aria-hidden": "true" });
      this.canvas.width = video.videoWidth;
      this.canvas.height = video.videoHeight;
      this.canvas.getContext("2d").drawImage(video, 0, 0);
      Object.assign(this.canvas.style, {
        left: `${video.offsetLeft}px`,
        top: `${video.offsetTop}px`,
        width: `${video.offsetWidth}px`,
        height: `${video.offsetHeight}px`,
      });
      video.after(this.canvas);
    }

    uncover() {
      this.canvas?.remove();
      this.canvas = null;
    }

    /* -- Loading what may be chosen next -- */

    loadNeighborsWhenIdle() {
      if (!this.video || savesData()) return;
      const whenIdle = window.requestIdleCallback ?? ((action) => setTimeout(action, 200));
      new IntersectionObserver(
        (entries, observer) => {
          if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
          observer.disconnect();
          whenIdle(() => this.loadNeighbors());
          for (const control of this.controls)
            control.addEventListener("input", () => whenIdle(() => this.loadNeighbors()));
        },
        { threshold: 0.25 },
      ).observe(this.video);
    }

    loadNeighbors() {
      if (this.video.dataset.preload === "none" && !this.player.touched) return;
      const choices = this.choicesOf(this.shown);
      this.parameters.forEach(({ labels }, i) => {
        for (const choice of [choices[i] - 1, choices[i] + 1]) {
          if (!(choice in labels)) continue;
          const links = this.items[this.indexOf(choices.with(i, choice))].querySelectorAll("a");
          if (links.length) kept(links[playable(this.video, links.length)].href);
        }
      });
    }
  }

  function savesData() {
    return navigator.connection?.saveData || matchMedia("(prefers-reduced-data: reduce)").matches;
  }

  /* The number of the first format that the browser plays. */
  function playable(video, count) {
    const types = [...video.querySelectorAll("source")].map(({ type }) => type);
    return Math.max(0, types.slice(0, count).findIndex((type) => video.canPlayType(type)));
  }

  /* The address of a copy of a video in memory: it is there at once, and can be sought on any
     server. Of a large one, and where scripts may not read files, its own address. */
  function kept(address) {
    if (!/^https?:/.test(address)) return Promise.resolve(address);
    if (!inMemory.has(address)) inMemory.set(address, load(address).catch(() => address));
    return inMemory.get(address);
  }

  async function load(address) {
    const control = new AbortController();
    const response = await fetch(address, { signal: control.signal });
    if (!response.ok || response.headers.get("content-length") > LARGEST) {
      control.abort();
      throw response;
    }
    return URL.createObjectURL(await response.blob());
  }

  /* Until the frame that is sought is on the screen. */
  function painted({ video, frame, fps }) {
    return new Promise((resolve) => {
      video.addEventListener("error", resolve, { once: true });
      // What is out of sight is not painted.
      video.addEventListener("seeked", () => setTimeout(resolve, PATIENCE), { once: true });
      if (video.requestVideoFrameCallback) {
        // The first frame may be painted before the one that is sought.
        const onFrame = (_now, { mediaTime }) => {
          if (Math.round(mediaTime * fps) === frame) resolve();
          else video.requestVideoFrameCallback(onFrame);
        };
        video.requestVideoFrameCallback(onFrame);
      } else {
        const twoFramesLater = () => requestAnimationFrame(() => requestAnimationFrame(resolve));
        video.addEventListener("seeked", twoFramesLater, { once: true });
      }
    });
  }

  /* Links have these keys of their own. */
  function keyOf(name) {
    return /^_*(frame|t|video)$/.test(name) ? `_${name}` : name;
  }

  function textOf(item) {
    return item.textContent.slice(item.textContent.indexOf(": ") + 2);
  }

  function slider({ labels }) {
    return element("input", { type: "range", min: 0, max: labels.length - 1, step: 1 });
  }

  function choice({ labels }) {
    const options = labels.map((text, value) => element("option", { value }, text));
    return element("select", {}, ...options);
  }

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function startPage() {
    // In a notebook this runs again for each new output.
    for (const root of document.querySelectorAll(".animvideo-sweep:not([data-ready])")) {
      root.dataset.ready = "";
      sweeps.set(root, new Sweep(root));
    }
    // The player, which has started before, did not know of sweeps.
    if (location.hash.includes("=")) window.dispatchEvent(new HashChangeEvent("hashchange"));
  }

  if (document.readyState === "complete") startPage();
  else document.addEventListener("DOMContentLoaded", startPage);
})();
