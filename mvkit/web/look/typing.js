// Tells the page what somebody types into the prompt whenever they pause, so that it counts along.
(() => {
  if (window.mvTyping) return;
  const PAUSE_MS = 350;
  let pause;
  window.mvTyping = true;
  document.addEventListener("input", ({ target }) => {
    if (!target.matches('[class*="st-key-create_prompt_"] textarea')) return;
    clearTimeout(pause);
    pause = setTimeout(() => {
      // The key by which a text area hands over what it holds.
      target.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }),
      );
    }, PAUSE_MS);
  });
})();
