/**
 * What only the page of whales looks like.
 *
 * @module
 */
export const STYLE: string = `
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
  gap: 16px; align-items: start; }
.beside figure { margin: 8px 0; }
.beside svg { border: 1px solid var(--line); border-radius: 6px; width: 100%; }
.scroll td:first-child { min-width: 9em; }
.sheet { background: #fff; border: 8px solid #fff; border-radius: 6px; width: 100%; height: auto; }
.clips { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 205px), 1fr));
  gap: 12px; padding: 0; margin: 12px 0; list-style: none; }
.clips li { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  overflow: hidden; font-size: .85rem; min-width: 0; }
.clips svg { width: 100%; }
.clips p { margin: 6px 10px 8px; overflow-wrap: anywhere; }
.clips span { color: var(--muted); }
`;
