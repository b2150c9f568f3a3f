// A form of a sale, with more comfort: findings come beside a field when it was filled in, those of the whole document once all that is needed
// is there. Without this script the same findings come with the look before signing.
"use strict";
(() => {
  const form = document.querySelector("main form[data-live]");
  if (!form) return;
  const touched = new Set();
  const fields = () => [...form.elements].filter((each) => each.name && !["hidden", "password", "file", "submit"].includes(each.type));
  const said = document.createElement("p");
  said.className = "hidden";
  said.setAttribute("role", "status");
  form.append(said);
  const show = (page, last) => {
    said.textContent = page.getElementById(`${last}-wrong`)?.textContent || page.getElementById(`${last}-hint`)?.textContent || "";
    for (const name of touched) {
      const [field, other] = [form.elements[name], page.querySelector(`main form [name="${name}"]`)];
      if (!(field instanceof Element) || !other) continue;
      for (const mark of ["hint", "wrong"]) {
        const [told, was] = [page.getElementById(`${name}-${mark}`), document.getElementById(`${name}-${mark}`)];
        was?.remove();
        if (told) field.before(told);
      }
      field.closest(".entry").classList.toggle("wrong", Boolean(document.getElementById(`${name}-wrong`)));
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
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") return;
    touched.add(event.target.name);
    examine(event.target.name);
  });
})();
