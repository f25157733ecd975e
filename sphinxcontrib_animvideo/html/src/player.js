/* The players of a page: loaded when they come near, controlled by keys, frame by frame.
   Without this script they are the browser's own players. */

(() => {
  "use strict";

  const ENGLISH = {
    back: "Previous frame",
    backAndForth: "Back and forth",
    cannotLoad: "The video could not be loaded.",
    cannotPlay: "This browser cannot play the video.",
    cannotSave: "The frame cannot be saved here. Open the page from a web server.",
    cannotSeek: "The server does not support seeking, and the video could not be loaded.",
    captions: "Captions",
    clear: "Repeat the whole video",
    close: "Close",
    copied: "Link copied",
    copy: "Copy link to this frame",
    ends: "First frame, last frame",
    frame: "Frame",
    fullscreen: "Full screen",
    inAddressBar: "The link is in the address bar.",
    jump: "Jump to 0%, 10%, … 90%",
    keys: "Keyboard shortcuts",
    loop: "Loop",
    more: "More",
    mute: "Mute",
    next: "Next frame",
    of: "{frame} of {frames}",
    once: "Once",
    pause: "Pause",
    play: "Play",
    repeat: "Repeat",
    repeatFrom: "Repeat from here",
    repeatTo: "Repeat up to here",
    save: "Save frame as PNG",
    slower: "Slower, faster",
    speed: "Speed",
    video: "Video {number}",
  };
  const words = { ...ENGLISH, ...JSON.parse(document.currentScript?.dataset.words || "{}") };

  const SPEEDS = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4];
  const NEAR = "300px"; // from the part of the page that is seen
  const LARGEST = 64e6; // bytes of a video that is loaded whole, where the server cannot seek
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  const players = new Map(); // by video

  /* One video, with its controls, if it has any. */
  class Player {
    constructor(video) {
      this.video = video;
      video.animvideo = this; // for the script of sweeps
      this.setLength(Number(video.dataset.frames), video.dataset.fps);
      this.autoplay = video.hasAttribute("data-autoplay");
      this.bare = video.hasAttribute("data-bare"); // no controls are wanted
      this.stopped = false; // by the reader, who does not want it to start again
      this.target = null; // time in seconds that the video seeks
      this.range = null; // first and last frame to repeat
      this.sweep = null; // the values that the reader can choose
      this.preview = false; // whether a frame stands for a video that has not begun
      this.repeat = video.loop ? "loop" : "once";
      this.box = video.closest(".animvideo-player");
      this.bar = this.box.querySelector(".animvideo-bar");
      this.hideCues();
      this.listen();
      if (this.bar) {
        video.controls = false;
        group(this.box, video.getAttribute("aria-label"));
        if (this.frames > 1) this.addControls();
      }
      video.tabIndex = 0;
      if (this.autoplay) this.prepareAutoplay();
    }

    listen() {
      const { video } = this;
      const on = (names, action) =>
        names.split(" ").forEach((name) => video.addEventListener(name, action));
      on("loadedmetadata seeking", () => this.loadWholeIfNeeded());
      on("seeked", () => video.seeking || this.loading || (this.target = null));
      on("play", () => this.join());
      on("pause", () => video.ended || this.leaving || this.others((other) => other.pause()));
      on("ended", () => this.onEnd());
      on("ratechange", () => this.others((other) => other.setSpeed(video.playbackRate)));
      on("timeupdate", () => this.keepInStep());
      on("click", () => video.controls || this.toggle());
      // On its way down: the browser's own player has other uses for these keys.
      this.box.addEventListener("keydown", (event) => this.onKey(event), true);
      this.box.addEventListener("fullscreenchange", () => {
        this.box.style.background =
          document.fullscreenElement === this.box ? backgroundOf(this.box.parentElement) : "";
      });
    }

    setLength(frames, fps) {
      const [numerator, denominator = 1] = fps.split("/").map(Number);
      Object.assign(this, { frames, fps: numerator / denominator });
      if (!this.slider) return;
      this.slider.max = frames;
      this.count.style.minWidth = `${2 * String(frames).length + 3}ch`;
    }

    /* Whether the reader has played it, or gone to a frame. */
    get touched() {
      const { currentTime, played } = this.video;
      return !this.preview && (this.target !== null || currentTime > 0 || played.length > 0);
    }

    /* Go on with another video, at a frame of it. One that is not seen is loaded later. */
    exchange(source, frames, fps, frame, isSeen) {
      this.preview = !this.touched;
      this.whole = undefined;
      this.loading = this.rewinding = false;
      this.setLength(frames, fps);
      if (this.range?.[1] >= frames) this.range = null;
      this.video.preload = isSeen ? "auto" : "none";
      this.video.removeAttribute("poster"); // it is that of the other one
      this.video.src = source;
      this.seek(this.timeOf(Math.min(frame, frames - 1)));
      this.showState();
    }

    /* Frames are counted from 0 here, and from 1 where they are shown. */
    get frame() {
      const frame = Math.floor((this.target ?? this.video.currentTime) * this.fps + 1e-3);
      return Math.max(0, Math.min(frame, this.frames - 1));
    }

    set frame(wanted) {
      const frame = Math.max(0, Math.min(wanted, this.frames - 1));
      this.pause();
      this.preview = false;
      this.video.preload = "auto";
      this.announce(document.activeElement === this.slider ? "off" : "polite"); // which says it
      this.seek(this.timeOf(frame));
      this.others((other) => {
        other.pause();
        other.seek(Math.min(this.target, other.timeOf(other.frames - 1)));
      });
    }

    /* Whether screen readers say the number of the frame when it changes. */
    announce(whether) {
      this.count?.setAttribute("aria-live", whether);
    }

    /* The middle of a frame: its ends may belong to its neighbors. */
    timeOf(frame) {
      return (frame + 0.5) / this.fps;
    }

    /* Before the video is loaded this is where it will start. */
    seek(time) {
      this.target = time;
      if (!this.loadWholeIfNeeded()) this.video.currentTime = time;
      this.showFrame();
    }

    step(count) {
      this.frame = this.frame + count;
    }

    get paused() {
      return this.video.paused && !this.rewinding;
    }

    play() {
      if (this.preview) this.seek(this.timeOf(0));
      this.preview = false;
      if (this.range && (this.frame < this.range[0] || this.frame >= this.range[1]))
        this.seek(this.timeOf(this.range[0]));
      start(this.video);
    }

    pause() {
      this.rewinding = false;
      this.video.pause();
      this.showState();
    }

    toggle() {
      if (this.paused) this.play();
      else {
        this.stopped = true;
        this.pause();
      }
    }

    /* To the next of the speeds, or the one before. */
    changeSpeed(by) {
      const now = SPEEDS.findIndex((speed) => speed >= this.video.playbackRate);
      const next = Math.max(0, Math.min((now < 0 ? SPEEDS.length : now) + by, SPEEDS.length - 1));
      this.setSpeed(SPEEDS[next]);
    }

    setSpeed(speed) {
      if (this.video.playbackRate === speed) return;
      this.video.playbackRate = this.video.defaultPlaybackRate = speed;
    }

    /* -- Repeating -- */

    setRepeat(repeat) {
      this.repeat = repeat;
      // The browser's own loop has no gap.
      this.video.loop = repeat === "loop" && !this.range && this.peers.length === 1;
    }

    /* At the end of the video, or of what is repeated of it. */
    onEnd() {
      const { repeat, range, peers } = this;
      if (repeat === "backAndForth") this.rewind();
      else if (range || (repeat === "loop" && peers.every((peer) => peer.video.ended || peer === this)))
        for (const peer of peers) {
          peer.seek(range ? this.timeOf(range[0]) : peer.timeOf(0));
          start(peer.video);
        }
    }

    /* Browsers do not play backward: seek from frame to frame. */
    rewind() {
      const { video } = this;
      const [first, from] = [this.range ? this.range[0] : 0, this.frame];
      let began;
      this.rewinding = true;
      video.pause();
      this.showState();
      const tick = (now) => {
        if (!this.rewinding) return;
        began ??= now;
        const frame = from - Math.floor(((now - began) / 1000) * this.fps * video.playbackRate);
        if (frame <= first) {
          this.rewinding = false;
          this.seek(this.timeOf(first));
          start(video);
          return;
        }
        if (!video.seeking && frame < this.frame) this.seek(this.timeOf(frame));
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    }

    /* What the menu offers: first the start, then the end, then the whole video again. */
    get nextRange() {
      const { frame, frames, range } = this;
      if (!range) return [words.repeatFrom, [frame, frames - 1]];
      const [first, last] = range;
      if (last === frames - 1 && frame > first) return [words.repeatTo, [first, frame]];
      return [words.clear, null];
    }

    setRange(range) {
      this.range = range;
      this.setRepeat(this.repeat === "once" && range ? "loop" : this.repeat);
      this.showFrame();
    }

    /* -- Videos that play together -- */

    get peers() {
      const { sync } = this.video.dataset;
      const together = (player) => player.video.dataset.sync === sync && player.isShown();
      return sync ? [...players.values()].filter(together) : [this];
    }

    others(action) {
      if (!this.video.dataset.sync) return;
      for (const peer of this.peers) if (peer !== this) action(peer);
    }

    isShown() {
      return this.box.getClientRects().length > 0;
    }

    join() {
      this.stopped = this.leaving = this.rewinding = false;
      if (this.video.dataset.sync) this.setRepeat(this.repeat);
      const { currentTime } = this.video;
      this.others((other) => {
        if (!other.video.paused) return;
        if (currentTime >= other.frames / other.fps) return; // it is shorter
        other.video.currentTime = currentTime;
        start(other.video);
      });
    }

    /* Follow the first of the videos that play together, if one of them had to wait for data. */
    keepInStep() {
      if (!this.video.dataset.sync || this.video.paused || this.video.seeking) return;
      const [leader] = this.peers.filter((peer) => !peer.video.paused);
      const { currentTime } = leader.video;
      if (leader !== this && Math.abs(currentTime - this.video.currentTime) > 0.12)
        this.video.currentTime = currentTime;
    }

    /* -- Servers that cannot send a part of a file -- */

    /* Chromium cannot seek then, until it has the whole file in memory. */
    loadWholeIfNeeded() {
      const { video } = this;
      const { duration, seekable, readyState } = video;
      if (this.target === null || !readyState || video.src.startsWith("blob:")) return false;
      if (!duration || !seekable.length || seekable.end(seekable.length - 1) > 0) return false;
      this.whole ??= this.loadWhole();
      return true;
    }

    async loadWhole() {
      const { video } = this;
      const src = video.getAttribute("src");
      this.loading = true; // the browser goes to another time meanwhile
      try {
        const response = await fetch(video.currentSrc);
        if (!response.ok || response.headers.get("content-length") > LARGEST) throw response;
        const { playbackRate, currentTime, paused } = video;
        video.src = URL.createObjectURL(await response.blob());
        await new Promise((resolve, reject) => {
          video.addEventListener("loadedmetadata", resolve, { once: true });
          video.addEventListener("error", reject, { once: true });
        });
        this.loading = false;
        video.currentTime = this.target ?? currentTime;
        video.playbackRate = playbackRate;
        if (!paused) start(video);
      } catch {
        if (video.error) {
          // The server forbids such addresses (Content-Security-Policy).
          if (src) video.src = src;
          else video.removeAttribute("src");
          video.load();
        }
        this.loading = false;
        this.target = null;
        this.showFrame();
        this.say(words.cannotSeek);
      }
    }

    /* -- Keys and controls -- */

    onKey(event) {
      const otherwise = event.ctrlKey || event.altKey || event.metaKey;
      const typed = event.getModifierState("AltGraph"); // brackets, on many keyboards
      const { key, target } = event;
      const onButton = key === " " && target.closest("button");
      if ((otherwise && !typed) || onButton || target.closest("select, a, [popover], .animvideo-sweep")) return;
      if (event.shiftKey && (key.length > 1 || key === " ")) return;
      const actions = {
        " ": () => this.toggle(),
        k: () => this.toggle(),
        ArrowLeft: () => this.step(-1),
        ArrowRight: () => this.step(1),
        ",": () => this.step(-1),
        ".": () => this.step(1),
        Home: () => (this.frame = 0),
        End: () => (this.frame = this.frames - 1),
        "[": () => this.changeSpeed(-1),
        "]": () => this.changeSpeed(1),
        "<": () => this.changeSpeed(-1),
        ">": () => this.changeSpeed(1),
        f: () => this.toggleFullscreen(),
        c: () => this.cues && this.toggleCues(),
        m: () => (this.video.muted = !this.video.muted),
        "?": () => this.bar && this.showKeys(),
      };
      const action = /^\d$/.test(key)
        ? () => (this.frame = Math.round((Number(key) / 10) * (this.frames - 1)))
        : actions[key];
      if (!action) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    }

    /* Below the video, not on it: the browser's own cover the lower part of the picture. */
    addControls() {
      const { video, frames } = this;
      const range = { type: "range", min: 1, max: frames, "aria-label": words.frame };
      this.slider = element("input", { class: "animvideo-slider", ...range });
      this.slider.addEventListener("input", () => (this.frame = this.slider.value - 1));
      this.playButton = button("play", "", () => this.toggle());
      this.count = element("span", { class: "animvideo-count" });
      this.setLength(frames, video.dataset.fps);
      this.time = element("span", { class: "animvideo-time" });
      const controls = element("div", { class: "animvideo-controls" });
      controls.append(
        this.playButton,
        button("back", `${words.back} (←)`, () => this.step(-1)),
        this.count,
        button("next", `${words.next} (→)`, () => this.step(1)),
        this.time,
        element("span", { class: "animvideo-space" }),
      );
      if (this.cues) controls.append(this.cuesButton());
      if (this.canFillScreen)
        controls.append(
          button("fullscreen", `${words.fullscreen} (f)`, () => this.toggleFullscreen()),
        );
      this.slider.dir = controls.dir = "ltr"; // as time runs in the browser's own player
      this.files = [...this.bar.querySelectorAll("a")];
      this.bar.replaceChildren(this.slider, controls);
      if ("popover" in this.bar) controls.append(...this.moreButton());
      const on = (name, action) => video.addEventListener(name, action);
      for (const name of ["seeked", "timeupdate", "loadeddata"]) on(name, () => this.showFrame());
      for (const name of ["play", "pause", "ended"]) on(name, () => this.showState());
      on("play", () => this.announce("off"));
      on("play", () => this.follow());
      video.addEventListener("error", () => this.showFailure(), true); // of its sources
      this.showFrame();
      this.showState();
    }

    showFrame(frame = this.frame) {
      if (!this.count) return; // no controls are wanted
      const { frames, slider, range } = this;
      this.count.textContent = `${frame + 1} / ${frames}`;
      this.time.textContent = clock(frame / this.fps);
      slider.value = frame + 1;
      slider.setAttribute("aria-valuetext", filled(words.of, { frame: frame + 1, frames }));
      const percent = (shown) => `${(100 * shown) / (frames - 1)}%`;
      const stops = `var(--fill) ${percent(frame)}, var(--faint) 0`;
      slider.style.setProperty("--track", `linear-gradient(to right, ${stops})`);
      slider.style.backgroundImage = range
        ? `linear-gradient(to right, transparent ${percent(range[0])}, var(--fill) 0 ${percent(range[1])}, transparent 0)`
        : "";
    }

    showState() {
      if (!this.playButton) return;
      const { paused } = this;
      this.playButton.classList.toggle("animvideo-pause", !paused);
      const word = paused ? words.play : words.pause;
      this.playButton.setAttribute("aria-label", word);
      this.playButton.title = `${word} (k)`;
    }

    /* Count the frames as they are painted, where the browser tells. */
    follow() {
      if (!this.video.requestVideoFrameCallback || this.following) return;
      this.following = true;
      const painted = (_now, { mediaTime }) => {
        const frame = Math.min(Math.round(mediaTime * this.fps), this.frames - 1);
        // One that was painted before the video was rewound may be reported after that.
        if (this.target === null && !this.rewinding) this.showFrame(frame);
        this.following = !this.video.paused;
        if (!this.following) return;
        if (this.range && frame >= this.range[1]) this.onEnd();
        this.video.requestVideoFrameCallback(painted);
      };
      this.video.requestVideoFrameCallback(painted);
    }

    /* All sources have failed: there is nothing to control. */
    showFailure() {
      if (this.loading || this.video.networkState !== HTMLMediaElement.NETWORK_NO_SOURCE) return;
      const sources = [...this.video.querySelectorAll("source")];
      const known = !sources.length || sources.some(({ type }) => this.video.canPlayType(type));
      const message = element("div", { role: "alert" }, known ? words.cannotLoad : words.cannotPlay);
      const files = element("div", { class: "animvideo-files" });
      files.append(...this.files);
      this.bar.classList.add("animvideo-failed");
      this.bar.replaceChildren(message, files);
    }

    /* -- Captions: below the picture, where they cover nothing -- */

    hideCues() {
      const { textTracks } = this.video;
      if (!textTracks.length) return;
      this.cues = element("div", { class: "animvideo-cue" });
      this.video.closest(".animvideo-screen").after(this.cues);
      for (const track of textTracks) {
        track.mode = "disabled"; // loads nothing yet
        track.addEventListener("cuechange", () => {
          const active = [...textTracks].flatMap(({ activeCues }) => [...(activeCues ?? [])]);
          const texts = active.map((cue) => cue.getCueAsHTML().textContent);
          this.cues.textContent = texts.join("\n");
        });
      }
    }

    toggleCues() {
      this.cues.hidden = !this.cues.hidden;
      for (const one of this.box.querySelectorAll(".animvideo-captions"))
        one.setAttribute("aria-pressed", !this.cues.hidden);
    }

    cuesButton() {
      const made = button("captions", `${words.captions} (c)`, () => this.toggleCues());
      made.setAttribute("aria-pressed", !this.cues.hidden);
      return made;
    }

    /* -- Full screen: the player, with its controls -- */

    get canFillScreen() {
      return document.fullscreenEnabled || this.video.webkitEnterFullscreen;
    }

    toggleFullscreen() {
      if (document.fullscreenElement) document.exitFullscreen();
      else if (this.box.requestFullscreen) {
        this.box.requestFullscreen().catch(() => {}); // the page may not allow it
      } else this.video.webkitEnterFullscreen?.();
    }

    /* -- The menu -- */

    moreButton() {
      const menu = this.popover("animvideo-menu", () => {
        menu.style.opacity = 0; // until it has its place
        return this.menuItems(menu);
      });
      const made = button("more", words.more, () => {});
      made.popoverTargetElement = menu;
      menu.addEventListener("toggle", () => {
        const { left, right, top, bottom } = made.getBoundingClientRect();
        const { offsetWidth: width, offsetHeight: height } = menu;
        const below = bottom + height < innerHeight || top < height;
        place(menu, menu.dir === "rtl" ? left : right - width, below ? bottom : top - height);
        menu.style.opacity = "";
      });
      return [made, menu];
    }

    /* Filled when it is opened: pages have many players. */
    popover(name, content) {
      const made = element("div", { popover: "", class: `animvideo-popover ${name}` });
      made.addEventListener("beforetoggle", ({ newState }) => {
        if (newState !== "open") return;
        made.replaceChildren(...content());
        made.dir = getComputedStyle(this.box).direction;
        made.style.background = backgroundOf(this.box);
      });
      return made;
    }

    /* As far as the browser tells: our own videos are silent, those of authors need not be. */
    get hasAudio() {
      const { mozHasAudio, webkitAudioDecodedByteCount, audioTracks } = this.video;
      return mozHasAudio || webkitAudioDecodedByteCount > 0 || audioTracks?.length > 0;
    }

    menuItems(menu) {
      const { video } = this;
      const item = (word, action) => {
        const made = element("button", { type: "button" }, word);
        made.addEventListener("click", () => {
          menu.hidePopover();
          action();
        });
        return made;
      };
      const choice = (word, options, value, action) => {
        const label = element("label", {}, word);
        const select = element("select", { "aria-label": word });
        for (const [key, text] of options) select.append(element("option", { value: key }, text));
        select.value = value;
        select.addEventListener("change", () => action(select.value));
        label.append(select);
        return label;
      };
      const repeats = ["once", "loop", "backAndForth"].map((key) => [key, words[key]]);
      const items = [
        choice(
          words.speed,
          SPEEDS.map((speed) => [speed, `${speed}×`]),
          video.playbackRate,
          (speed) => this.setSpeed(Number(speed)),
        ),
        choice(words.repeat, repeats, this.repeat, (repeat) => this.setRepeat(repeat)),
        item(this.nextRange[0], () => this.setRange(this.nextRange[1])),
        item(words.copy, () => this.copyLink()),
        item(words.save, () => this.saveFrame()),
      ];
      if (this.hasAudio) {
        items.push(item(words.mute, () => (video.muted = !video.muted)));
        items.at(-1).setAttribute("aria-pressed", video.muted);
      }
      if (this.cues) items.push(item(words.captions, () => this.toggleCues()));
      if (this.canFillScreen) items.push(item(words.fullscreen, () => this.toggleFullscreen()));
      items.push(item(words.keys, () => this.showKeys()));
      return [...items, ...this.files];
    }

    showKeys() {
      const rows = [
        ["Space k", `${words.play}, ${words.pause}`],
        ["← →", `${words.back}, ${words.next}`],
        [", .", `${words.back}, ${words.next}`],
        ["Home End", words.ends],
        ["0 … 9", words.jump],
        ["[ ]", words.slower],
        ["< >", words.slower],
        ["f", words.fullscreen],
        ["c", words.captions],
        ["m", words.mute],
        ["?", words.keys],
      ];
      this.keys ??= this.popover("animvideo-keys", () => {
        const table = element("table", { "aria-label": words.keys });
        for (const [keys, word] of rows) {
          const row = table.insertRow();
          const cell = element("th", { scope: "row", dir: "ltr" });
          for (const key of keys.split(" "))
            cell.append(key === "…" ? "…" : element("kbd", {}, key), " ");
          row.append(cell, element("td", {}, word));
        }
        const close = element("button", { type: "button", autofocus: "" }, words.close);
        close.addEventListener("click", () => this.keys.hidePopover());
        return [table, close];
      });
      this.bar.append(this.keys);
      this.keys.showPopover();
    }

    copyLink() {
      const hash = `#${addressOf(this)}:frame=${this.frame + 1}`;
      const link = new URL(hash, location.href).href;
      const shown = () => {
        history.replaceState(null, "", hash);
        this.say(words.inAddressBar);
      };
      if (!navigator.clipboard) return shown(); // the page has no secure address
      navigator.clipboard.writeText(link).then(() => this.say(words.copied), shown);
    }

    async saveFrame() {
      const { video, frame } = this;
      if (video.readyState < 2 || video.seeking) {
        video.preload = "auto";
        const name = video.seeking ? "seeked" : "loadeddata";
        await new Promise((resolve) => video.addEventListener(name, resolve, { once: true }));
      }
      const canvas = element("canvas", { width: video.videoWidth, height: video.videoHeight });
      canvas.getContext("2d").drawImage(video, 0, 0);
      try {
        canvas.toBlob((blob) => {
          const name = addressOf(this).replace(/[:%]+/g, "-");
          const link = element("a", { download: `${name}-${frame + 1}.png` });
          link.href = URL.createObjectURL(blob);
          link.click();
          setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
        });
      } catch {
        this.say(words.cannotSave); // pages of files are of different origins
      }
    }

    /* For some seconds, above the controls. */
    say(text) {
      if (!this.bar) return;
      const made = element("div", { popover: "manual", class: "animvideo-popover", role: "status" });
      this.bar.append(made);
      made.style.background = backgroundOf(this.box);
      made.showPopover?.();
      made.textContent = text; // now that it is part of the page, screen readers tell it
      const { left, top, width } = this.bar.getBoundingClientRect();
      place(made, left + (width - made.offsetWidth) / 2, top - made.offsetHeight - 8);
      setTimeout(() => made.remove(), 5000);
    }

    /* -- Loading and starting -- */

    /* It is about to be seen. */
    load() {
      for (const track of this.video.textTracks) track.mode = "hidden";
      // Or its first frame would cover the poster as soon as it is loaded.
      const poster = this.box.querySelector(".animvideo-poster");
      if (poster) this.video.poster = poster.src;
      if (this.video.preload === "none") this.video.preload = this.video.dataset.preload;
    }

    prepareAutoplay() {
      const { video } = this;
      video.addEventListener("pause", () => (this.stopped = !this.leaving && !video.ended));
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
      if (this.autoplay && !this.stopped && !reducedMotion.matches) start(this.video);
    }

    leave() {
      if (!this.autoplay || this.video.paused) return;
      this.leaving = true;
      this.video.pause();
    }
  }

  /* A moving picture that is no video can be stopped, too: by its own still one. */
  function addStill(box) {
    const still = box.querySelector("picture > source");
    const bar = box.querySelector(".animvideo-bar");
    if (!bar || !still) return;
    group(box, box.querySelector("img").alt);
    const toggle = button("play", "", () => show(!stopped()));
    const stopped = () => matchMedia(still.media).matches;
    const show = (stop) => {
      still.media = stop ? "all" : "not all";
      toggle.classList.toggle("animvideo-pause", !stop);
      toggle.title = stop ? words.play : words.pause;
      toggle.setAttribute("aria-label", toggle.title);
    };
    show(stopped());
    const row = element("div", { class: "animvideo-controls" });
    row.append(toggle, element("span", { class: "animvideo-space" }), bar.firstElementChild);
    bar.append(row);
  }

  /* -- Links to frames: "#name:frame=40", "#name:t=1.5", "#name:video=2:frame=40", and with the
     values of a sweep "#name:damping=0.2:frame=40" -- */

  const figures = () => [
    ...new Set([...document.querySelectorAll(".animvideo-player")].map(figureOf)),
  ];
  const figureOf = (box) => box.closest(".animvideo") ?? box.parentElement;
  const videosOf = (figure) =>
    [...figure.querySelectorAll("video")]
      .map((video) => players.get(video))
      .filter((player) => player?.isShown());

  /* A figure without a name is counted. */
  function addressOf(player) {
    const figure = figureOf(player.box);
    const name = figure.id || `animvideo-${figures().indexOf(figure) + 1}`;
    const number = videosOf(figure).indexOf(player) + 1;
    return (number > 1 ? `${name}:video=${number}` : name) + (player.sweep?.address ?? "");
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // not ours
    }
  }

  async function goTo(hash) {
    const parts = decoded(hash).slice(1).split(":");
    const values = {};
    while (parts.length > 1 && parts.at(-1).includes("=")) {
      const [key, ...value] = parts.pop().split("=");
      values[decoded(key)] = decoded(value.join("="));
    }
    const { frame, t, video: number = 1 } = values;
    const name = parts.join(":");
    const isFrame = /^\d+$/.test(frame);
    const isTime = /^\d+(\.\d+)?s?$/.test(t);
    if (!name) return;
    const counted = /^animvideo-(\d+)$/.exec(name);
    const named = document.getElementById(name);
    const figure = named ? (named.closest(".animvideo") ?? named) : figures()[counted?.[1] - 1];
    const player = figure && videosOf(figure)[number - 1];
    if (!player || !(isFrame || isTime || player.sweep?.has(values))) return;
    await player.sweep?.goTo(values);
    if (isFrame) player.frame = frame - 1;
    // Times have milliseconds.
    else if (isTime) player.frame = Math.floor((parseFloat(t) + 6e-4) * player.fps);
    const { top, bottom } = player.box.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) player.box.scrollIntoView({ block: "center" });
    player.video.focus({ preventScroll: true });
  }

  /* -- Elements -- */

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

  /* Screen readers tell whose buttons these are. */
  function group(box, label) {
    const caption = box.closest("figure")?.querySelector("figcaption .caption-text");
    const number = [...document.querySelectorAll(".animvideo-player")].indexOf(box) + 1;
    const name = label || caption?.textContent || filled(words.video, { number });
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", name);
  }

  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  function clock(seconds) {
    if (seconds < 60) return `${seconds.toFixed(2)} s`;
    return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
  }

  /* At a point of the window, as far as all of it is seen. */
  function place(popover, left, top) {
    const within = (start, size, all) => Math.max(8, Math.min(start, all - size - 8));
    const x = within(left, popover.offsetWidth, innerWidth);
    const y = within(top, popover.offsetHeight, innerHeight);
    Object.assign(popover.style, { inset: `${y}px auto auto ${x}px`, margin: 0 });
  }

  function start(video) {
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
      if (!paused) start(to.video);
    };
    if (to.video.readyState > 0) return goOn();
    to.video.addEventListener("loadedmetadata", goOn, { once: true });
    to.video.preload = "auto";
  }

  /* The color behind a box. */
  function backgroundOf(box) {
    return `rgb(${levelsBehind(box)})`;
  }

  /* The same as levels of red, green, and blue. */
  function levelsBehind(box) {
    const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const backgrounds = ["white"];
    for (; box; box = box.parentElement)
      backgrounds.splice(1, 0, getComputedStyle(box).backgroundColor);
    for (const background of backgrounds) {
      paint.fillStyle = background;
      paint.fillRect(0, 0, 1, 1);
    }
    return [...paint.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  }

  /* Whether a box is on a dark color: themes are many, and some have no dark side. */
  function isOnDark(box) {
    const [red, green, blue] = levelsBehind(box);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
  }

  /* Embedded files are in the page only once: the links to them have no address yet. */
  function completeLinks(box) {
    const shown = box.querySelectorAll("video[src], source[type], picture > img");
    const files = [...shown].map(({ src, srcset }) => src || srcset);
    for (const link of box.querySelectorAll(".animvideo-file:not([href])"))
      link.href = files.shift();
  }

  function startPage() {
    // In a notebook this runs again for each new output.
    document.querySelectorAll(".animvideo-player").forEach(completeLinks);
    for (const video of document.querySelectorAll(".animvideo-player video:not([data-ready])")) {
      video.dataset.ready = "";
      players.set(video, new Player(video));
    }
    for (const picture of document.querySelectorAll(".animvideo-player > picture")) {
      if (picture.dataset.ready === undefined) addStill(picture.parentElement);
      picture.dataset.ready = "";
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
    fitVariants();
    goTo(location.hash);
    addEventListener("hashchange", () => goTo(location.hash));
    // A second click on the same link does not change the address.
    document.addEventListener("click", ({ target }) => {
      const link = target.closest?.("a[href]");
      if (link && link.hash === location.hash && link.href === location.href) goTo(link.hash);
    });
  }

  function fitVariants() {
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
        const variantsOf = (name) => [...figure.querySelectorAll(`.animvideo-${name} video`)];
        const [from, to] = page === "dark" ? ["light", "dark"] : ["dark", "light"];
        const shown = variantsOf(to);
        variantsOf(from).forEach((video, i) => handOver(players.get(video), players.get(shown[i])));
      }
    };
    fit();
    // Themes switch by an attribute of html or body; their colors may take a while to follow.
    const switched = new MutationObserver(fit);
    for (const switching of [root, document.body])
      switched.observe(switching, { attributes: true });
    document.addEventListener("transitionend", fit);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
      requestAnimationFrame(fit),
    );
  }

  // Themes set their colors in scripts that may come after this one.
  if (document.readyState === "complete") startPage();
  else document.addEventListener("DOMContentLoaded", startPage);
})();
