// A form of a sale, with more comfort: findings come beside a field when it was filled in (those of the whole
// document once all that is needed is there), and what was typed stays in this tab when the connection is lost. Without this script the same findings come with the look before signing.
"use strict";
(() => {
  const place = `entrepot:${location.pathname}`;
  const form = document.querySelector("main form[data-live]");
  if (!form) {
    // The look before signing: the node keeps the draft by now, so this tab need not.
    document.querySelector("main form")?.addEventListener("submit", () => sessionStorage.removeItem(place));
    return;
  }
  const touched = new Set();
  const fields = () => [...form.elements].filter((each) => each.name && !["hidden", "password", "file", "submit"].includes(each.type));
  const keep = () => {
    const typed = fields().map((each) => [each.name, each.type === "checkbox" ? each.checked : each.value]);
    try {
      sessionStorage.setItem(place, JSON.stringify({ key: form.elements.key.value, typed }));
    } catch { /* a full or forbidden store keeps nothing, as without the script */ }
  };
  const restore = () => {
    const kept = JSON.parse(sessionStorage.getItem(place) || "null");
    if (!kept) return;
    if (kept.key !== form.elements.key.value && form.dataset.live !== "fresh") return;
    // The key goes with what was typed: if it was signed and only the answer was lost, signing again has no effect.
    form.elements.key.value = kept.key;
    for (const [name, value] of kept.typed) {
      const field = form.elements[name];
      if (!(field instanceof Element)) continue;
      if (field.type === "checkbox") field.checked = value; else field.value = value;
    }
  };
  const said = document.createElement("p");
  said.className = "hidden";
  said.setAttribute("role", "status");
  form.append(said);
  const show = (page, last) => {
    said.textContent = page.getElementById(`${last}-wrong`)?.textContent || "";
    for (const name of touched) {
      const [field, other] = [form.elements[name], page.querySelector(`main form [name="${name}"]`)];
      if (!(field instanceof Element) || !other) continue;
      const fault = page.getElementById(`${name}-wrong`);
      document.getElementById(`${name}-wrong`)?.remove();
      if (fault) field.before(fault);
      field.closest(".entry").classList.toggle("wrong", Boolean(fault));
      for (const mark of ["aria-invalid", "aria-describedby"]) {
        if (other.hasAttribute(mark)) field.setAttribute(mark, other.getAttribute(mark)); else field.removeAttribute(mark);
      }
    }
  };
  let asked = 0;
  const examine = async (name) => {
    const [turn, sent] = [++asked, new URLSearchParams([["act", "examine"], ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value], ["key", form.elements.key.value]])];
    for (const each of fields()) if (each.type !== "checkbox" || each.checked) sent.append(each.name, each.value);
    try {
      const answer = await fetch(location.href, { method: "POST", body: sent });
      if (turn === asked && (answer.ok || answer.status === 422)) show(new DOMParser().parseFromString(await answer.text(), "text/html"), name);
    } catch { /* no connection: the findings come later */ }
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", (event) => {
    touched.add(event.target.name);
    keep();
    examine(event.target.name);
  });
  form.addEventListener("submit", (event) => {
    if (["keep", "discard"].includes(event.submitter?.value)) sessionStorage.removeItem(place);
  });
  restore();
})();
