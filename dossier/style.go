package dossier

// css is the whole look of the report: system typefaces, one accent, quiet rules; on paper
// every event begins on a page of its own and hashes stay whole.
func css() string {
	return `
:root{--ink:#1b1d1f;--muted:#5a6067;--rule:#d5d8dc;--accent:#7a1f2b;--paper:#fff;--soft:#f6f4ef;--mark:#ffe58a}
*{box-sizing:border-box}
html{font:17px/1.55 Georgia,"Noto Serif","Liberation Serif","Times New Roman",serif;color:var(--ink);background:#e9e7e2}
body{margin:0}
main{max-width:52rem;margin:2rem auto;background:var(--paper);padding:3.5rem 4rem;box-shadow:0 1px 12px rgba(0,0,0,.12)}
h1{font-size:2.3rem;line-height:1.15;margin:.3rem 0 1.4rem;text-wrap:balance}
h2{font-size:1.45rem;line-height:1.25;margin:2.6rem 0 1rem;padding-top:1rem;border-top:2px solid var(--ink)}
h3{font-size:1.1rem;margin:1.4rem 0 .3rem}
a{color:var(--accent)}
code,pre{font:0.78em/1.5 ui-monospace,"DejaVu Sans Mono","Liberation Mono",Consolas,monospace;overflow-wrap:anywhere}
pre{background:var(--soft);padding:1rem;white-space:pre-wrap;border-left:3px solid var(--rule)}
.eyebrow,dt,.muted,.tag,.figures span,footer{font-family:system-ui,"Segoe UI","Noto Sans","Liberation Sans",sans-serif}
.eyebrow{color:var(--accent);letter-spacing:.06em;text-transform:uppercase;font-size:.78rem;margin:0}
.lead{font-size:1.1rem}
.warning{background:var(--soft);border-left:4px solid var(--accent);padding:.8rem 1.1rem;margin:1.4rem 0}
.figures{list-style:none;display:flex;flex-wrap:wrap;gap:1.2rem 2.6rem;padding:0;margin:1.8rem 0}
.figures b{display:block;font-size:2.2rem;line-height:1;font-weight:400;color:var(--accent)}
.figures span{font-size:.82rem;color:var(--muted)}
.facts{display:grid;grid-template-columns:minmax(9rem,13rem) 1fr;gap:.35rem 1.4rem;margin:.8rem 0;font-size:.95rem}
dt{color:var(--muted);font-size:.82rem;padding-top:.12rem}
dd{margin:0;min-width:0}
nav ol{padding-left:1.6rem}
nav li{margin:.35rem 0}
.muted{color:var(--muted);font-size:.85rem;margin:.2rem 0}
.number{color:var(--accent);margin-right:.4rem}
.finding{border-top:1px solid var(--rule);padding-top:.2rem;margin-top:1.6rem}
blockquote{margin:.9rem 0;padding:.2rem 0 .2rem 1.2rem;border-left:3px solid var(--accent);font-size:1.12rem}
blockquote p{margin:.2rem 0;white-space:pre-line}
mark{background:var(--mark);color:inherit;padding:.05em .1em;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.tag{font-size:.72rem;font-weight:400;border:1px solid var(--accent);color:var(--accent);border-radius:3px;padding:.05rem .4rem;vertical-align:middle}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--rule);color:var(--muted);font-size:.85rem}
@media (max-width:40rem){main{margin:0;padding:1.5rem 1.1rem;box-shadow:none}h1{font-size:1.7rem}.facts{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}}
@media print{
@page{size:A4;margin:20mm 18mm}
html{font-size:10.5pt;background:none}
main{margin:0;padding:0;max-width:none;box-shadow:none}
.cover{min-height:90vh}
nav,.event{break-before:page}
h2,h3{break-after:avoid}
blockquote,.facts>*{break-inside:avoid}
mark{print-color-adjust:exact;-webkit-print-color-adjust:exact}
a{color:inherit;text-decoration:none}
}
`
}

// stampCSS is what wording 2 added.
func stampCSS() string {
	return ".unstamped{background:#b00020;color:#fff;font-weight:700;padding:.9rem 1.1rem;margin:1.4rem 0}\n"
}
