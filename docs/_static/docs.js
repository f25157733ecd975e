// Accessibility: what Sphinx and the theme leave out.
document.addEventListener("DOMContentLoaded", () => {
  for (const caption of document.querySelectorAll("p.caption[role=heading]")) {
    caption.ariaLevel = "2";
  }
  for (const code of document.querySelectorAll("pre")) {
    if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
  }
  const names = {".sidebar-drawer": "Site", ".toc-drawer": "Page", ".content-icon-container": "Tools"};
  for (const [selector, name] of Object.entries(names)) {
    const element = document.querySelector(selector);
    if (!element) continue;
    element.ariaLabel = name;
    if (!element.matches("aside")) element.role = "region";
  }
});
