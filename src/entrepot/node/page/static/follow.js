// Work that goes on beside: how far it is comes into the page in place, until what came of it is there.
"use strict";
(() => {
  const EVERY_MS = 1500;
  const look = async () => {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [words, far] = [page.getElementById("going"), page.getElementById("far")];
      if (!words && answer.status !== 429) return void location.reload();
      if (words) {
        document.getElementById("going").textContent = words.textContent;
        for (const name of ["max", "value"]) if (far.hasAttribute(name)) document.getElementById("far").setAttribute(name, far.getAttribute(name));
      }
    } catch { /* no connection: it goes on all the same, and is asked for again */ }
    setTimeout(look, EVERY_MS);
  };
  setTimeout(look, EVERY_MS);
})();
