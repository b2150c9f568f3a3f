// Beside each time in UTC, the same by the reader's own clock; without this script UTC stands alone.
"use strict";
(() => {
  const day = (at, zone) => new Intl.DateTimeFormat("en", { dateStyle: "short", timeZone: zone }).format(at);
  for (const each of document.querySelectorAll("main time[datetime*='T']")) {
    const at = new Date(each.dateTime);
    if (each.closest(".hidden") || !at.getTimezoneOffset()) continue;
    const form = { hour: "numeric", minute: "2-digit", timeZoneName: "short" };
    if (day(at) !== day(at, "UTC")) Object.assign(form, { month: "short", day: "numeric" });
    const own = document.createElement("bdi");
    own.className = "own";
    own.textContent = `(${new Intl.DateTimeFormat(document.documentElement.lang, form).format(at)})`;
    each.after(" ", own);
  }
})();
