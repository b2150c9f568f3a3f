// Passkeys: hands the node's question to the browser and its answer back in the form. Without it the page says so.
"use strict";
(() => {
  const form = document.getElementById("passkey");
  const sorry = document.getElementById("no-passkey");
  if (!form || !window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const asked = () => {
    const options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const each of options.excludeCredentials || []) each.id = bytes(each.id);
    return options;
  };
  const told = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
  };
  form.hidden = false;
  sorry.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const publicKey = asked();
      const made = await (publicKey.user ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
      form.elements.answer.value = JSON.stringify(told(made));
      form.submit();
    } catch {
      sorry.hidden = false;
      sorry.focus();
    }
  });
})();
