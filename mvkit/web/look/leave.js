// Loads an address anew, so that nothing of the page before it is left.
location.replace(document.currentScript.dataset.to);
