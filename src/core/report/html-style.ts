/** The page's only style sheet: light and dark, a phone and paper. No font or file from elsewhere. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2128;--soft:#59636e;--line:#d1d9e0;--card:#f6f8fa;--bar:#3568a8;
--pass:#1a7f37;--fail:#b42318;--undecided:#8a5a00;--on:#fff}
@media (prefers-color-scheme:dark){:root{--bg:#0f1318;--fg:#e3e8ee;--soft:#9aa5b1;--line:#333c46;--card:#181e25;
--bar:#6ea3e0;--pass:#3fb950;--fail:#ff7b72;--undecided:#e0a93b;--on:#0f1318}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
main,header>div{max-width:1120px;margin:0 auto;padding:0 20px}
header{padding:22px 0 20px;border-bottom:1px solid var(--line);border-top:6px solid var(--tone);background:var(--card)}
.pass{--tone:var(--pass)}.fail{--tone:var(--fail)}.undecided{--tone:var(--undecided)}
.badge{display:inline-block;background:var(--tone);color:var(--on);font-weight:700;border-radius:6px;padding:0 10px;letter-spacing:.02em}
header .badge{font-size:1.5rem;padding:2px 16px}
h1{font-size:1.6rem;line-height:1.25;margin:12px 0 0;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:34px 0 10px;padding-bottom:4px;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
h3{font-size:1rem;margin:22px 0 8px}
p{margin:8px 0}.soft{color:var(--soft);font-size:.9rem}
ul{padding-left:1.2em;margin:8px 0}li{margin:4px 0;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:fit-content(40%) minmax(0,1fr);gap:2px 16px;margin:14px 0 0;font-size:.92rem}
dt{color:var(--soft);overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere}
code,pre{font:.85rem/1.45 ui-monospace,"DejaVu Sans Mono","Liberation Mono",monospace}
code{overflow-wrap:anywhere}
pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:10px;overflow-x:auto;max-height:32rem;margin:8px 0}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:5px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
tr:last-child>*{border-bottom:0}
thead th{background:var(--card);font-weight:600}
th:first-child,td:first-child,.text{text-align:left}
.numbers th:first-child{position:sticky;left:0;background:var(--card);font-weight:600}
.total>*{font-weight:700;background:var(--card)}
td.wrap{white-space:normal;min-width:14em}
.word{color:var(--tone);font-weight:700}
.over{color:var(--fail);font-weight:600}
details{margin:10px 0;overflow-wrap:anywhere}p{overflow-wrap:anywhere}summary{cursor:pointer;color:var(--soft);padding:4px 0}
svg{display:block;width:100%;height:auto}
svg.large{max-width:640px}svg.small{max-width:260px}
figure+.scroll,section>figure+figure{margin-top:14px}
svg text{font:10px system-ui,"Liberation Sans",sans-serif;fill:var(--soft)}
svg .middle{text-anchor:middle}svg .end{text-anchor:end}
svg .bars{fill:var(--bar)}svg .beyond{fill:var(--fail)}
svg .grid{stroke:var(--line);stroke-width:.6}svg .axis{stroke:var(--soft);stroke-width:.8}
svg line.limit{stroke:var(--fail);stroke-width:1.2;stroke-dasharray:4 3}svg text.limit{fill:var(--fail)}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(158px,1fr));gap:14px 18px}
.charts figure{max-width:260px}
figure{margin:0;break-inside:avoid}
figcaption{display:flex;justify-content:space-between;font-size:.82rem;font-variant-numeric:tabular-nums}
figcaption b{font-weight:600}
footer{max-width:1120px;margin:40px auto 24px;padding:0 20px;color:var(--soft);font-size:.85rem}
@media (max-width:600px){body{font-size:15px}main,header>div,footer{padding-left:14px;padding-right:14px}dl{gap:2px 12px}
.stack thead{display:none}.stack tr{display:block;padding:8px 0;border-bottom:1px solid var(--line)}
.stack tr:last-child{border-bottom:0}
.stack td,.stack td:first-child{display:block;text-align:left;white-space:normal;overflow-wrap:anywhere;border:0;padding:1px 12px}
.stack td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--card:#f4f4f4;--bar:#3568a8;--pass:#1a7f37;
--fail:#b42318;--undecided:#8a5a00;--on:#fff}body{font-size:10.5pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.scroll{overflow:visible;border:0}table{font-size:8pt}th,td{padding:2px 5px}pre{max-height:none;white-space:pre-wrap}
details.checks::details-content{content-visibility:visible}
h2,h3{break-after:avoid}tr{break-inside:avoid}.charts{grid-template-columns:repeat(4,1fr)}}
`
