/**
 * What objects hand to a notebook, and that they stay plain otherwise.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  DISPLAY,
  displayProperty,
  htmlTable,
  keepDisplay,
  type MediaBundle,
  notebookKernel,
  withDisplay,
} from "../../gpu/display.ts";
import { dense } from "../../nn/dense.ts";
import { summary } from "../../nn/summary.ts";

const PROPERTY = displayProperty(({ name }: { name: string }) => ({ "text/plain": name }));

Deno.test("an object that shows itself stays plain: equality, spread, JSON, clones", () => {
  const shown = withDisplay({ name: "a" }, PROPERTY);
  assertEquals(shown, { name: "a" });
  assertEquals(JSON.stringify(shown), '{"name":"a"}');
  assertEquals(structuredClone(shown), { name: "a" });
  assertEquals(Object.getOwnPropertySymbols({ ...shown }), []);
  assertEquals(Deno.inspect(shown), Deno.inspect({ name: "a" }));
});

Deno.test("the kernel's symbol shows the object it is called on, copies included", () => {
  const shown = withDisplay({ name: "a" }, PROPERTY);
  const copy = keepDisplay(shown, { ...shown, name: "b" });
  const display = (object: object) => (object as { [DISPLAY](): MediaBundle })[DISPLAY]();
  assert(Symbol.for("Jupyter.display") in shown);
  assertEquals([shown, copy].map(display), [{ "text/plain": "a" }, { "text/plain": "b" }]);
  assert(!(DISPLAY in keepDisplay({ name: "a" }, { name: "b" })));
});

Deno.test("a table is HTML with what is not HTML escaped", () => {
  assertEquals(
    htmlTable(["a"], [["<b> & c"]], [0]),
    '<table><thead><tr><th style="text-align:left">a</th></tr></thead><tbody><tr>' +
      '<td style="text-align:left">&lt;b&gt; &amp; c</td></tr></tbody></table>',
  );
});

Deno.test("outside a notebook there is no kernel", () => {
  assertEquals(notebookKernel(), undefined);
});

Deno.test("a summary shows its text, and the same as a table", () => {
  const shown = summary(dense({ units: 3 }), [4]);
  const bundle = (shown as unknown as { [DISPLAY](): MediaBundle })[DISPLAY]();
  assertEquals(bundle["text/plain"], shown.text);
  assertStringIncludes(
    bundle["text/html"],
    '<td style="text-align:left">[1, 3]</td><td style="text-align:right">15</td>',
  );
  assertStringIncludes(bundle["text/html"], "<div>15 parameters</div>");
});
