// What was typed into a form stays in this tab until it was answered, so that neither a lost connection nor a session that ended loses it: by
// address and account, bounded, for half a day at most, never a password, a code or a file. Signing out wipes it.
"use strict";
(() => {
  const [MARK, MOST, FORMS, LIVES_MS] = ["entrepot:", 60000, 20, 12 * 3600 * 1000];
  const { reader } = document.currentScript.dataset;
  try { sessionStorage.length; } catch { return; /* a forbidden store keeps nothing, as without the script */ }
  const path = (address) => new URL(address, location.href).pathname;
  const place = (each) => `${MARK}${reader} ${path(each.getAttribute("action") ?? location.href)}`;
  const all = () => Object.keys(sessionStorage).filter((each) => each.startsWith(MARK));
  const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
  const drop = (name) => sessionStorage.removeItem(name);
  const form = document.querySelector("main form[data-keep]");
  const key = () => form.elements.key?.value ?? "";
  const fields = () => [...form.elements].filter((each) => each.name && !["hidden", "password", "file", "submit", "button"].includes(each.type));
  const isBox = (each) => ["checkbox", "radio"].includes(each.type);

  // What grew old or is another's goes; so does what was sent from where the reader was led on, as only what is done leads on.
  const came = document.referrer.startsWith(`${location.origin}/`) && performance.getEntriesByType("navigation")[0]?.redirectCount ? path(document.referrer) : "";
  for (const name of all()) {
    const [was, isMine] = [kept(name), !reader || name.startsWith(`${MARK}${reader.split(".")[0]}.`)];
    const isHere = form && name === place(form) && was.key && was.key === key();
    if (!isMine || Date.now() - was.when > LIVES_MS || (was.sent && came && was.from.includes(came) && !isHere)) drop(name);
  }

  const keep = () => {
    const typed = fields().map((each) => (isBox(each) ? [each.name, each.value, each.checked] : [each.name, each.value]));
    const text = JSON.stringify({ when: Date.now(), key: key(), from: [location.pathname, place(form).split(" ")[1]], typed });
    const name = place(form);
    try {
      if (text.length > MOST) drop(name); else sessionStorage.setItem(name, text);
    } catch { /* a full store keeps nothing more */ }
    const [oldest] = all().sort((one, other) => kept(one).when - kept(other).when);
    if (all().length > FORMS) drop(oldest);
  };
  const restore = (was) => {
    // The key goes with what was typed: if it was signed and only the answer was lost, signing again has no effect.
    if (form.elements.key && was.key) form.elements.key.value = was.key;
    for (const each of fields()) {
      const found = was.typed.find(([name, value]) => name === each.name && (!isBox(each) || value === each.value));
      if (found && isBox(each)) [, , each.checked] = found; else if (found) [, each.value] = found;
    }
  };
  if (form) {
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    const was = kept(place(form));
    if (was && (form.dataset.keep !== "known" || was.key === key())) restore(was);
  }
  document.addEventListener("submit", (event) => {
    const name = place(event.target);
    if (/\/(sign-out|account\/sessions)$/.test(name)) return all().forEach(drop);
    const was = kept(name);
    if (was) sessionStorage.setItem(name, JSON.stringify({ ...was, sent: true }));
  });
})();
