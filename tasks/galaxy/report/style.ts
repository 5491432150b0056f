/**
 * The look of the page: one column on a phone, cards on a wide screen, no file besides the page.
 *
 * @module
 */
export const STYLE = `
:root { color-scheme: light; --ink: #1f2933; --muted: #52606d; --line: #d9dee4; --paper: #f4f6f8;
  --good: #00664a; --bad: #a33b00; --blue: #0072b2; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 924px; margin: 0 auto; padding: 0 16px 64px; }
h1 { font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.2; margin: 32px 0 12px; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 56px 0 8px; }
h3 { font-size: 1.05rem; margin: 28px 0 6px; }
p { margin: 8px 0 14px; max-width: 44em; }
.lead { font-size: 1.1rem; }
.note, figcaption, caption { color: var(--muted); font-size: .9rem; }
.banner { border: 2px solid #8a5a00; background: #fff4d6; border-radius: 8px; padding: 10px 16px;
  margin: 16px 0; max-width: none; }
figure { margin: 16px 0; min-width: 0; }
figcaption { margin-top: 6px; max-width: 48em; }
img, svg { max-width: 100%; height: auto; display: block; }
.chart svg { border: 1px solid var(--line); border-radius: 6px; }
.narrow { display: none; }
.pixels { image-rendering: pixelated; }
.tiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px;
  margin: 18px 0; padding: 0; }
.tile { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
.tile dt { color: var(--muted); font-size: .85rem; line-height: 1.35; }
.tile dd { margin: 4px 0 0; font-size: 1.35rem; font-weight: 650; line-height: 1.25;
  overflow-wrap: anywhere; }
.tile dd.words { font-size: 1rem; }
.tile dd small { display: block; font-size: .8rem; font-weight: 400; color: var(--muted);
  margin-top: 3px; }
.way { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 24px;
  align-items: start; }
.views { display: grid; grid-template-columns: repeat(2, minmax(0, 207px)); gap: 12px; }
.views figure, .parts figure { margin: 0; }
.views img { width: 100%; }
.parts { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 8px; max-width: 560px; }
.parts img { width: 100%; }
.parts figcaption { margin: 2px 0 0; text-align: center; }
.parts .row { grid-column: 1 / -1; margin: 8px 0 0; font-size: .9rem; color: var(--muted); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr));
  gap: 14px; padding: 0; margin: 18px 0; list-style: none; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 12px;
  font-size: .88rem; line-height: 1.42; min-width: 0; overflow-wrap: anywhere; }
.card .top { display: flex; gap: 12px; margin-bottom: 8px; }
.card img { width: 116px; height: 116px; border-radius: 4px; background: #000; flex: none; }
.card strong.id { font-size: .95rem; display: block; }
.card p { margin: 4px 0; }
.pair { grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); }
.pair .card { display: grid; grid-template-columns: 116px minmax(0, 1fr); gap: 4px 14px;
  align-items: start; align-content: start; }
.pair .top { display: contents; }
.pair img { grid-row: 1 / 3; }
.pair .id, .pair .mark { display: inline; margin: 0 10px 0 0; }
.mini { font-size: inherit; width: 100%; }
.mini th, .mini td { padding: 2px 0 2px 10px; min-width: 0; }
.mini th, .mini td { overflow-wrap: normal; }
.mini th { white-space: nowrap; }
.mini th:first-child, .mini td:first-child { padding-left: 0; min-width: 0; }
.phrase { display: inline-block; }
.card .who { color: var(--muted); }
.mark { font-weight: 650; display: block; margin-top: 6px; }
.same { color: var(--good); }
.differs { color: var(--bad); }
em.differs { font-style: normal; font-weight: 650; text-decoration: underline; }
.small { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr));
  gap: 12px; }
.small figure { margin: 0; }
.small svg { width: 100%; border: 1px solid var(--line); border-radius: 6px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: #fff;
  margin: 16px 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 10px 12px 2px; }
th, td { padding: 6px 12px; text-align: right; border-top: 1px solid var(--line);
  vertical-align: top; white-space: nowrap; }
th { font-weight: 600; border-top: 0; vertical-align: bottom; white-space: normal; min-width: 5.2em; }
th.text, td.text { text-align: left; white-space: normal; min-width: 2em; }
td.text + td.text, th.text + th.text { min-width: 14em; }
pre { background: #1f2933; color: #f4f6f8; padding: 14px 16px; border-radius: 8px; overflow-x: auto;
  font: .88rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; }
details { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px;
  margin: 16px 0; }
details .scroll { border: 0; margin: 8px 0 0; }
summary { cursor: pointer; font-weight: 600; }
td.value { overflow-wrap: anywhere; }
@media (max-width: 640px) {
  .wide { display: none; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .pair img { grid-row: 1; }
  .pair .mini { grid-column: 1 / -1; }
  .narrow { display: block; }
  .narrow svg { width: 100%; }
}
@media print { .card, .tile, figure { break-inside: avoid; } body { background: #fff; } }
`;
