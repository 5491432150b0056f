import { clusterSums } from "../../audio/cluster_sums.ts";
import { checkClusterSums } from "../../tasks/doctor/audio_checks.ts";
import { test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

testCheck("clusterSums() adds the rows of each cluster, in parts of a set too", checkClusterSums);

test("clusterSums() refuses rows that are no whole vec4", ({ scope }) => {
  const assignment = { place: scope.empty([3], { dtype: "u32" }), similarity: scope.empty([3]) };
  refuses(
    () => clusterSums(scope, scope.empty([3, 5]), assignment, 2),
    "is f32 [3, 5], expected a multiple of four",
  );
});
