// Hands a ticket to the API, whose answer sets the cookie of a login; then loads the page again.
(async () => {
  const { ticket, to } = document.currentScript.dataset;
  const answer = await fetch("/api/v1/auth/cookie", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ticket }),
  });
  if (!answer.ok) {
    document.getElementById("mv-entering").textContent =
      "The login could not be kept. Reload the page and log in again.";
  } else if (to) {
    location.replace(to);
  } else {
    location.reload();
  }
})();
