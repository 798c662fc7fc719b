// Plays the two gestures for which one computer is too few: a lab hands somebody a link, and a phone is held before a camera.
// Everything else is done by the pages themselves, which know nothing of this one.

// @ts-check

const wallet = frame("wallet");
const verifier = frame("verifier");

onTap("collect", async () => {
  const answer = await fetch("sample", { method: "POST" });
  if (!answer.ok) throw new Error("The lab does not answer: is the demo still running?");
  const { link } = await answer.json();
  // The link belongs into the wallet's own fragment. Only a new start makes the page look there.
  wallet.location.replace(`wallet/#${encodeURIComponent(link)}`);
  wallet.location.reload();
  return "A result is waiting in the wallet.";
});

onTap("hold", async () => {
  const pass = shown(wallet.document);
  if (!pass) throw new Error("There is no code on the phone yet: choose entry in the wallet and show it.");
  const input = within(verifier.document, "bauta-scanner")?.shadowRoot?.querySelector("input[type=file]");
  if (!(input instanceof verifier.window.HTMLInputElement))
    throw new Error("The door does not scan yet: choose entry there.");
  const files = new verifier.window.DataTransfer();
  files.items.add(new verifier.window.File([await photograph(pass)], "seen.png", { type: "image/png" }));
  input.files = files.files;
  input.dispatchEvent(new verifier.window.Event("change", { bubbles: true }));
  return "The door has seen the code.";
});

/**
 * @param {string} id
 * @param {() => Promise<string>} act
 */
function onTap(id, act) {
  document.getElementById(id)?.addEventListener("click", async () => {
    say(await act().catch((/** @type {Error} */ problem) => problem.message));
  });
}

/** @param {string} text */
function say(text) {
  const said = document.getElementById("said");
  if (said) said.textContent = text;
}

/** @param {string} id */
function frame(id) {
  const found = document.getElementById(id);
  if (!(found instanceof HTMLIFrameElement) || !found.contentWindow) throw new Error(`no frame ${id}`);
  return /** @type {Window & typeof globalThis} */ (found.contentWindow);
}

/**
 * The first element that matches, also inside other elements' shadows.
 * @param {Document | ShadowRoot} root
 * @param {string} selector
 * @returns {Element | undefined}
 */
function within(root, selector) {
  const found = root.querySelector(selector);
  if (found) return found;
  for (const { shadowRoot } of root.querySelectorAll("*")) {
    const deeper = shadowRoot && within(shadowRoot, selector);
    if (deeper) return deeper;
  }
  return undefined;
}

/** @param {Document} screen */
function shown(screen) {
  return within(screen, "bauta-pass")?.shadowRoot?.querySelector("svg.code");
}

/**
 * The code in the pixels that a camera would have seen.
 * @param {Element} code
 * @returns {Promise<Blob>}
 */
async function photograph(code) {
  const side = Number(code.getAttribute("viewBox")?.split(" ")[2]);
  const pixels = 8;
  const canvas = new OffscreenCanvas(side * pixels, side * pixels);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser draws no pictures.");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(pixels, pixels);
  pen.fillStyle = "black";
  pen.fill(new Path2D(code.querySelector("path")?.getAttribute("d") ?? ""));
  return canvas.convertToBlob({ type: "image/png" });
}
