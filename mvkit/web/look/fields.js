// Tells password managers what the fields of a form are: {label: autocomplete}, as data-fields.
(() => {
  const kinds = JSON.parse(document.currentScript.dataset.fields);
  const name = () => {
    for (const input of document.querySelectorAll("input[aria-label]")) {
      const kind = kinds[input.getAttribute("aria-label")];
      if (kind && input.getAttribute("autocomplete") !== kind) {
        input.setAttribute("autocomplete", kind);
        input.setAttribute("autocapitalize", "none");
        input.setAttribute("spellcheck", "false");
      }
    }
  };
  window.mvFields?.disconnect();
  window.mvFields = new MutationObserver(name);
  window.mvFields.observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["autocomplete"],
  });
  name();
})();
