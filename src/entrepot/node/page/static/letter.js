// The code of a letter stands behind the "#" of its link: it is taken out of the address, put into the form, and sent. Without it one types the code.
"use strict";
(() => {
  const take = () => {
    const form = document.querySelector("main form");
    const [, code] = /^#([0-9A-Za-z-]{26,40})$/.exec(location.hash) ?? [];
    if (!form || !code) return;
    history.replaceState(null, "", location.pathname);
    form.elements.code.value = code;
    form.submit();
  };
  addEventListener("hashchange", take);
  take();
})();
