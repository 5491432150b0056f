/**
 * What only the page of galaxies looks like.
 *
 * @module
 */
export const STYLE: string = `
.way { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 24px;
  align-items: start; }
.views { display: grid; grid-template-columns: repeat(2, minmax(0, 207px)); gap: 12px; }
.views figure, .parts figure { margin: 0; }
.views img { width: 100%; }
.parts { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 8px; max-width: 560px; }
.parts img { width: 100%; }
.parts figcaption { margin: 2px 0 0; text-align: center; }
.parts .row { grid-column: 1 / -1; margin: 8px 0 0; font-size: .9rem; color: var(--muted); }
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
.same { color: var(--good); }
.differs { color: var(--bad); }
em.differs { font-style: normal; font-weight: 650; text-decoration: underline; }
@media (max-width: 640px) {
  .pair img { grid-row: 1; }
  .pair .mini { grid-column: 1 / -1; }
}
`;
