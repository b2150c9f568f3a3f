// A file is sent as soon as it was chosen, by itself and with a bar that says how far it is, so that the form goes without it afterwards. What does
// not get through goes with the form, as without this script. A button that is pressed meanwhile waits for it.
"use strict";
(() => {
  const words = document.getElementById("sending");
  const form = words?.closest("form");
  if (!form) return;
  const going = new Map();
  let pressed = null;
  const name = (each) => each.querySelector("label")?.htmlFor ?? "";
  const entries = (page) => [...page.querySelectorAll("main form .entry")];
  const entry = (page, wanted) => entries(page).find((each) => name(each) === wanted);
  // The fields of the file as the answer has them, and those that it adds; one in which somebody types stays.
  const take = (page, field) => {
    const root = field.id.split("_")[0];
    let last = null;
    for (const told of entries(page).filter((each) => name(each).startsWith(root))) {
      const mine = entry(document, name(told));
      if (!mine) last.after(told);
      else if (mine.contains(field) || (name(told).startsWith(field.id) && !mine.contains(document.activeElement))) mine.replaceWith(told);
      last = entry(document, name(told));
    }
  };
  const bar = (field) => {
    const [box, said, far] = ["div", "p", "progress"].map((each) => document.createElement(each));
    [box.className, box.id, said.id, far.max, far.value] = ["going", `${field.id}-sent`, `${field.id}-going`, 1, 0];
    said.setAttribute("role", "status");
    far.setAttribute("aria-labelledby", said.id);
    document.getElementById(box.id)?.remove();
    box.append(said, far);
    field.after(box);
    said.textContent = words.dataset.sends;
    return [said, far];
  };
  const send = (field, faults = []) => {
    const [request, sent, [file, ...rest], [said, far]] = [new XMLHttpRequest(), new FormData(), field.files, bar(field)];
    for (const [each, value] of new FormData(form)) if (typeof value === "string") sent.append(each, value);
    sent.append(field.name, file);
    const goOn = () => {
      const button = going.size ? null : pressed;
      if (button) pressed = null;
      button?.click();
    };
    const lost = (why) => {
      going.delete(field.id);
      far.remove();
      said.textContent = why || words.dataset.lost;
      if (why) pressed = null; else goOn();
    };
    going.get(field.id)?.abort();
    going.set(field.id, request);
    request.upload.onprogress = (event) => { far.value = event.loaded / event.total; };
    request.upload.onload = () => {
      far.removeAttribute("value");
      said.textContent = words.dataset.works;
    };
    request.onerror = () => lost();
    request.onload = () => {
      const page = request.response;
      if (request.status >= 400 && request.status !== 422) return void lost(page && [...page.querySelectorAll("main h1, main h1 + p")].map((each) => each.textContent).join(". "));
      if (!page || !entry(page, field.id)) return void lost();
      const isHere = document.activeElement === field;
      take(page, field);
      const next = document.getElementById(field.id);
      if (isHere) next.focus();
      if (rest.length) {
        const [more, fault] = [new DataTransfer(), entry(document, field.id).querySelector(".fault")];
        rest.forEach((each) => more.items.add(each));
        next.files = more.files;
        return void send(next, fault ? [...faults, fault] : faults);
      }
      going.delete(field.id);
      next.before(...faults);
      if (entry(document, field.id).querySelector(".fault")) pressed = null;
      goOn();
    };
    request.open("POST", form.action);
    request.responseType = "document";
    request.send(sent);
  };
  form.addEventListener("change", ({ target }) => {
    if (target.type === "file" && target.files.length) send(target);
  });
  form.addEventListener("submit", (event) => {
    if (!going.size) return;
    event.preventDefault();
    event.stopPropagation();
    pressed = event.submitter;
  });
})();
