// The desk works without this. It adds: the keyboard, the selection of words, and fresh
// numbers while reports are being read.
"use strict";
(() => {
  const all = (s, root = document) => [...root.querySelectorAll(s)];
  const one = (s, root = document) => root.querySelector(s);

  // --- keyboard ---
  const items = all("[data-item]");
  let at = -1;
  const dialog = one("#keys"), toggle = one("#keys-on");
  const stored = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  let on = stored();
  if (toggle) {
    toggle.checked = on;
    toggle.addEventListener("change", () => {
      on = toggle.checked;
      try { localStorage.setItem("keys", on ? "on" : "off"); } catch { /* a browser that keeps nothing */ }
    });
  }
  const select = (i) => {
    if (!items[i]) return;
    at = i;
    items.forEach((x) => x.classList.remove("current"));
    items[i].classList.add("current");
    items[i].tabIndex = -1;
    items[i].focus({ preventScroll: true });
    items[i].scrollIntoView({ block: "nearest" });
  };
  const press = (key, root) => {
    const x = root && one(`[data-key="${CSS.escape(key)}"]`, root);
    if (!x || x.closest("details:not([open])") && x.tagName !== "DETAILS") return false;
    if (x.tagName === "DETAILS") {
      x.open = true;
      x.scrollIntoView({ block: "nearest" });
      (one("select, textarea, input:not([type=hidden])", x) || one("summary", x)).focus();
    } else x.click();
    return true;
  };
  const move = (step) => {
    if (items.length > 1) select(Math.max(0, Math.min(items.length - 1, at + step)));
    else press(step > 0 ? "j" : "k", document);
  };
  let going = 0;
  const typing = (t) => t.isContentEditable || t.matches("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=submit])");
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (e.key === "Escape" && typing(e.target)) { e.target.blur(); return; }
    if (typing(e.target) || dialog && dialog.open) return;
    if (e.key === "?" && dialog) { e.preventDefault(); dialog.showModal(); return; }
    if (!on) return;
    // Letters are keys by place too, so that a Cyrillic layout need not be switched.
    const key = /^Key[A-Z]$/.test(e.code) ? e.code[3].toLowerCase() : e.key;
    if (going && Date.now() - going < 1500) {
      going = 0;
      const link = one(`[data-go="${CSS.escape(key)}"]`);
      if (link) { e.preventDefault(); link.click(); }
      return;
    }
    if (key === "g") { going = Date.now(); return; }
    if (key === "j" || key === "k") { e.preventDefault(); move(key === "j" ? 1 : -1); return; }
    if (e.key === "/") { const q = one("[data-search]"); if (q) { e.preventDefault(); q.focus(); q.select(); } return; }
    if (key === "Enter" && e.target.matches("a, button, summary, input")) return;
    if (/^[arcboxk]$/.test(key) || key === "Enter") {
      if (items.length > 1 ? press(key, items[at]) : press(key, document)) e.preventDefault();
    }
  });
  if (items.length > 1) items.forEach((x, i) => x.addEventListener("focusin", () => {
    at = i;
    items.forEach((y) => y.classList.toggle("current", y === x));
  }));

  // --- tick all ---
  all("[data-all]").forEach((box) => box.addEventListener("change", () =>
    all('input[name="pick"]', box.form).forEach((x) => { x.checked = box.checked; })));

  // --- selected words become a statement: their place is counted in bytes of UTF-8 ---
  const bytes = (s) => new TextEncoder().encode(s).length;
  const place = (node, offset) => {
    const run = node.nodeType === Node.TEXT_NODE ? node.parentElement.closest("[data-at]") : null;
    return run ? Number(run.dataset.at) + bytes(node.data.slice(0, offset)) : -1;
  };
  const chosen = (root) => {
    const s = getSelection();
    if (!s.rangeCount || s.isCollapsed) return null;
    const r = s.getRangeAt(0);
    if (!root.contains(r.commonAncestorContainer)) return null;
    const from = place(r.startContainer, r.startOffset), to = place(r.endContainer, r.endOffset);
    return from >= 0 && to > from ? { from, to, rect: r.getBoundingClientRect(), words: String(s) } : null;
  };
  const text = one("[data-select]");
  if (text) {
    const add = one(`.panel a[href="${text.dataset.select}"]`);
    const button = document.createElement("a");
    button.className = "button main selection";
    button.textContent = add ? add.textContent : "+";
    document.addEventListener("selectionchange", () => {
      const c = chosen(text);
      if (!c) { button.remove(); return; }
      button.href = `${text.dataset.select}?at=${c.from}-${c.to}`;
      button.style.setProperty("top", `${c.rect.bottom + scrollY + 8}px`);
      button.style.setProperty("left", `${Math.max(8, Math.min(c.rect.left + scrollX, innerWidth - 220))}px`);
      if (!button.isConnected) document.body.append(button);
    });
  }
  const fill = one("[data-fill]"), quote = one("[data-quote]");
  if (fill && quote) document.addEventListener("selectionchange", () => {
    const c = chosen(fill);
    if (!c) return;
    quote.value = c.words;
    const at = one('input[type="hidden"][name="at"]', quote.form);
    if (at) at.value = `${c.from}-${c.to}`;
  });

  // --- a link to a folded part opens it ---
  const unfold = () => {
    const x = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (x && x.tagName === "DETAILS") x.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();

  // --- fresh numbers while the machine works ---
  const fresh = async () => {
    const band = one("#progress");
    if (!band || Number(band.dataset.waiting) === 0) return;
    try {
      const answer = await fetch("/reports/progress", { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      band.replaceWith(document.adoptNode(page.querySelector("#progress")));
    } catch { return; }
    setTimeout(fresh, 1500);
  };
  setTimeout(fresh, 1500);
})();
