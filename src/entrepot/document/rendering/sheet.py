"""The style of a rendering: it reads on a phone and prints on A4, with head and foot on every page."""

SHEET = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { --cjk: "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK TC",
    "Noto Sans CJK JP", "Noto Sans CJK KR";
  --scripts: var(--cjk), "Noto Sans Thai", "Leelawadee UI", Thonburi, "Noto Sans Khmer", "Khmer OS",
    "Khmer Sangam MN", "Noto Sans Lao", "Lao UI", "Lao Sangam MN", "Noto Sans Myanmar", "Myanmar Text", Pyidaungsu,
    Padauk, "Myanmar Sangam MN", sans-serif;
  font: 10.5pt/1.45 system-ui, "Noto Sans", var(--scripts);
  color: #1a1a1a; background: #fff; margin: 0 auto; max-width: 190mm; padding: 6mm; overflow-wrap: anywhere; }
:lang(th) { line-height: 1.7; }
body:lang(zh-Hant) { --cjk: "Noto Sans CJK TC", "Noto Sans TC", "PingFang TC", "Microsoft JhengHei"; }
body:lang(ja) { --cjk: "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK SC",
  "Noto Sans CJK KR"; }
body:lang(ko) { --cjk: "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK SC",
  "Noto Sans CJK JP"; }
header { display: flex; gap: 6mm; justify-content: space-between; align-items: flex-start;
  border-bottom: 2px solid #1a1a1a; padding-bottom: 4mm; }
h1 { font-size: 20pt; line-height: 1.25; margin: 0 0 1mm; }
h2 { font-size: 10.5pt; margin: 0 0 1mm; color: #333; break-after: avoid; }
figure { margin: 0; width: 40mm; flex: none; font-size: 7.5pt; line-height: 1.3; color: #333; }
figure svg { width: 34mm; height: 34mm; display: block; margin-bottom: 1mm; }
.notice { border: 1px solid #8a6d00; background: #fff8e1; padding: 2.5mm 3mm; margin: 4mm 0; break-inside: avoid; }
.notice p { margin: 0 0 1mm; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: 1mm 2mm; border-bottom: 1px solid #ddd; }
thead { display: table-header-group; }
thead th { border-bottom: 1.5px solid #1a1a1a; font-size: 9pt; overflow-wrap: normal; }
tr { break-inside: avoid; }
.rows th { width: 34%; font-weight: 500; color: #444; }
.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
.rows .rows th { width: 40%; }
.boxes { display: grid; grid-template-columns: repeat(auto-fit, minmax(78mm, 1fr)); gap: 4mm; margin-top: 4mm; }
.boxes > section { break-inside: avoid; border: 1px solid #ccc; padding: 2.5mm 3mm; min-width: 0; }
.boxes > .wide { grid-column: 1 / -1; border: 0; padding: 0; break-inside: auto; }
.boxes .boxes { display: block; margin-top: 2mm; }
.boxes .boxes > section { margin-top: 2mm; }
.item { border: 1px solid #ccc; padding: 2mm 3mm; margin-bottom: 2mm; break-inside: avoid; }
small { font: 8pt/1.3 "Noto Sans Mono", "DejaVu Sans Mono", Consolas, Menlo, "Liberation Mono", var(--scripts); }
footer { margin-top: 6mm; border-top: 1px solid #999; padding-top: 2mm; font-size: 8.5pt; color: #444; }
@media (max-width: 640px) { header { display: block; } figure { margin-top: 3mm; }
  .boxes { display: block; } .boxes > section { margin-bottom: 3mm; } }
@media print { body { padding: 0 .6mm; max-width: none; font-size: 9.5pt; } h2 { font-size: 9.5pt; }
  a { color: inherit; text-decoration: none; } }
"""
