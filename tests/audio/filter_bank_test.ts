import { filterBank } from "../../audio/filter_bank.ts";
import { padFiltersRef, padRowsRef } from "../../audio/pad_ref.ts";
import { matmulRef } from "../../gpu/matmul_ref.ts";
import { ndarray } from "../../gpu/tensor.ts";
import { assertClose, randomArray, test } from "../check.ts";
import { refuses } from "../refusals.ts";

test("filterBank() pads the filters and takes the mean patch off", async ({ gpu, scope }) => {
  const [frames, bins, k] = [3, 5, 6];
  const [filters, mean] = [randomArray([15, k], 1), randomArray([15], 2)];
  const bank = filterBank(scope, scope.upload(filters), scope.upload(mean), { frames, bins });
  const padded = padFiltersRef(filters, bins);
  assertClose(await gpu.read(bank.filters), padded, { relative: 0, absolute: 0 });
  const taken = padRowsRef(matmulRef(ndarray([1, 15], mean.data), filters)).data;
  const offsets = ndarray([8], taken.map((value) => -value));
  assertClose(await gpu.read(bank.offsets), offsets, { relative: 1e-5, absolute: 1e-5 });
});

test("filterBank() refuses filters of another size", ({ scope }) => {
  const [filters, mean] = [scope.empty([12, 2]), scope.empty([12])];
  refuses(
    () => filterBank(scope, filters, mean, { frames: 3, bins: 5 }),
    "is f32 [12, 2], expected 15 rows, 3 x 5",
  );
});
