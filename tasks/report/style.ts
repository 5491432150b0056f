/**
 * The look of the pages: one column on a phone, cards on a wide screen, light or dark as the reader's
 * system is; charts keep their white ground.
 *
 * @module
 */
export const STYLE: string = `
:root { color-scheme: light dark; --ink: #1f2933; --muted: #52606d; --line: #d9dee4;
  --paper: #f4f6f8; --card: #fff; --good: #00664a; --bad: #a33b00; --note-ink: #1f2933;
  --note: #fff4d6; --note-line: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaee; --muted: #a7b1bc; --line: #3a444f; --paper: #14191f; --card: #1d242c;
    --good: #4fc79f; --bad: #ff9d66; --note-ink: #f3e6c4; --note: #3a2f12; --note-line: #c08a1e; }
}
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
.banner { border: 2px solid var(--note-line); background: var(--note); color: var(--note-ink); border-radius: 8px; padding: 10px 16px;
  margin: 16px 0; max-width: none; }
figure { margin: 16px 0; min-width: 0; }
figcaption { margin-top: 6px; max-width: 48em; }
img, svg { max-width: 100%; height: auto; display: block; }
.chart svg { border: 1px solid var(--line); border-radius: 6px; }
.narrow { display: none; }
.pixels { image-rendering: pixelated; }
.tiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px;
  margin: 18px 0; padding: 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
.tile dt { color: var(--muted); font-size: .85rem; line-height: 1.35; }
.tile dd { margin: 4px 0 0; font-size: 1.35rem; font-weight: 650; line-height: 1.25;
  overflow-wrap: anywhere; }
.tile dd.words { font-size: 1rem; }
.tile dd small { display: block; font-size: .8rem; font-weight: 400; color: var(--muted);
  margin-top: 3px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr));
  gap: 14px; padding: 0; margin: 18px 0; list-style: none; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px;
  font-size: .88rem; line-height: 1.42; min-width: 0; overflow-wrap: anywhere; }
.card .top { display: flex; gap: 12px; margin-bottom: 8px; }
.card img { width: 116px; height: 116px; border-radius: 4px; background: #000; flex: none; }
.card strong.id { font-size: .95rem; display: block; }
.card p { margin: 4px 0; }
.mark { font-weight: 650; display: block; margin-top: 6px; }
.small { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr));
  gap: 12px; }
.small figure { margin: 0; }
.small svg { width: 100%; border: 1px solid var(--line); border-radius: 6px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card);
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
details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px;
  margin: 16px 0; }
details .scroll { border: 0; margin: 8px 0 0; }
summary { cursor: pointer; font-weight: 600; }
td.value { overflow-wrap: anywhere; }
@media (max-width: 640px) {
  .wide { display: none; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .narrow { display: block; }
  .narrow svg { width: 100%; }
}
@media print { .card, .tile, figure { break-inside: avoid; } body { background: #fff; } }
`;
