// Plays the video of a card while the pointer or the focus is on the card.
document.addEventListener("DOMContentLoaded", () => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  for (const card of document.querySelectorAll(".gallery-card")) {
    const shown = () => [...card.querySelectorAll("video")].filter((video) => video.offsetParent);
    const play = () => {
      if (still.matches) return;
      for (const video of shown()) {
        video.muted = video.loop = true;
        video.play().catch(() => {});
      }
    };
    const pause = () => shown().forEach((video) => video.pause());
    card.addEventListener("pointerenter", play);
    card.addEventListener("pointerleave", pause);
    card.addEventListener("focusin", play);
    card.addEventListener("focusout", pause);
  }
});
