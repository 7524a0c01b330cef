// The style sheet of a comparison's page.
#pragma once

namespace nalasr {

inline constexpr const char* kPageStyle = R"css(
:root{color-scheme:light dark;--page:#fff;--card:#f6f7f9;--ink:#1c2128;--soft:#57606a;--rule:#d8dde3;--good:#116b3c;
--bad:#a3231d;--strips:#0a58c2;--whole:#5b9be6;--eager:#c76a00;--flash:#0b8a62;--materialised:#c9302c;--window:#8a3fb8;
--tiled:#7c6748}
@media screen and (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2127;--ink:#e8eaed;--soft:#a0a9b4;
--rule:#363d46;--good:#5fd191;--bad:#ff8f87;--strips:#6aabff;--whole:#9ecbff;--eager:#ffae4d;--flash:#4fd0a2;
--materialised:#ff7b72;--window:#d19bf5;--tiled:#c9b08a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1200px;margin:0 auto;padding:32px 20px 48px}
h1{font-size:clamp(1.5rem,3.6vw,2.2rem);line-height:1.2;margin:0 0 12px;text-wrap:balance}
h2{font-size:1.25rem;margin:40px 0 8px}
h3{font-size:1rem;margin:0 0 8px}
p,ul{margin:8px 0;max-width:75ch}
.soft,figcaption{color:var(--soft)}
.findings{list-style:none;padding:0;margin:16px 0;max-width:none;display:grid;gap:6px 24px;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr))}
.findings li{display:flex;gap:10px;align-items:baseline;border-top:1px solid var(--rule);padding-top:6px}
.findings b{flex:none;min-width:8.2em;white-space:nowrap;font-variant-numeric:tabular-nums}
.charts{display:grid;gap:20px;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));margin-top:16px}
figure{margin:0;padding:16px;background:var(--card);border-radius:10px;break-inside:avoid;min-width:0}
figcaption{font-size:.875rem;margin-top:8px}
svg{display:block;width:100%;height:auto}
svg text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--soft)}
svg .name,svg .value{fill:var(--ink)}
.end{text-anchor:end}.middle{text-anchor:middle}
line.grid,.tick{stroke:var(--rule)}
.line{fill:none;stroke-width:2;stroke:var(--c)}.line.m-nala-strips{stroke-width:3.5}
.dashed{stroke-dasharray:5 5}
.mark{fill:var(--c);stroke:var(--card);stroke-width:2;paint-order:stroke}.mark.hollow{fill:var(--card);stroke:var(--c);stroke-width:1.6;paint-order:fill}
.bar{fill:var(--c);stroke:var(--c);stroke-width:1.5}.bar.hollow{fill:var(--card);stroke-dasharray:4 3}
.gap{stroke:var(--card);stroke-width:4}
.area{fill:var(--c);fill-opacity:.25;stroke:var(--c);stroke-width:1.5}
.predicted{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:6 4}
.m-nala-strips{--c:var(--strips)}.m-nala-whole{--c:var(--whole)}.m-nala-eager{--c:var(--eager)}
.m-softmax-flash{--c:var(--flash)}.m-softmax-materialised{--c:var(--materialised)}
.m-softmax-window{--c:var(--window)}.m-softmax-tiled{--c:var(--tiled)}
.legend{list-style:none;padding:0;margin:12px 0 0;display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.875rem;max-width:none}
.legend svg,td svg,dt svg{display:inline-block;width:16px;height:16px;vertical-align:-3px;margin-right:5px}
.scroll{overflow-x:auto;margin-top:12px;background:linear-gradient(to left,var(--page) 40%,transparent) right/40px 100% no-repeat local,
linear-gradient(to left,var(--rule),transparent) right/14px 100% no-repeat}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:6px 8px;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap;vertical-align:top}
th:first-child,td:first-child,.left{text-align:left}
thead th{color:var(--soft);font-weight:600;white-space:normal;vertical-align:bottom}
tbody th{padding-top:18px;text-align:left}tbody th span{position:sticky;left:8px}
.value{white-space:nowrap}.claim td{white-space:normal}
td:first-child{position:sticky;left:0;background:var(--page)}
tr.ours td{font-weight:600}
td.why{white-space:normal;min-width:16em;text-align:left;color:var(--soft)}
.tag{font-size:.75rem;border:1px dashed currentColor;border-radius:4px;padding:0 5px;margin-left:2px;color:var(--soft);white-space:nowrap;font-weight:400}
.yes{color:var(--good)}.no{color:var(--bad)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:12px 0;font-size:.95rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
code{font:.9em ui-monospace,"DejaVu Sans Mono",monospace}
@media (max-width:600px){main{padding:20px 14px 32px}figure{padding:12px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}
.findings b{min-width:6em}svg text{font-size:17px}thead th{min-width:5.5em}.claim{table-layout:fixed}.claim td,.claim th{min-width:0;padding:6px 4px}
tbody th{font-size:.85rem}}
@media print{main{max-width:none;padding:0}body{font-size:10pt}h1{font-size:16pt}h3{font-size:9.5pt}figure>svg{max-height:5.5cm}.scroll{overflow:visible}table{font-size:7.5pt}th,td{padding:3px 5px}
td:first-child,tbody th span{position:static}tbody,tr,li{break-inside:avoid}h2{break-after:avoid}.tag{font-size:.85em}
.charts{grid-template-columns:1fr 1fr;gap:10px}figure{padding:10px}.legend,figcaption{font-size:7.5pt}.findings{grid-template-columns:1fr 1fr}
.scroll{background:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

}  // namespace nalasr
