import { assertEquals } from "@std/assert";
import { contactSheet } from "../../../tasks/report/contact_sheet.ts";
import { refuses } from "../../refusals.ts";

function sizeOf(file: Uint8Array): [width: number, height: number] {
  const view = new DataView(file.buffer);
  return [view.getUint32(16), view.getUint32(20)];
}

const picture = { pixels: new Uint8Array(8 * 8 * 3).fill(100) };

Deno.test("contactSheet() lays pictures out in rows, with room for labels where there are any", () => {
  const five = Array.from({ length: 5 }, () => picture);
  const options = { side: 8, columns: 2 };
  assertEquals(sizeOf(contactSheet(five, options)), [8, 12]);
  const labelled = five.map((one) => ({ ...one, label: "A1" }));
  assertEquals(sizeOf(contactSheet(labelled, options)), [8, 60]);
});

Deno.test("contactSheet() refuses nothing and pictures of another size", () => {
  refuses(() => contactSheet([]), "number of pictures is 0, expected a whole number from 1 on");
  refuses(() => contactSheet([picture]), "size of a picture is 192, expected 424 x 424 x 3 bytes");
});
