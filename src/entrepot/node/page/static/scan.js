// The camera reads a QR code into the form of the page, where a browser lends one. What a browser cannot read itself the node reads, from small
// pictures at most once a second. It ends after a minute, when the page is left or hidden, and as soon as a code was read.
"use strict";
(() => {
  const [box, form] = [document.getElementById("scan"), document.querySelector("main form")];
  if (!box || !navigator.mediaDevices?.getUserMedia) return;
  const [LONGEST_MS, OWN_MS, NODE_MS, SIDE] = [60000, 250, 1000, 640];
  const [begin, end] = box.querySelectorAll("button");
  const [video, said, canvas] = [box.querySelector("video"), box.querySelector("[role=status]"), document.createElement("canvas")];
  let stream = null;
  const show = (seen, words) => {
    video.hidden = end.hidden = !seen;
    begin.hidden = seen;
    begin.disabled = false;
    said.textContent = words;
  };
  const stop = (words = "") => {
    const focused = document.activeElement === end;
    stream?.getTracks().forEach((each) => each.stop());
    stream = video.srcObject = null;
    show(false, words);
    if (focused) begin.focus();
  };
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const detector = async () => {
    try {
      if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return new BarcodeDetector({ formats: ["qr_code"] });
    } catch { /* the browser reads no codes: the node does */ }
    return null;
  };
  const byNode = async () => {
    const side = Math.min(video.videoWidth, video.videoHeight);
    canvas.width = canvas.height = Math.min(side, SIDE);
    const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
    canvas.getContext("2d").drawImage(video, left, top, side, side, 0, 0, canvas.width, canvas.height);
    const sent = new FormData();
    sent.append("picture", await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.5)), "frame.jpg");
    const answer = await fetch(box.dataset.reads, { method: "POST", body: sent });
    if (answer.status === 429 || answer.status === 503) await pause(1000 * (Number(answer.headers.get("Retry-After")) || 1));
    return answer.status === 200 ? answer.text() : "";
  };
  const seek = async () => {
    const [own, until] = [stream, Date.now() + LONGEST_MS];
    let reader = await detector();
    while (stream === own && Date.now() < until) {
      let text = "";
      try {
        if (video.readyState > 1) text = reader ? (await reader.detect(video))[0]?.rawValue : await byNode();
      } catch { reader = null; /* it cannot after all, or there is no connection: again by the node */ }
      if (stream !== own) return;
      if (text) {
        stop();
        form.reset();
        form.elements.text.value = text;
        form.submit();
        return;
      }
      await pause(reader ? OWN_MS : NODE_MS);
    }
    if (stream === own) stop(box.dataset.over);
  };
  begin.addEventListener("click", async () => {
    begin.disabled = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    } catch (wrong) {
      stop(wrong.name === "NotAllowedError" ? box.dataset.denied : box.dataset.none);
      return;
    }
    if (document.hidden) return void stop();
    video.srcObject = stream;
    show(true, box.dataset.seeks);
    end.focus();
    seek();
    video.play().catch(() => { /* left meanwhile */ });
  });
  end.addEventListener("click", () => stop());
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  addEventListener("pagehide", () => stop());
  box.hidden = false;
})();
