package browser

// These run in a world of their own: what a page has made of Array or Element does not reach
// them.

// walkScript goes down the page window by window, and back; true if it came to the end.
// Parameters: how far at most, pixels; for how long, milliseconds.
const walkScript = `(async (most, time) => {
	const begin = performance.now(), root = document.scrollingElement || document.documentElement;
	let y = 0, whole = true;
	while (root && y < Math.min(root.scrollHeight, most)) {
		if (performance.now() - begin > time) { whole = false; break; }
		root.scrollTo({top: y, behavior: "instant"});
		y += 700;
		await new Promise(done => setTimeout(done, 40));
	}
	root.scrollTo({top: 0, behavior: "instant"});
	return whole;
})(%d, %d)`

// factsScript brings animations to their end, stops moving pictures, and says what covers the
// page or cannot be shown.
const factsScript = `(() => {
	for (const a of document.getAnimations()) { try { a.finish(); } catch { try { a.cancel(); } catch {} } }
	for (const m of document.querySelectorAll("video,audio")) { try { m.pause(); } catch {} }
	const wide = innerWidth, high = innerHeight, root = document.scrollingElement || document.documentElement;
	const out = {Title: String(document.title), Address: String(location.href), Problems: [],
		Width: Math.max(wide, root ? root.scrollWidth : 0), Height: Math.max(high, root ? root.scrollHeight : 0)};
	if (!root) return out;
	const covers = new Map();
	const words = e => (e.innerText || "").replace(/\s+/g, " ").trim().slice(0, 80);
	const holder = e => { // the box that stays in place when the page moves, if e is in one
		for (; e && e !== document.documentElement && e !== document.body; e = e.parentElement || (e.getRootNode() || {}).host)
			if (getComputedStyle(e).position === "fixed") return e;
		return null;
	};
	const n = 12;
	for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
		const top = document.elementFromPoint((i + .5) * wide / n, (j + .5) * high / n), box = top && holder(top);
		if (box) covers.set(box, (covers.get(box) || 0) + 1);
	}
	let all = 0, most = null;
	for (const [box, k] of covers) { all += k; if (!most || k > covers.get(most)) most = box; }
	if (all >= n * n / 5) {
		const said = words(most);
		out.Problems.push("something covers " + Math.round(100 * all / (n * n)) + " of 100 parts of the window" + (said ? ": “" + said + "”" : ""));
	}
	const locked = e => e && ["hidden", "clip"].includes(getComputedStyle(e).overflowY);
	if ((locked(document.documentElement) || locked(document.body)) && (root.scrollHeight > 1.2 * high || document.body && document.body.scrollHeight > 1.2 * high))
		out.Problems.push("the page does not let itself be scrolled");
	for (const e of document.querySelectorAll("body, body *")) {
		if (e === root || e.scrollHeight < 1.3 * e.clientHeight || e.clientHeight < high / 2 || e.clientWidth < wide / 2) continue;
		if (["auto", "scroll"].includes(getComputedStyle(e).overflowY)) { out.Problems.push("a part of the page scrolls within itself: only what stood in its window is on the picture"); break; }
	}
	const missing = [...document.images].filter(i => (i.currentSrc || i.src) && (!i.complete || i.naturalWidth === 0)).length;
	if (missing) out.Problems.push(missing + " pictures are not shown: they did not load");
	return out;
})()`

// domScript gives the document: its type, and the tree with the open shadow trees, at most so
// many UTF-16 units.
const domScript = `((most) => {
	const root = document.documentElement;
	if (!root) return {HTML: "", Size: 0};
	const shadows = [];
	const walk = from => { for (const e of from.querySelectorAll("*")) if (e.shadowRoot) { shadows.push(e.shadowRoot); walk(e.shadowRoot); } };
	walk(document);
	let html;
	if (shadows.length && root.getHTML) {
		const shell = root.cloneNode(false).outerHTML, cut = shell.lastIndexOf("</");
		html = shell.slice(0, cut) + root.getHTML({shadowRoots: shadows}) + shell.slice(cut);
	} else html = root.outerHTML;
	const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + "\n" : "";
	html = (type + html).toWellFormed();
	return {HTML: html.slice(0, most).toWellFormed(), Size: html.length};
})(%d)`
